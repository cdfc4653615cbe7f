"""What a message may be about, by lists of phrases in seven languages. Only ever a suggestion: a person decides.

Phrases stand in one file per language and are looked for in all of them at once, since people mix languages.
"""

import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Literal

import msgspec

from services.intake.lexicon.matching import Found, Phrases
from shared.errors import SettingsError
from shared.events.intake import Hint, Hints
from shared.policy import Policy

LANGUAGES = ("en", "th", "my", "km", "lo", "vi", "ne")
_LONGEST_NAME = 60

Meaning = tuple[Literal["issue", "danger", "country", "respondent"], str]


class WordList(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The phrases of one language; `respondent` has the words behind or after which an employer is named."""

    danger: tuple[str, ...]
    respondent: tuple[str, ...]
    issues: dict[str, tuple[str, ...]]
    countries: dict[str, tuple[str, ...]]


class Lexicon:
    """All phrases of all languages, and what they suggest under a policy."""

    def __init__(self, lists: Mapping[str, WordList], policy: Policy) -> None:
        """Take the lists as `read` gives them; a code that the policy does not know is left out."""
        self._policy = policy
        self._phrases: Phrases[Meaning] = Phrases(
            (folded(phrase), meaning)
            for words in lists.values()
            for phrase, meaning in _meanings(words)
            if meaning[0] != "issue" or meaning[1] in policy.issues
        )

    def suggest(self, text: str) -> Hints | None:
        """Return what the text may be about, with the words that say so; None when it says nothing known."""
        plain = folded(text)
        found = list(self._phrases.find(plain))
        issues = _by_code(plain, found, "issue")
        danger = _by_code(plain, found, "danger").get("now")
        countries = _by_code(plain, found, "country")
        respondent = next((_named(plain, one) for one in found if one.meaning[0] == "respondent"), None)
        if not (issues or danger or countries):
            return None
        severity = self._policy.worst_severity(issues) if issues else None
        country = next(iter(countries), None)
        return Hints(
            issues=tuple(Hint(code=code, words=words) for code, words in issues.items()),
            severity=min(self._policy.severities) if danger else severity,
            danger=danger,
            country=None if country is None else Hint(code=country, words=countries[country]),
            respondent=respondent,
        )


def load_lexicon(policy: Policy) -> Lexicon:
    """Read the lists that come with the product."""
    folder = files(__name__)
    return Lexicon({tag: read(tag, folder.joinpath(f"{tag}.toml").read_text("utf-8")) for tag in LANGUAGES}, policy)


def read(language: str, toml: str) -> WordList:
    """Read one language's list; one that does not read is a `SettingsError`."""
    try:
        return msgspec.convert(tomllib.loads(toml), WordList)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise SettingsError(f"lexicon/{language}.toml cannot be read: {error}.") from error


def folded(text: str) -> str:
    """Return a text as phrases are compared: composed, in small letters, with single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().replace("\u200b", "").split())


def _meanings(words: WordList) -> Iterator[tuple[str, Meaning]]:
    yield from ((phrase, ("danger", "now")) for phrase in words.danger)
    yield from ((phrase, ("respondent", "")) for phrase in words.respondent)
    yield from ((phrase, ("issue", code)) for code, phrases in words.issues.items() for phrase in phrases)
    yield from ((phrase, ("country", code)) for code, phrases in words.countries.items() for phrase in phrases)


def _by_code(text: str, found: list[Found[Meaning]], kind: str) -> dict[str, str]:
    words: dict[str, dict[str, None]] = {}
    for one in found:
        if one.meaning[0] == kind:
            words.setdefault(one.meaning[1], {})[text[one.start : one.end]] = None
    return {code: "; ".join(those) for code, those in words.items()}


def _named(text: str, found: Found[Meaning]) -> str:
    """Return the word for an employer with what stands around it up to the next stop: a name may be in there."""
    rest = text[found.start : found.start + _LONGEST_NAME]
    return next(
        (rest[:place] for place, sign in enumerate(rest) if sign in ".,;!?\u104a\u104b\u17d4\u0964"), rest
    ).strip()
