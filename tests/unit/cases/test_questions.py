"""Questions by message: what a reply says, when one may be asked, and what an answer moves."""

import unicodedata
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.cases.domain import questions
from services.cases.domain.evolve import evolve
from services.cases.domain.replies import read, stars
from services.cases.domain.state import Case
from shared.errors import InvalidError
from shared.events import desk, protection
from shared.events import questions as told
from shared.events import remedying as lasting
from shared.events.cases import CaseReopened, SatisfactionRecorded
from shared.events.safety import SafeContactSet
from shared.events.values import SafeContact, SafeWay
from shared.ids import derived_id
from tests.support.given_when_then import START, By, Fact, Given, Outcome
from tests.unit.cases.stories import (
    ACKNOWLEDGED,
    ASSIGNED,
    CLOSED,
    FEES,
    OPENED,
    PAID,
    PLANNED,
    PLANT,
    POLICY,
    REFUTED,
    TRIAGED,
    VERIFIED,
)

REPORT, MESSAGE, QUESTION = (UUID(int=number) for number in (71, 72, 73))
CAME_IN = replace(OPENED, report_id=REPORT)
BEGUN: tuple[Fact, ...] = (CAME_IN, ACKNOWLEDGED, TRIAGED, ASSIGNED, PLANNED)
DONE: tuple[Fact, ...] = (*BEGUN, By("plant", PAID))
LATER = START + timedelta(days=1)
ASKED = told.QuestionAsked(
    question_id=QUESTION, kind="remedy-arrived", report_id=REPORT, expires_at=START + questions.LIFE, item_id=FEES
)
ARRIVED = questions.Ask(kind="remedy-arrived", item_id=FEES)


def case(*story: Fact) -> Given[Case]:
    return Given(evolve, *story)


def ask(command: questions.Ask, *story: Fact, elsewhere: bool = False) -> Outcome:
    return case(*story).when(
        lambda state: questions.ask(state, command, at=START, question_id=QUESTION, elsewhere=elsewhere)
    )


def answer(text: str, *story: Fact) -> Outcome:
    heard = questions.Heard(MESSAGE, text, text)
    return case(*story).when(lambda state: questions.answer(state, heard, at=LATER, policy=POLICY))


def answered(kind: told.QuestionKind, reply: told.Reply, text: str, *, moved: bool = True) -> told.QuestionAnswered:
    return told.QuestionAnswered(
        question_id=QUESTION, kind=kind, message_id=MESSAGE, reply=reply, text=text, moved=moved
    )


@pytest.mark.parametrize("text", ["1", " 1. ", "YES!", "၁", "១", "໑", "๑", "१", "ใช่ค่ะ", "ဟုတ်ကဲ့", "Có", "हो।", "ແມ່ນແລ້ວ"])
def test_a_yes_is_read_in_every_language_and_every_digit(text: str) -> None:
    assert read(text) == "yes"


@pytest.mark.parametrize("text", ["2", "No.", "၂", "២", "໒", "๒", "२", "ไม่ครับ", "မဟုတ်ဘူး", "Không", "होइन", "ບໍ່"])
def test_a_no_is_read_in_every_language_and_every_digit(text: str) -> None:
    assert read(text) == "no"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12",
        "1 2",
        "yes and no",
        "1 but only half of it",
        "yes?",
        "1?",
        "1 ❌",
        "yes👎",
        "Không?",
        "3",
        "¹½",
        "မသိဘူး",
        "👍",
    ],
)
def test_whatever_is_not_certain_is_neither(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(("text", "number"), [("5", 5), (" 4. ", 4), ("၃", 3), ("१", 1)])
def test_a_number_of_stars_is_read_in_every_digit(text: str, number: int) -> None:
    assert stars(text) == number


@pytest.mark.parametrize("text", ["", "0", "6", "45", "5?", "yes", "4 or 5", "½"])
def test_what_is_no_number_of_stars_is_none(text: str) -> None:
    assert stars(text) is None


@given(st.text(max_size=30))
def test_any_text_is_read_without_complaint_and_its_form_does_not_matter(text: str) -> None:
    assert read(text) in {"yes", "no", None}
    assert read(unicodedata.normalize("NFD", text)) == read(unicodedata.normalize("NFC", text))


def test_a_remedy_that_was_reported_is_asked_about_once_at_a_time() -> None:
    ask(ARRIVED, *DONE).then(ASKED)
    ask(ARRIVED, *BEGUN).then_refused("item-completed")
    ask(ARRIVED, *DONE, ASKED).then_refused("one-question")
    ask(ARRIVED, *DONE, elsewhere=True).then_refused("one-question")
    ask(questions.Ask(kind="remedy-lasts", item_id=FEES), *DONE).then_refused("item-verified")
    ask(questions.Ask(kind="remedy-arrived"), *DONE).then_fails(InvalidError, "item_id")
    ask(questions.Ask(kind="retaliation", text="?"), *DONE).then_fails(InvalidError, "text")


@pytest.mark.parametrize(
    ("changes", "gate"),
    [
        ({"do_not_contact": True}, "safe-channel"),
        ({"automatic": False}, "safe-channel"),
        ({"shared": True}, "safe-channel"),
        ({"further": (SafeWay(channel="email", address="a@example.org", shared=True),)}, "safe-channel"),
        ({"code_word": "s1$x"}, "code-word"),
    ],
)
def test_no_machine_asks_where_it_may_not_write_or_where_anybody_could_answer(
    changes: dict[str, object], gate: str
) -> None:
    contact = replace(SafeContact(channel="line", address="u-1"), **changes)
    ask(ARRIVED, *DONE, SafeContactSet(safe_contact=contact)).then_refused(gate)
    ask(ARRIVED, *DONE, SafeContactSet(safe_contact=None)).then_refused("safe-channel")


def test_who_did_not_write_themselves_is_asked_in_person() -> None:
    ask(ARRIVED, OPENED, ACKNOWLEDGED, TRIAGED, PLANNED, By("plant", PAID)).then_refused("sender-known")


def test_a_yes_verifies_the_remedy_and_a_no_refutes_it() -> None:
    yes = questions.ANSWERED.format(reply="yes")
    answer("1", *DONE, ASKED).then(
        answered("remedy-arrived", "yes", "1"),
        replace(VERIFIED, statement=yes),
        lasting.RecheckScheduled(item_id=FEES, recheck_at=LATER + (POLICY.safeguards.recheck_after or timedelta())),
    )
    no = questions.ANSWERED.format(reply="no")
    answer("ไม่", *DONE, ASKED).then(answered("remedy-arrived", "no", "ไม่"), replace(REFUTED, statement=no))


def test_what_is_not_certain_late_or_overtaken_moves_nothing() -> None:
    answer("they paid half", *DONE, ASKED).then()
    answer("1", *DONE).then()
    answer("1", *DONE, replace(ASKED, expires_at=LATER)).then()
    answer("1", *DONE, ASKED, answered("remedy-arrived", "yes", "1")).then()
    answer("1", *DONE, ASKED, VERIFIED).then()


def test_who_is_in_trouble_is_reported_at_once() -> None:
    asked = replace(ASKED, kind="retaliation", item_id=None)
    reported = protection.RetaliationReported(
        number=OPENED.number,
        acts=("other",),
        severity=min(POLICY.severities),
        statement=questions.ANSWERED.format(reply="yes"),
    )
    answer("yes", *DONE, asked).then(answered("retaliation", "yes", "yes"), reported)
    answer("no", *DONE, asked).then(answered("retaliation", "no", "no"))
    watched = protection.RetaliationWatchStarted(organisation_id=PLANT, check_at=(LATER,))
    statement = questions.ANSWERED.format(reply="no")
    answer("no", *DONE, watched, asked).then(
        answered("retaliation", "no", "no"), protection.RetaliationChecked(outcome="none", statement=statement)
    )
    answer("yes", *DONE, watched, asked, CLOSED).then(
        answered("retaliation", "yes", "yes"),
        protection.RetaliationChecked(outcome="reported", statement=questions.ANSWERED.format(reply="yes")),
        reported,
    )


def test_what_a_closed_gate_keeps_from_moving_a_person_reads() -> None:
    task = desk.TaskAdded(
        task_id=derived_id("task-of-answer", str(QUESTION)),
        what="Read the answer of the complainant.",
        assignee="handler",
    )
    answer("1", *DONE, ASKED, CLOSED).then(answered("remedy-arrived", "yes", "1", moved=False), task)
    free = replace(ASKED, kind="free", item_id=None, text="Which line?")
    answer("Line 4", *DONE, free).then(answered("free", "said", "Line 4", moved=False), task)
    ask(questions.Ask(kind="free", text="Which line?"), *DONE).then(free)
    ask(questions.Ask(kind="free"), *DONE).then_fails(InvalidError, "text")


def test_a_verified_remedy_is_asked_about_again_of_a_closed_case_too() -> None:
    asked = replace(ASKED, kind="remedy-lasts")
    ended: tuple[Fact, ...] = (*DONE, VERIFIED, CLOSED)
    ask(questions.Ask(kind="remedy-lasts", item_id=FEES), *ended).then(asked)
    answer("1", *ended, asked).then(
        answered("remedy-lasts", "yes", "1"),
        lasting.RemedyRechecked(item_id=FEES, outcome="lasts", statement=questions.ANSWERED.format(reply="yes")),
    )
    told_, checked, reopened, refuted = questions.answer(
        case(*ended, asked).state, questions.Heard(MESSAGE, "2", "2"), at=LATER, policy=POLICY
    )
    assert [one.TOPIC for one in (told_, checked, reopened, refuted)] == [
        "cases.question-answered",
        "cases.remedy-rechecked",
        "cases.case-reopened",
        "cases.remedy-item-refuted",
    ]


def test_how_content_they_are_is_asked_at_the_end_and_told_without_the_handler() -> None:
    content = questions.Ask(kind="satisfaction")
    asked = replace(ASKED, kind="satisfaction", item_id=None)
    ended: tuple[Fact, ...] = (*DONE, VERIFIED, CLOSED)
    ask(content, *DONE).then_refused("case-closed")
    ask(content, *ended).then(asked)
    answer("၄", *ended, asked).then(answered("satisfaction", "said", "၄"), SatisfactionRecorded(stars=4))
    answer("yes", *ended, asked).then()
    answer("4", *ended, asked, CaseReopened(reason="It came back.")).then()
