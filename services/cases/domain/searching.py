"""What of a text can be searched for: words where a script has spaces, runs of letters where it has none, telephones.

Thai, Lao, Khmer and Burmese are written without spaces, and so are Chinese and Japanese: what is looked for there may
begin anywhere, so every three letters (two of the last) in a row are a term. Terms find candidates; whether a text says
what is wanted is decided by the text.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from shared.errors import InvalidError

MOST_TERMS = 4000
"""Of one text; a longer one is searched in its first part."""
MOST_ASKED = 8
"""Terms by which candidates are found; the text itself decides about the others."""
LONGEST_WORD = 64
_TELEPHONE_END = 8
"""Digits by which a telephone number is known, however its country is written."""
_DIGITS_OF_TELEPHONE = 9

_SIZES = {"unspaced": 3, "han": 2}
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u1049\u1050-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f\u1780-\u17d3\u17d7\u17dc-\u17ff]"
)
_HAN = re.compile("[\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
_MARKS = re.compile(
    "[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670]"
)
"""Marks that writers of Latin, Greek, Cyrillic, Hebrew and Arabic letters leave out at will."""
_TONE_FIRST = re.compile("([\u0e48-\u0e4b])\u0e4d|([\u0ec8-\u0ecb])\u0ecd")
_TELEPHONE = re.compile(r"(?<!\w)(?:\+|00?)[1-9][\d ().-]{5,20}\d")


def folded(text: str) -> str:
    """Return a text as it is compared: without case, optional marks and invisible signs, with plain digits."""
    if text.isascii():
        return text.casefold()
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = "".join(
        str(unicodedata.decimal(one)) if one.isdecimal() else one for one in plain if unicodedata.category(one) != "Cf"
    )
    # One syllable, two ways to type it: the sign for am before or behind the tone.
    return _TONE_FIRST.sub(lambda found: f"\u0e4d{found[1]}" if found[1] else f"\u0ecd{found[2]}", _MARKS.sub("", kept))


def terms(text: str) -> Sequence[str]:
    """Return every term of a text once, in the order of its appearance, up to `MOST_TERMS`."""
    plain, found = folded(text), dict[str, None]()
    for kind, run in _runs(plain):
        found.update(dict.fromkeys(_grams(run, _SIZES[kind]) if kind in _SIZES else (f"w:{run[:LONGEST_WORD]}",)))
        if len(found) > MOST_TERMS:
            break
    telephones = [f"t:{end}" for end in sorted(_telephones(plain))]
    return [*telephones, *found][:MOST_TERMS]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for, in any order: words, phrases of scripts without spaces, ends of telephone numbers."""

    words: frozenset[str]
    phrases: tuple[tuple[str, str], ...]
    telephones: frozenset[str]

    def asked(self) -> Sequence[str]:
        """Return the terms that a text must have, spread over what is wanted, up to `MOST_ASKED`."""
        grams = [gram for kind, run in self.phrases for gram in _grams(run, _SIZES[kind])]
        all_ = [*(f"t:{end}" for end in sorted(self.telephones)), *(f"w:{word}" for word in sorted(self.words))]
        free = max(MOST_ASKED - len(all_), 1)
        step = max(1, -(-len(grams) // free))
        return list(dict.fromkeys([*all_, *grams[::step]]))[:MOST_ASKED]

    def is_said_by(self, text: str) -> bool:
        """Whether a text says all of it."""
        plain = folded(text)
        return (
            self.words <= _words(plain)
            and all(phrase in plain for _, phrase in self.phrases)
            and self.telephones <= _telephones(plain)
        )

    def touches(self, text: str) -> bool:
        """Whether a text says any of it."""
        plain = folded(text)
        phrases = any(phrase in plain for _, phrase in self.phrases)
        return bool(phrases or self.words & _words(plain) or self.telephones & _telephones(plain))


def wanted(words: str) -> Wanted:
    """Read what somebody looks for; an `InvalidError` where it is too short to be looked for."""
    plain = folded(words)
    telephones = _telephones(plain)
    rest = _TELEPHONE.sub(" ", plain)
    runs = list(_runs(rest))
    numbers = {run for kind, run in runs if kind == "word" and _is_telephone(run)}
    found = Wanted(
        _words(rest) - numbers,
        tuple(dict.fromkeys((kind, run) for kind, run in runs if kind in _SIZES)),
        frozenset(telephones),
    )
    if not found.asked():
        raise InvalidError(
            "Look for a word, or for three letters in a row where a script has no spaces.", field="words"
        )
    return found


def _runs(plain: str) -> Iterator[tuple[str, str]]:
    for kind, run in groupby(plain, _kind):
        if kind:
            yield kind, "".join(run)


def _words(plain: str) -> frozenset[str]:
    return frozenset(run[:LONGEST_WORD] for kind, run in _runs(plain) if kind == "word")


@lru_cache(maxsize=8192)
def _kind(letter: str) -> str:
    if _UNSPACED.match(letter):
        return "unspaced"
    if _HAN.match(letter):
        return "han"
    return "word" if unicodedata.category(letter)[0] in "LMN" else ""


def _grams(run: str, size: int) -> Sequence[str]:
    return [f"g:{run[start : start + size]}" for start in range(len(run) - size + 1)]


def _is_telephone(run: str) -> bool:
    return run.isdecimal() and len(run) >= _DIGITS_OF_TELEPHONE


def _telephones(plain: str) -> frozenset[str]:
    written = ["".join(one for one in found[0] if one.isdecimal()) for found in _TELEPHONE.finditer(plain)]
    numbers = [run for kind, run in _runs(plain) if kind == "word" and _is_telephone(run)]
    return frozenset(digits[-_TELEPHONE_END:] for digits in (*written, *numbers) if len(digits) >= _TELEPHONE_END)
