"""Questions that are asked by rule: what plans one, and what becomes of the plan when its time has come."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace

from services.cases.domain import prompting, questions
from services.cases.domain.evolve import evolve
from services.cases.domain.state import Case
from services.cases.domain.tasks import UNASSIGNED
from shared.errors import SettingsError
from shared.events import desk, protection
from shared.events import questions as told
from shared.events import remedying as lasting
from shared.events.cases import CaseClosed, CaseReopened, SatisfactionRecorded
from shared.events.envelope import Event
from shared.events.safety import SafeContactSet
from shared.policy import default_policy, read_policy
from shared.policy.pack import shipped
from tests.support.given_when_then import START, By, Fact, Given, Outcome
from tests.unit.cases.stories import (
    ACKNOWLEDGED,
    ASSIGNED,
    CLOSED,
    FEES,
    OPENED,
    PAID,
    PART_PAID,
    PLANNED,
    PLANT,
    REFUTED,
    TRIAGED,
    VERIFIED,
)

POLICY = default_policy()
CAME_IN = replace(OPENED, report_id=UUID(int=71))
BEGUN: tuple[Fact, ...] = (CAME_IN, ACKNOWLEDGED, TRIAGED, ASSIGNED, PLANNED)
DONE: tuple[Fact, ...] = (*BEGUN, By("plant", PAID))
DAY = timedelta(days=1)
CHECKS = (START + 14 * DAY, START + 30 * DAY)
WATCHED = protection.RetaliationWatchStarted(organisation_id=PLANT, check_at=CHECKS)
LOOKED_AT_AGAIN = lasting.RecheckScheduled(item_id=FEES, recheck_at=START + 90 * DAY)
CHECKED = protection.RetaliationChecked(outcome="none")


def plan(kind: told.RuledKind, counted_from: datetime, *, item_id: UUID | None = None) -> told.QuestionPlanned:
    about: Event = {
        "remedy-arrived": PAID,
        "remedy-lasts": LOOKED_AT_AGAIN,
        "retaliation": replace(WATCHED, check_at=(counted_from,)),
        "satisfaction": CLOSED,
    }[kind]
    state = Given(evolve, *BEGUN).state
    assert state is not None
    (planned,) = prompting.planned(state, [about], at=counted_from, now=counted_from, policy=POLICY)
    assert isinstance(planned, told.QuestionPlanned)
    assert planned.item_id == item_id
    return planned


ARRIVED = plan("remedy-arrived", START, item_id=FEES)
CONTENT = plan("satisfaction", START)
CHECK = plan("retaliation", CHECKS[0])


def plans(said: Event, *story: Fact, policy: object = POLICY, now: datetime = START) -> Sequence[tuple[str, datetime]]:
    state = Given(evolve, *story).state
    assert state is not None
    found = prompting.planned(state, [said], at=START, now=now, policy=policy)  # type: ignore[arg-type]  # a pack of the test
    return [(one.kind, one.ask_at) for one in found if isinstance(one, told.QuestionPlanned)]


def prompted(
    due: told.QuestionPlanned, *story: Fact, at: datetime | None = None, elsewhere: datetime | None = None
) -> Outcome:
    def decide(state: Case) -> Sequence[Event]:
        return prompting.prompted(state, due, at=at or due.ask_at, elsewhere=elsewhere)

    return Given(evolve, *story, due).when(decide)


def asked(due: told.QuestionPlanned) -> told.QuestionAsked:
    return told.QuestionAsked(
        question_id=due.question_id,
        kind=due.kind,
        report_id=UUID(int=71),
        expires_at=due.ask_at + questions.LIFE,
        item_id=due.item_id,
    )


def withheld(due: told.QuestionPlanned, because: str) -> told.QuestionWithheld:
    return told.QuestionWithheld(question_id=due.question_id, kind=due.kind, because=because, item_id=due.item_id)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (PAID, [("remedy-arrived", START + 3 * DAY)]),
        (PART_PAID, []),
        (VERIFIED, []),
        (LOOKED_AT_AGAIN, [("remedy-lasts", START + 88 * DAY)]),
        (WATCHED, [("retaliation", START + 12 * DAY), ("retaliation", START + 28 * DAY)]),
        (CLOSED, [("satisfaction", START + 7 * DAY)]),
        (CaseClosed(reason="unreachable", explanation="Nobody."), []),
        (CaseClosed(reason="duplicate", explanation="Twice."), []),
    ],
)
def test_the_default_pack_plans_what_is_asked_and_when(said: Event, expected: Sequence[tuple[str, datetime]]) -> None:
    assert plans(said, *BEGUN) == expected


def test_what_is_planned_for_a_time_that_has_passed_is_due_at_once() -> None:
    tomorrow = lasting.RecheckScheduled(item_id=FEES, recheck_at=START + DAY)
    assert plans(tomorrow, *BEGUN) == [("remedy-lasts", START)]


@pytest.mark.parametrize(("later", "planned"), [(16 * DAY, 1), (18 * DAY, 0)])
def test_who_writes_history_down_asks_nobody(later: timedelta, planned: int) -> None:
    assert len(plans(PAID, *BEGUN, now=START + later)) == planned


def test_of_a_case_that_no_message_began_nothing_is_planned() -> None:
    assert plans(PAID, OPENED, *BEGUN[1:]) == []


def test_a_pack_without_rules_plans_nothing() -> None:
    from_pack = shipped("ngo-hotline").decode()
    begin, end = from_pack.index("[asking.remedy-arrived]"), from_pack.index("[patterns]")
    silent = read_policy((from_pack[:begin] + from_pack[end:]).encode())
    assert plans(PAID, *BEGUN, policy=silent) == []


@pytest.mark.parametrize(
    ("rule", "named"),
    [
        ('[asking.satisfaction]\nwait = "-P1D"', "asking.satisfaction.wait"),
        ('[asking.remedy-arrived]\nwait = "soon"', "asking"),
        ('[asking.weather]\nwait = "P1D"', "asking"),
        ('[asking.retaliation]\nwait = "P1D"\notherwise = "call"', "otherwise"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_by_name(rule: str, named: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        read_policy(f'extends = "ngo-hotline"\n{rule}\n'.encode())
    assert named in str(refusal.value)


def test_when_it_is_time_the_question_is_asked_under_the_id_of_its_plan() -> None:
    prompted(ARRIVED, *DONE).then(asked(ARRIVED))


def test_a_question_that_was_asked_is_planned_no_more() -> None:
    state = Given(evolve, *DONE, ARRIVED, asked(ARRIVED)).state
    assert state is not None
    assert state.planned == ()


@pytest.mark.parametrize("answer", [VERIFIED, REFUTED, CLOSED])
def test_what_is_known_by_then_is_not_asked(answer: Event) -> None:
    prompted(ARRIVED, *DONE, By("verifier", answer)).then(withheld(ARRIVED, "overtaken"))


def test_a_closed_gate_makes_a_task_for_the_handler_and_no_message() -> None:
    nobody = SafeContactSet(safe_contact=None)
    prompted(ARRIVED, *DONE, nobody).then(
        withheld(ARRIVED, "safe-channel"),
        desk.TaskAdded(
            task_id=prompting.task_of(ARRIVED), what=prompting.IN_PERSON["remedy-arrived"], assignee="handler"
        ),
    )


def test_how_content_somebody_is_the_handler_is_not_told_to_ask() -> None:
    due = replace(CONTENT, otherwise="task")
    prompted(due, *BEGUN, SafeContactSet(safe_contact=None), CLOSED).then(
        withheld(due, "safe-channel"),
        desk.TaskAdded(task_id=prompting.task_of(due), what=prompting.IN_PERSON["satisfaction"], assignee=UNASSIGNED),
    )


def test_where_the_pack_says_nothing_a_closed_gate_is_only_put_on_record() -> None:
    prompted(CONTENT, *BEGUN, SafeContactSet(safe_contact=None), CLOSED).then(withheld(CONTENT, "safe-channel"))


def test_while_an_answer_is_waited_for_the_next_question_is_put_off() -> None:
    open_one = told.QuestionAsked(
        question_id=UUID(int=5), kind="retaliation", report_id=UUID(int=71), expires_at=ARRIVED.ask_at + DAY
    )
    prompted(ARRIVED, *DONE, open_one).then(replace(ARRIVED, ask_at=open_one.expires_at))
    prompted(ARRIVED, *DONE, elsewhere=ARRIVED.ask_at + 2 * DAY).then(replace(ARRIVED, ask_at=ARRIVED.ask_at + 2 * DAY))


def test_a_check_is_asked_about_before_it_is_due_unless_it_was_done() -> None:
    prompted(CHECK, *BEGUN, WATCHED).then(asked(CHECK))
    prompted(CHECK, *BEGUN, WATCHED, By("handler", CHECKED)).then(withheld(CHECK, "overtaken"))


@pytest.mark.parametrize(
    ("since", "because"),
    [
        (By("other", SatisfactionRecorded(stars=4), START + DAY), "overtaken"),
        (CaseReopened(reason="They called again."), "overtaken"),
    ],
)
def test_how_content_they_are_is_not_asked_once_it_is_known_or_the_case_goes_on(since: Fact, because: str) -> None:
    prompted(CONTENT, *BEGUN, CLOSED, since).then(withheld(CONTENT, because))


def test_satisfaction_with_an_earlier_closing_does_not_answer_for_the_last() -> None:
    earlier = By("other", SatisfactionRecorded(stars=4), START - DAY)
    prompted(CONTENT, *BEGUN, earlier, CLOSED).then(asked(CONTENT))
