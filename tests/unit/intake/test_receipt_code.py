"""A receipt is short, read over a telephone, and a slip is told before anything is looked up."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.domain.receipts import receipt_key, receipt_of, receipt_signs
from services.intake.templates import LANGUAGES, NEXT, load_words, read, spoken
from shared.errors import InvalidError, SettingsError

SECRET = b"s" * 32
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
codes = st.uuids().map(lambda one: receipt_of(SECRET, one))


@settings(max_examples=50)
@given(codes, st.integers(0, 11), st.sampled_from(SIGNS))
def test_one_wrong_sign_never_passes(code: str, place: int, sign: str) -> None:
    signs = code.replace("-", "")
    wrong = signs[:place] + sign + signs[place + 1 :]
    if wrong != signs:
        with pytest.raises(InvalidError):
            receipt_signs(wrong)


@settings(max_examples=50)
@given(codes, st.integers(0, 10))
def test_two_neighbours_in_the_wrong_order_never_pass(code: str, place: int) -> None:
    signs = code.replace("-", "")
    wrong = signs[:place] + signs[place + 1] + signs[place] + signs[place + 2 :]
    if wrong != signs:
        with pytest.raises(InvalidError):
            receipt_signs(wrong)


def test_what_sounds_or_looks_alike_is_the_same() -> None:
    code = next(
        one for number in range(10_000) if {"0", "1"} <= set(one := receipt_of(SECRET, UUID(int=number)))
    )  # fmt: skip
    spoken_code = code.lower().replace("0", "o").replace("1", "l").replace("-", " ")
    assert receipt_key(spoken_code) == receipt_key(code)


def test_a_receipt_of_sixteen_signs_from_earlier_still_opens() -> None:
    assert receipt_signs("7QK2-M9XA-4TBD-01ZE") == "7QK2M9XA4TBD01ZE"


def test_every_language_tells_every_state_and_what_comes_next() -> None:
    words = load_words()
    assert set(words) == set(LANGUAGES)
    told = {words[tag].told(state) for tag in LANGUAGES for state in NEXT}
    assert len(told) == len(LANGUAGES) * len(NEXT)


def test_a_language_that_lacks_a_text_is_refused_with_its_name() -> None:
    with pytest.raises(SettingsError, match=r"my\.toml"):
        read("my", "[state]\n[next]\n")


def test_the_first_language_that_there_are_texts_in_is_spoken() -> None:
    assert spoken(None, "fr", "de, my-MM;q=0.8, th") == "my"
    assert spoken("xx") == "en"
