"""What people wrote is made comparable, and nothing of it is lost."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from py3langid.langid import LanguageIdentifier

from services.intake.application import Preparing
from services.intake.lexicon import load_lexicon
from services.intake.text import Languages, decoded, telephone, tidied
from shared.events.intake import MessageReceived
from shared.policy import default_policy

LANGUAGES = Languages({"sms/1800010180": "my"})
PREPARING = Preparing(load_lexicon(default_policy()), LANGUAGES, {"sms/desk": "TH"})


def test_zawgyi_becomes_unicode_and_what_came_is_kept() -> None:
    assert tidied("ေက်ာင္း").text == "ကျောင်း"
    assert tidied("ေက်ာင္း").original == "ေက်ာင္း"
    assert tidied("မင်္ဂလာပါ") == ("မင်္ဂလာပါ", None)


@settings(max_examples=50)
@given(st.binary(max_size=60))
def test_any_bytes_give_a_text_that_can_be_written(raw: bytes) -> None:
    text = tidied(decoded(raw)).text
    assert "\0" not in text
    text.encode()


@pytest.mark.parametrize(
    ("written", "region", "number"),
    [
        ("081 234 5678", "TH", "+66812345678"),
        ("๐๘๑-๒๓๔-๕๖๗๘", "TH", "+66812345678"),
        ("0066812345678", "TH", "+66812345678"),
        ("0085512345678", "TH", "+85512345678"),
        ("၀၉၇၉၁၂၃၄၅၆၇", "MM", "+959791234567"),
        ("1-800-010-180", "TH", "+661800010180"),
        ("+266696687", "TH", None),
        ("user-8841", "TH", None),
        ("081 234 5678", None, None),
    ],
)
def test_a_number_is_the_same_number_however_it_is_written(written: str, region: str | None, number: str) -> None:
    assert telephone(written, region) == number


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("ขอความช่วยเหลือ", "th"),
        ("ကျွန်တော်တို့ လစာမရပါ", "my"),
        ("ជួយផង", "km"),
        ("ຊ່ວຍແດ່", "lo"),
        ("तीन महिनादेखि तलब दिएको छैन", "ne"),
        ("Chủ không trả lương cho chúng tôi ba tháng rồi", "vi"),
        ("They keep our passports in the office", "en"),
        ("help", None),
        ("555", None),
        ("", None),
    ],
)
def test_a_language_is_told_where_it_is_sure(text: str, language: str | None) -> None:
    assert LANGUAGES.written_in(text) == language


def message(**words: str) -> MessageReceived:
    said = {"channel": "sms", "account": "desk", "external_id": "1", "text": "555"}
    return msgspec.convert(said | words, MessageReceived)


def test_the_number_that_was_called_goes_before_the_guess() -> None:
    assert PREPARING.prepared(message(account="1800010180", text="They keep our passports here")).language == "my"
    assert PREPARING.prepared(message(language="km", account="1800010180")).language == "km"


def test_a_sender_is_one_person_however_their_number_is_written() -> None:
    senders = ("0812345678", "+66 81 234 5678", "๐๘๑๒๓๔๕๖๗๘")
    assert {PREPARING.prepared(message(sender=sender)).sender for sender in senders} == {"+66812345678"}
    assert PREPARING.prepared(message(channel="whatsapp", sender="66812345678")).sender == "+66812345678"
    assert PREPARING.prepared(message(channel="telegram", sender="66812345678")).sender == "66812345678"


def test_messages_that_come_together_read_the_model_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    real = LanguageIdentifier.from_model_file

    def reading(path: str, **words: Any) -> Any:
        read.append(path)
        return real(path, **words)

    monkeypatch.setattr(LanguageIdentifier, "from_model_file", staticmethod(reading))
    languages = Languages()
    with ThreadPoolExecutor(8) as crowd:
        told = list(crowd.map(languages.written_in, ["They keep our passports in the office of the factory."] * 32))
    assert (len(read), set(told)) == (1, {"en"})
