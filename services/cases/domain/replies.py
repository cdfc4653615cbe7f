"""What a short reply says: yes, no, stars, or nothing that is certain. Whatever is longer or mixed, a person reads."""

import unicodedata
from collections.abc import Mapping
from typing import Literal

YesOrNo = Literal["yes", "no"]

_WORDS: Mapping[YesOrNo, tuple[str, ...]] = {
    "yes": (
        *("1", "yes", "y", "yeah", "yep"),
        *("ใช่", "ใช่ค่ะ", "ใช่ครับ", "ใช่แล้ว"),
        *("ဟုတ်", "ဟုတ်ကဲ့", "ဟုတ်တယ်", "ဟုတ်ပါတယ်"),
        *("បាទ", "ចាស", "ចា៎"),
        *("ແມ່ນ", "ແມ່ນແລ້ວ"),
        *("có", "co", "vâng", "đúng"),
        *("हो", "छ"),
    ),
    "no": (
        *("2", "no", "n", "nope"),
        *("ไม่", "ไม่ใช่", "ไม่ค่ะ", "ไม่ครับ", "ไม่ใช่ค่ะ", "ไม่ใช่ครับ"),
        *("မဟုတ်", "မဟုတ်ဘူး", "မဟုတ်ပါဘူး"),
        *("ទេ", "អត់ទេ"),
        *("ບໍ່", "ບໍ່ແມ່ນ"),
        *("không", "khong"),
        *("होइन", "छैन"),
    ),
}


_STARS = frozenset("12345")
_HARMLESS = frozenset(".,!()။၊។।")


def read(text: str) -> YesOrNo | None:
    """Return what a reply says when it says nothing else; digits are read in every script."""
    return _READ.get(_bare(text))


def stars(text: str) -> int | None:
    """Return the number from 1 to 5 that a reply is, in any script, when it says nothing else."""
    bare = _bare(text)
    return int(bare) if bare in _STARS else None


def _bare(text: str) -> str:
    """Return a text without what ends or surrounds a word, its digits as ASCII; what else stands in it stays."""
    signs = unicodedata.normalize("NFKC", text).casefold()
    return "".join(_sign(sign) for sign in signs if not _means_nothing(sign))


def _means_nothing(sign: str) -> bool:
    """Whether a sign changes no word; a question mark or a picture does, and leaves nothing certain."""
    return sign.isspace() or sign in _HARMLESS or unicodedata.category(sign) == "Cf"


def _sign(sign: str) -> str:
    digit = unicodedata.digit(sign, None)
    return sign if digit is None else str(digit)


_READ: Mapping[str, YesOrNo] = {_bare(word): meaning for meaning, words in _WORDS.items() for word in words}
