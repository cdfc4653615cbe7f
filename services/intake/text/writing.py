"""Bytes and signs: invalid UTF-8 and NUL are survived, letters composed, Burmese in Zawgyi turned to Unicode."""

import re
import unicodedata
from typing import NamedTuple

from para import is_zawgyi, zg_to_unicode

_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")
_MYANMAR = re.compile("[\u1000-\u109f]")
_VOWEL_FIRST = re.compile("(?<![\u1000-\u102a\u1039-\u103f])\u1031")
"""The vowel E where no consonant bears it: Unicode writes it behind its consonant, Zawgyi before it."""
_MARK = "\ufffd"


class Written(NamedTuple):
    """A text as it can be searched and shown; `original` is what came, where it was another writing of it."""

    text: str
    original: str | None


def decoded(raw: bytes) -> str:
    """Return the text of bytes that should be UTF-8; what is not stands as a mark, so that the rest is not lost."""
    return raw.decode("utf-8", "replace")


def tidied(text: str) -> Written:
    """Return a text with marks for what nobody can write, composed (NFC), and Zawgyi read as what it means."""
    plain = unicodedata.normalize("NFC", _UNWRITABLE.sub(_MARK, text))
    if _MYANMAR.search(plain) and (is_zawgyi(plain) or _VOWEL_FIRST.search(plain)):
        return Written(unicodedata.normalize("NFC", zg_to_unicode(plain, force=True)), plain)
    return Written(plain, None)
