"""Opening, acknowledgement, triage, assignment and notes, decided."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from services.cases.domain import opening
from services.cases.domain.commands import Acknowledge, AddNote, Assign, OpenCase, TriageCase
from services.cases.domain.state import Case
from shared.errors import InvalidError
from shared.events import cases as facts
from shared.events.envelope import Event
from tests.support.given_when_then import START, Outcome
from tests.unit.cases.stories import ACKNOWLEDGED, ASSIGNED, CLOSED, OPENED, POLICY, TRIAGED, case

DECISION = TriageCase(
    issues=("REC-FEE",), admissible=True, admissibility_reason="Within the mandate.", danger_now=False
)


def triaging(**words: object) -> "TriageCase":
    return TriageCase(**{**{name: getattr(DECISION, name) for name in DECISION.__struct_fields__}, **words})


def triage(command: TriageCase) -> Outcome:
    def decide(state: Case) -> Sequence[Event]:
        return opening.triage(state, command, at=START + timedelta(hours=1), policy=POLICY)

    return case(OPENED).when(decide)


def test_a_case_opens_with_the_duty_to_acknowledge_it_within_seven_days() -> None:
    command = OpenCase(channel="hotline", language="my", country="TH", issues=("WAG-NON", "WAG-NON"))
    opened = opening.open_case(command, number="R-1", at=START, policy=POLICY)
    assert list(opened) == [
        facts.CaseOpened(
            number="R-1",
            channel="hotline",
            language="my",
            country="TH",
            issues=("WAG-NON",),
            acknowledge_by=START + timedelta(days=7),
        )
    ]


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (OpenCase(channel=" ", language="my"), "channel"),
        (OpenCase(channel="hotline", language=""), "language"),
        (OpenCase(channel="hotline", language="my", issues=("XXX-YYY",)), "issues"),
    ],
)
def test_a_case_does_not_open_without_channel_and_language_or_with_unknown_issues(
    command: OpenCase, field: str
) -> None:
    Outcome(lambda: opening.open_case(command, number="R-1", at=START, policy=POLICY)).then_fails(InvalidError, field)


def test_an_acknowledgement_goes_to_the_safe_contact_unless_another_channel_is_named() -> None:
    case(OPENED).when(lambda state: opening.acknowledge(state, Acknowledge(), at=START, policy=POLICY)).then(
        ACKNOWLEDGED
    )
    called = Acknowledge(channel="hotline")
    case(OPENED).when(lambda state: opening.acknowledge(state, called, at=START, policy=POLICY)).then(
        facts.CaseAcknowledged(channel="hotline")
    )


def test_without_a_safe_channel_a_case_is_acknowledged_only_with_a_reason() -> None:
    anonymous = facts.CaseOpened(number="R-1", channel="letter", language="my")
    case(anonymous).when(lambda state: opening.acknowledge(state, Acknowledge(), at=START, policy=POLICY)).then_refused(
        "safe-channel"
    )
    why = Acknowledge(no_safe_channel_because="The letter named no sender.")
    case(anonymous).when(lambda state: opening.acknowledge(state, why, at=START, policy=POLICY)).then(
        facts.CaseAcknowledged(no_safe_channel_because="The letter named no sender.")
    )


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (Acknowledge(channel="hotline", no_safe_channel_because="none"), "no_safe_channel_because"),
        (Acknowledge(no_safe_channel_because=" "), "no_safe_channel_because"),
        (Acknowledge(channel=" "), "channel"),
    ],
)
def test_an_acknowledgement_that_contradicts_itself_or_says_nothing_is_refused(
    command: Acknowledge, field: str
) -> None:
    case(OPENED).when(lambda state: opening.acknowledge(state, command, at=START, policy=POLICY)).then_fails(
        InvalidError, field
    )


def test_a_second_acknowledgement_says_nothing_new() -> None:
    case(OPENED, ACKNOWLEDGED).when(
        lambda state: opening.acknowledge(state, Acknowledge(), at=START, policy=POLICY)
    ).then()


def test_the_severity_is_that_of_the_worst_issue_and_sets_the_time_to_assess() -> None:
    triage(triaging(issues=("WAG-LAT", "MOV-RES", "WAG-LAT", "REC-FEE"))).then(
        facts.CaseTriaged(
            issues=("WAG-LAT", "MOV-RES", "REC-FEE"),
            severity="S1",
            admissible=True,
            admissibility_reason="Within the mandate.",
            danger_now=False,
            assess_by=START + timedelta(hours=25),
        )
    )


def test_another_severity_than_the_default_needs_a_reason() -> None:
    triage(triaging(severity="S1")).then_refused("severity-reason")
    triage(triaging(severity="S1", severity_reason="  ")).then_refused("severity-reason")
    triage(triaging(severity="S1", severity_reason="Threats were made.")).then(
        facts.CaseTriaged(
            issues=("REC-FEE",),
            severity="S1",
            severity_reason="Threats were made.",
            admissible=True,
            admissibility_reason="Within the mandate.",
            danger_now=False,
            assess_by=START + timedelta(hours=25),
        )
    )


def test_a_case_that_is_not_admissible_starts_no_duty_to_assess() -> None:
    triage(
        triaging(admissible=False, admissibility_reason="Not labour.", danger_now=True, safety_note="Sent help.")
    ).then(
        facts.CaseTriaged(
            issues=("REC-FEE",),
            severity="S2",
            admissible=False,
            admissibility_reason="Not labour.",
            danger_now=True,
            safety_note="Sent help.",
        )
    )


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"issues": ()}, "issues"),
        ({"issues": ("XXX-YYY",)}, "issues"),
        ({"severity": "S9", "severity_reason": "because"}, "severity"),
        ({"admissibility_reason": " "}, "admissibility_reason"),
    ],
)
def test_a_triage_with_unknown_codes_or_without_a_reason_is_refused(words: dict[str, object], field: str) -> None:
    triage(triaging(**words)).then_fails(InvalidError, field)


def test_somebody_becomes_the_handler() -> None:
    case(OPENED).when(lambda state: opening.assign(state, Assign(assignee="handler"))).then(ASSIGNED)


def test_naming_the_same_handler_again_says_nothing_new_but_another_team_does() -> None:
    case(OPENED, ASSIGNED).when(lambda state: opening.assign(state, Assign(assignee="handler"))).then()
    moved = Assign(assignee="handler", team="mekong")
    case(OPENED, ASSIGNED).when(lambda state: opening.assign(state, moved)).then(
        facts.CaseAssigned(assignee="handler", team="mekong")
    )


def test_a_handler_must_be_named() -> None:
    case(OPENED).when(lambda state: opening.assign(state, Assign(assignee=" "))).then_fails(InvalidError, "assignee")


def test_a_closed_case_takes_notes_and_nothing_else() -> None:
    closed = case(OPENED, CLOSED)
    closed.when(lambda state: opening.note(state, AddNote(text="They called."))).then(
        facts.NoteAdded(text="They called.")
    )
    closed.when(lambda state: opening.note(state, AddNote(text="\n"))).then_fails(InvalidError, "text")
    closed.when(lambda state: opening.acknowledge(state, Acknowledge(), at=START, policy=POLICY)).then_refused(
        "case-open"
    )
    closed.when(lambda state: opening.assign(state, Assign(assignee="handler"))).then_refused("case-open")
    closed.when(lambda state: opening.triage(state, DECISION, at=START, policy=POLICY)).then_refused("case-open")


def test_triage_may_come_before_the_acknowledgement() -> None:
    case(OPENED).when(lambda state: opening.triage(state, DECISION, at=START + timedelta(hours=1), policy=POLICY)).then(
        TRIAGED
    )
