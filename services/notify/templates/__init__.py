"""The texts: one file per language, every file with every text, checked when they are loaded.

A text is read on a lock screen, by whoever stands beside it. So it says that there is news, and under which
reference; never what it is about, and no word that gives away why somebody is written to.
"""

import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.resources import files
from string import Formatter

import msgspec

from services.notify.domain import Text
from shared.errors import SettingsError

LANGUAGES = ("en", "th", "my", "km", "lo", "vi", "ne")
FALLBACK = "en"

PLACEHOLDERS: Mapping[str, frozenset[str]] = {
    "acknowledgement.complainant": frozenset({"number"}),
    "answer.complainant": frozenset({"number"}),
    "closure.complainant": frozenset({"number"}),
    "break-glass.supervisor": frozenset({"number"}),
    "escalation.respondent": frozenset({"number", "organisation", "answer_by"}),
}
"""Every text there must be, by occasion and audience, with exactly what its body has to name."""

_IN_SUBJECT = frozenset({"number"})


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text with its gaps."""

    subject: str
    body: str


class Templates:
    """All texts in all languages; a language that is not there is answered in English."""

    def __init__(self, by_language: Mapping[str, Mapping[str, Template]]) -> None:
        """Take the texts as `read` gives them."""
        self._by_language = by_language

    def render(self, key: str, language: str, values: Mapping[str, str]) -> Text:
        """Fill the gaps of a text. `language` is a tag such as `my` or `vi-VN`, of which the first part counts."""
        wanted = language.replace("_", "-").split("-")[0].lower()
        spoken = wanted if wanted in self._by_language else FALLBACK
        template = self._by_language[spoken][key]
        return Text(spoken, f"{spoken}/{key}", template.subject.format_map(values), template.body.format_map(values))


def load_templates() -> Templates:
    """Read the texts that come with the product."""
    folder = files(__name__)
    return Templates({tag: read(tag, folder.joinpath(f"{tag}.toml").read_text("utf-8")) for tag in LANGUAGES})


def read(language: str, toml: str) -> Mapping[str, Template]:
    """Read one language's file; a missing or unknown text or placeholder is a `SettingsError`."""
    try:
        occasions = msgspec.convert(tomllib.loads(toml), dict[str, dict[str, Template]])
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise SettingsError(f"templates/{language}.toml cannot be read: {error}.") from error
    found = {f"{occasion}.{audience}": text for occasion, by in occasions.items() for audience, text in by.items()}
    if found.keys() != PLACEHOLDERS.keys():
        wrong = ", ".join(sorted(found.keys() ^ PLACEHOLDERS.keys()))
        raise SettingsError(f"templates/{language}.toml must have each text once and no other; look at: {wrong}.")
    for key, template in found.items():
        _check(f"templates/{language}.toml, subject of {key}", template.subject, _IN_SUBJECT)
        _check(f"templates/{language}.toml, body of {key}", template.body, PLACEHOLDERS[key])
    return found


def plain(text: str) -> str:
    """Return a value as it may stand in a text: one line, without control signs."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def day(instant: datetime) -> str:
    """Return the day of an instant in UTC, in the one form that no two languages read differently."""
    return instant.astimezone(UTC).date().isoformat()


def _check(place: str, text: str, wanted: frozenset[str]) -> None:
    try:
        fields = [field for field in Formatter().parse(text) if field[1] is not None]
    except ValueError as error:
        raise SettingsError(f"{place}: the braces do not match.") from error
    if {name for _, name, _, _ in fields} != wanted or any(spec or conversion for _, _, spec, conversion in fields):
        names = ", ".join(f"{{{name}}}" for name in sorted(wanted))
        raise SettingsError(f"{place}: must name exactly {names}.")
