"""The words of the pages, one file a language; definitions of figures stay as they are hashed, in English."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from fastapi import Request

from shared.policy import Policy

LANGUAGES = ("en", "th", "my")
LANGUAGE_COOKIE = "redress_language"

_FOLDER = Path(__file__).parent / "words"


class Words:
    """Every text of the pages in one language; figures and names are put in by `{name}`."""

    def __init__(self, language: str, texts: Mapping[str, str]) -> None:
        """Take the texts under their names, as `page.overview`."""
        self.language = language
        self._texts = texts

    def __call__(self, name: str, **values: object) -> str:
        """Return a text; `KeyError` if there is none."""
        return self._texts[name].format(**values)

    def has(self, name: str) -> bool:
        """Whether there is such a text."""
        return name in self._texts

    def column(self, name: str) -> str:
        """Return the head of a column."""
        return self._texts.get(f"column.{name}", name.replace("_", " ").capitalize())

    def value(self, value: object) -> object:
        """Return a code as people say it; what is no code stays as it is."""
        return self._texts.get(f"value.{value}", value) if isinstance(value, str) else value


@cache
def words_in(language: str) -> Words:
    """Return the words of one of the languages."""
    texts: dict[str, str] = {}
    _flatten(msgspec.toml.decode((_FOLDER / f"{language}.toml").read_bytes()), "", texts)
    return Words(language, texts)


def language_of(request: Request) -> str:
    """Return what a reader asked for: by the link just now, by the choice kept, or by what the browser prefers."""
    for wanted in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if wanted in LANGUAGES:
            return str(wanted)
    preferred = [part.partition(";")[0].strip()[:2].lower() for part in _accepted(request).split(",")]
    return next((one for one in preferred if one in LANGUAGES), LANGUAGES[0])


def issue_in(policy: Policy, words: Words, code: str | None) -> str:
    """Return an issue as the policy words it."""
    issue = policy.issues.get(code or "")
    return issue.label if issue else code or words("value.not_yet_named")


def _accepted(request: Request) -> str:
    return request.headers.get("accept-language", "")[:200]


def _flatten(texts: Mapping[str, Any], above: str, into: dict[str, str]) -> None:
    for name, value in texts.items():
        if isinstance(value, Mapping):
            _flatten(value, f"{above}{name}.", into)
        else:
            into[f"{above}{name}"] = value
