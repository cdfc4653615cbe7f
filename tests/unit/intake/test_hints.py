"""Lists of phrases suggest what a message may be about, in scripts with and without spaces; a person decides."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.lexicon import LANGUAGES, load_lexicon, read
from services.intake.lexicon.matching import Phrases
from shared.errors import SettingsError
from shared.policy import default_policy

LEXICON = load_lexicon(default_policy())

SAID = [
    ("They keep our passports and we have not been paid.", {"DOC-RET", "WAG-NON"}),
    ("นายจ้างยึดพาสปอร์ตและไม่จ่ายค่าแรงสองเดือน", {"DOC-RET", "WAG-NON"}),
    ("သူဌေးက ပတ်စပို့သိမ်းထားပြီး လစာမပေးပါ", {"DOC-RET", "WAG-NON"}),
    ("ថៅកែដកហូតលិខិតឆ្លងដែន ហើយមិនបើកប្រាក់ខែ", {"DOC-RET", "WAG-NON"}),
    ("ນາຍຈ້າງຍຶດພາດສະປອດ ແລະ ບໍ່ຈ່າຍເງິນເດືອນ", {"DOC-RET", "WAG-NON"}),
    ("Ông chủ GIỮ HỘ CHIẾU và không trả lương", {"DOC-RET", "WAG-NON"}),
    ("साहुले पासपोर्ट खोसेको छ, तलब दिएको छैन", {"DOC-RET", "WAG-NON"}),
]


@pytest.mark.parametrize(("text", "codes"), SAID)
def test_what_was_said_suggests_its_issues_with_the_words_that_led_there(text: str, codes: set[str]) -> None:
    hints = LEXICON.suggest(text)
    assert hints is not None
    assert {hint.code for hint in hints.issues} >= codes
    assert all(word in text.casefold() for hint in hints.issues for word in hint.words.split("; "))
    assert hints.severity == "S2"
    assert hints.danger is None


@pytest.mark.parametrize(
    "text", ["ช่วยด้วย พวกเราถูกขัง", "ကယ်ပါ သော့ခတ်ထားတယ်", "Please come, they locked us in and beat us", "cứu tôi với"]
)
def test_danger_now_is_the_gravest_whatever_else_is_said(text: str) -> None:
    hints = LEXICON.suggest(text)
    assert hints is not None
    assert hints.danger
    assert hints.severity == "S1"


@pytest.mark.parametrize("text", ["", "Hello", "Thank you very much", "555", "I passed by the shop"])
def test_nothing_is_made_out_of_nothing(text: str) -> None:
    assert LEXICON.suggest(text) is None


def test_a_country_and_an_employer_are_pointed_at() -> None:
    hints = LEXICON.suggest("The factory Golden Prawn, in Samut Sakhon, deducts money")
    assert hints is not None
    assert hints.country is not None
    assert (hints.country.code, hints.country.words) == ("TH", "samut sakhon")
    assert hints.respondent == "factory golden prawn"


def test_a_latin_phrase_begins_a_word() -> None:
    assert [found.meaning for found in Phrases([("fire", 1)]).find("backfire fire")] == [1]


@settings(max_examples=50)
@given(st.lists(st.text("abก", min_size=1, max_size=4), min_size=1, max_size=6), st.text("abกข", max_size=30))
def test_one_pass_finds_what_looking_for_each_finds(phrases: list[str], text: str) -> None:
    phrases = [f"ก{phrase}" for phrase in phrases]
    found = {(one.start, one.end) for one in Phrases([(phrase, 0) for phrase in phrases]).find(text)}
    each = {
        (start, start + len(phrase))
        for phrase in phrases
        for start in range(len(text))
        if text.startswith(phrase, start)
    }
    assert found == each


def test_every_language_speaks_of_the_gravest_things() -> None:
    for tag in LANGUAGES:
        assert LEXICON is not None
        with pytest.raises(SettingsError, match=tag):
            read(tag, "x = 1")
