"""What the holder of a receipt reads: one file per language, every file with every text, checked when it is loaded."""

import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files

import msgspec

from shared.errors import SettingsError

LANGUAGES = ("en", "th", "my", "km", "lo", "vi", "ne")
FALLBACK = "en"
NAMES: Mapping[str, str] = {
    "en": "English",
    "th": "ไทย",
    "my": "မြန်မာ",
    "km": "ខ្មែរ",
    "lo": "ລາວ",
    "vi": "Tiếng Việt",
    "ne": "नेपाली",
}

NEXT: Mapping[str, str] = {
    "received": "wait",
    "dismissed": "again",
    "accepted": "work",
    "checked": "work",
    "asked": "work",
    "answered": "work",
    "remedy": "work",
    "done": "confirm",
    "closed": "again",
    "reopened": "work",
}
"""Every state that is told, and which text says what comes next."""


class PageWords(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands on the page beside the state."""

    title: str
    ask: str
    code: str
    look: str
    now: str
    then: str
    replies: str
    nothing: str
    write: str
    send: str
    sent: str
    careful: str
    wrong: str
    slow: str


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The texts of one language."""

    state: dict[str, str]
    next: dict[str, str]
    page: PageWords

    def told(self, state: str) -> tuple[str, str]:
        """Return what is told of a state: how far it is, and what comes next."""
        return self.state[state], self.next[NEXT[state]]


def load_words() -> Mapping[str, Words]:
    """Read the texts that come with the product."""
    folder = files(__name__)
    return {tag: read(tag, folder.joinpath(f"{tag}.toml").read_text("utf-8")) for tag in LANGUAGES}


def read(language: str, toml: str) -> Words:
    """Read one language's file; a missing or unknown text is a `SettingsError`."""
    try:
        words = msgspec.convert(tomllib.loads(toml), Words)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise SettingsError(f"templates/{language}.toml cannot be read: {error}.") from error
    wrong = (words.state.keys() ^ NEXT.keys()) | (words.next.keys() ^ set(NEXT.values()))
    if wrong:
        raise SettingsError(f"templates/{language}.toml must have each text once; look at: {', '.join(sorted(wrong))}.")
    return words


def spoken(*wanted: str | None) -> str:
    """Return the first language of these tags that there are texts in, or English."""
    return next((tag for one in wanted if one for tag in _tags(one) if tag in LANGUAGES), FALLBACK)


def _tags(header: str) -> Sequence[str]:
    """Read a tag such as `vi-VN`, or a header such as `my, en;q=0.5`, in the order in which they stand."""
    return [part.partition(";")[0].strip().replace("_", "-").partition("-")[0].lower() for part in header.split(",")]
