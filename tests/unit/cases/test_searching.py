"""What can be searched for in a text: any part of it where a script has no spaces, whole words where it has."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.cases.domain.searching import MOST_ASKED, MOST_TERMS, terms, wanted
from shared.errors import InvalidError

SYLLABLES = {
    "thai": ("ยึ", "ด", "พ", "า", "ส", "ป", "อ", "ร์", "ต", "ค่", "ำ", "น้ำ", "แ", "ร", "ง"),
    "lao": ("ນ", "າ", "ຍ", "ຈ້", "າ", "ງ", "ຢຶ", "ດ", "ໜັ", "ງ", "ສື", "ນ້ຳ"),
    "khmer": ("លិ", "ខិ", "ត", "ឆ្ល", "ង", "ដែ", "ន", "ថ្លៃ", "សេ", "វា", "កុំ"),
    "burmese": ("အ", "လု", "ပ်", "ရှ", "င်", "က", "ငွေ", "မ", "ပေး", "ဘူး", "နို", "င်", "ငံ", "ကြီး"),
}


@st.composite
def said_and_part(draw: st.DrawFn) -> tuple[str, str]:
    """Return a text without spaces, and a part of it of three letters or more."""
    script = SYLLABLES[draw(st.sampled_from(sorted(SYLLABLES)))]
    letters = draw(st.lists(st.sampled_from(script), min_size=3, max_size=40))
    start = draw(st.integers(0, len(letters) - 3))
    end = draw(st.integers(start + 3, len(letters)))
    return "".join(letters), "".join(letters[start:end])


@settings(max_examples=50)
@given(said_and_part())
def test_any_part_of_a_text_without_spaces_is_found(both: tuple[str, str]) -> None:
    text, part = both
    look = wanted(part)
    assert set(look.asked()) <= set(terms(text))
    assert look.is_said_by(text)
    assert look.touches(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The BROKER kept our passports.", "broker Passports"),
        ("Người môi giới giữ hộ chiếu", "nguoi moi GIOI"),
        ("José took the fee", "jose"),
        ("أَخَذَ جواز السفر", "أخذ"),
        ("दलाल ने पासपोर्ट रखा", "पासपोर्ट"),
        ("ကန်ထရိုက်တာက ၅၀၀၀ ယူတယ်", "5000"),
        ("ยึดพาส\u200bปอร์ต", "พาสปอร์ต"),
        ("น\u0e49\u0e4dาดื่ม", "น\u0e4d\u0e49าดื่ม"),
        ("护照被扣了", "护照"),
        ("Call me on 081-234 5678 at night", "+66 81 234 5678"),
        ("+66812345678", "0812345678"),
        ("number 66812345678.", "+66 81 234 5678"),
        ("on 2026-03-01 12 of us", "2026-03-01 12"),
        ("นายหน้า Somchai เก็บเงิน", "somchai เก็บเงิน"),
    ],
)
def test_how_it_is_written_does_not_matter(text: str, words: str) -> None:
    look = wanted(words)
    assert set(look.asked()) <= set(terms(text))
    assert look.is_said_by(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The broker kept our passports.", "broker fee"),
        ("The broker kept our passports.", "brok"),
        ("กขคง คงจฉ", "กขคจ"),
        ("081-234 5678", "081-234 5679"),
    ],
)
def test_what_was_not_said_is_not_found(text: str, words: str) -> None:
    assert not wanted(words).is_said_by(text)


def test_pieces_that_stand_apart_are_no_phrase() -> None:
    # given every three letters of the phrase, but never the phrase
    text = "กขค ขคง คงจ"
    look = wanted("กขคงจ")
    assert set(look.asked()) <= set(terms(text))
    assert not look.is_said_by(text)


@pytest.mark.parametrize("words", ["", "  ", "?!", "กข", "护", "\u0301"])
def test_too_little_to_look_for_is_refused(words: str) -> None:
    with pytest.raises(InvalidError, match="Look for a word"):
        wanted(words)


def test_terms_stay_bounded() -> None:
    assert len(terms(" ".join(f"w{number}" for number in range(9000)))) == MOST_TERMS
    assert len(wanted("ก" + "ขคงจฉชซ" * 20).asked()) <= MOST_ASKED


@settings(max_examples=50)
@given(st.text(max_size=60))
def test_whatever_has_terms_is_found_by_itself(text: str) -> None:
    if terms(text):
        with suppress(InvalidError):
            assert wanted(text).is_said_by(text)
