"""The story of a case in plain words: total over all facts, silent about persons, exact about being late."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import msgspec
import pytest

from shared.cli.replaying import as_json, as_text, story
from shared.cli.replaying.sentences import Words, sentence
from shared.events import cases as facts
from shared.events.envelope import Actor, Envelope, Event, Recorded
from shared.events.values import Money, Party, SafeContact
from shared.ids import derived_id

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
CASE = UUID("0190f2c4-7a3e-7c11-9c0e-000000000001")
PLANT = UUID("0190f2c4-7a3e-7c11-9c0e-000000000002")
ASKED = UUID("0190f2c4-7a3e-7c11-9c0e-000000000003")
FEES = UUID("0190f2c4-7a3e-7c11-9c0e-000000000004")
SECRET = "Nobody Knows"

OPENED = facts.CaseOpened(
    number="R-1",
    channel="hotline",
    language="my",
    acknowledge_by=START + timedelta(days=7),
    summary=SECRET,
    country="TH",
    workers=12,
    issues=("REC-FEE",),
    complainant=Party(name=SECRET),
    safe_contact=SafeContact(channel="email", address=SECRET),
)
TRIAGED = facts.CaseTriaged(
    issues=("REC-FEE",),
    severity="S2",
    admissible=True,
    admissibility_reason="Within the mandate",
    danger_now=False,
    safety_note=SECRET,
    assess_by=START + timedelta(days=4),
)
ESCALATED = facts.CaseEscalated(
    escalation_id=ASKED,
    organisation_id=PLANT,
    name="Golden Prawn",
    level="employer",
    brief="Workers paid fees.",
    answer_by=START + timedelta(days=14),
)
ANSWERED = facts.EmployerResponseRecorded(escalation_id=ASKED, organisation_id=PLANT, position="accepted", text=SECRET)
FEE = facts.RemedyItem(
    item_id=FEES,
    remedy="RM-FEE",
    owner="Golden Prawn",
    due_on=date(2026, 3, 1),
    workers=12,
    assessed=Money(amount=Decimal("12000.50"), currency="THB"),
)
PLANNED = facts.RemedyPlanAgreed(items=(FEE,), complainant_consulted=True)
PAID = facts.RemedyItemCompleted(
    item_id=FEES, evidence="Receipts", complete=True, paid=Money(amount=Decimal(9000), currency="THB")
)
CLOSED = facts.CaseClosed(reason="remedied", explanation="All repaid.")

EVERY_FACT: Sequence[Event] = (
    OPENED,
    facts.CaseAcknowledged(channel="line"),
    TRIAGED,
    facts.CaseAssigned(assignee="handler-7", team="mekong"),
    facts.NoteAdded(text=SECRET),
    facts.SatisfactionRecorded(stars=4),
    facts.RespondentNamed(organisation_id=PLANT, name="Golden Prawn", kind="employer", role="employer"),
    facts.ConsentRecorded(
        recipient=str(PLANT),
        purpose="disclose-facts",
        obtained_from="individual",
        obtained_by="handler-7",
        withheld=SECRET,
    ),
    ESCALATED,
    ANSWERED,
    facts.ConsentWithdrawn(recipient=str(PLANT), purpose="disclose-facts"),
    PLANNED,
    PAID,
    facts.RemedyItemRefuted(item_id=FEES, statement=SECRET),
    facts.RemedyItemVerified(item_id=FEES, method="worker-confirmed", statement=SECRET),
    CLOSED,
    facts.CaseReopened(reason="It went on"),
    facts.ConflictDeclared(handler="handler-7", reason=SECRET),
    facts.ConflictLifted(handler="handler-7", reason=SECRET),
    facts.GlassBroken(number="R-1", reason=SECRET),
    facts.LegacyRecordImported(source="old-desk", reference="7", fields={"who": SECRET}, dated=False),
    facts.CaseRetired(),
    facts.CaseFieldsViewed(subject=CASE, purpose="review", record="case", record_id=CASE, fields=("summary",)),
    facts.OrganisationRegistered(name="Golden Prawn", kind="employer", country="TH"),
    facts.SatisfactionRecorded(stars=4),
)


def recorded(*events: Event | tuple[Event, timedelta], late: timedelta = timedelta(0)) -> Sequence[Recorded]:
    """Wrap facts as the log has them, an hour after one another unless a time since the start is given."""
    wrapped = []
    for place, one in enumerate(events):
        event, since = one if isinstance(one, tuple) else (one, timedelta(hours=place))
        envelope = Envelope(
            event_id=derived_id("fact", str(place)),
            type=event.TOPIC,
            type_version=1,
            stream=event.STREAM,
            stream_id=CASE,
            stream_version=place + 1,
            occurred_at=START + since,
            recorded_at=START + since + late,
            actor=Actor("key-mali", "operator"),
            correlation_id=CASE,
        )
        wrapped.append(Recorded(envelope, event, place + 1))
    return wrapped


def told(*events: Event | tuple[Event, timedelta], personal: bool = False, now: datetime | None = None) -> list[str]:
    return list(as_text(story(recorded(*events), personal=personal, now=now)))


def test_every_fact_of_cases_has_a_sentence() -> None:
    assert {type(event) for event in EVERY_FACT} == set(facts.EVENTS)
    assert len(set(told(*EVERY_FACT))) == len(EVERY_FACT) + 1


def test_a_fact_of_another_service_has_none() -> None:
    with pytest.raises(TypeError, match="Event"):
        sentence(Event(), Words())


def test_a_story_tells_nothing_about_a_person_unless_it_is_asked_for() -> None:
    assert SECRET not in "\n".join(told(*EVERY_FACT))
    assert sum(SECRET in line for line in told(*EVERY_FACT, personal=True)) == 11


def test_a_fact_is_told_with_its_time_its_words_and_who_did_it() -> None:
    assert told(OPENED)[0] == (
        "2026-01-05 09:00  The case R-1 was opened: over hotline, in the language my, in TH about REC-FEE, for 12 "
        "workers. The summary is on record. The complainant is on record. A safe contact is email. Its address is on "
        "record. By key-mali (operator)."
    )


@pytest.mark.parametrize(
    ("event", "since", "words"),
    [
        (facts.CaseAcknowledged(channel="line"), timedelta(days=5), "That was 2 days before it was due."),
        (facts.CaseAcknowledged(channel="line"), timedelta(days=7), "That was less than a minute before it was due."),
        (facts.CaseAcknowledged(channel="line"), timedelta(days=7, hours=5), "That was 5 hours late."),
        (facts.CaseAcknowledged(no_safe_channel_because="No phone"), timedelta(days=9), "That was 2 days late."),
    ],
)
def test_an_acknowledgement_is_early_or_late(event: Event, since: timedelta, words: str) -> None:
    assert words in told(OPENED, (event, since))[1]


def test_taking_up_an_answer_and_a_remedy_are_measured_against_their_due_times() -> None:
    lines = told(
        (TRIAGED, timedelta(0)),
        (facts.CaseAssigned(assignee="handler-7"), timedelta(days=5)),
        (ESCALATED, timedelta(days=6)),
        (ANSWERED, timedelta(days=13)),
        (PLANNED, timedelta(days=14)),
        (PAID, timedelta(days=60)),
    )
    late = [line.rpartition("That was ")[2] if "That was" in line else None for line in lines]
    assert late == [None, "1 day late.", None, "1 day before it was due.", None, "4 days late.", None]


def test_what_was_recorded_later_than_it_was_true_says_so() -> None:
    (line, _) = as_text(story(recorded(OPENED, late=timedelta(days=3))))
    assert line.endswith("Recorded 3 days later, on 2026-01-08 09:00.")


def test_names_stand_for_ids_that_were_told_before() -> None:
    lines = told(ESCALATED, ANSWERED, PLANNED, PAID)
    assert "Golden Prawn answered: accepted." in lines[1]
    assert "RM-FEE by Golden Prawn was reported done, 9,000 THB paid; evidence: Receipts." in lines[3]


def test_the_last_line_says_where_the_case_stands() -> None:
    assert told()[-1] == "Nothing is on record."
    assert told(OPENED)[-1] == "The case stands open; the acknowledgement is due by 2026-01-12 09:00."
    assert told(PLANNED, PAID, CLOSED)[-1] == "The case stands closed as remedied. Paid on record: 9,000 THB."
    reopened = facts.CaseReopened(reason="Again")
    assert told(CLOSED, reopened)[-1] == "The case stands open; nothing is due."


def test_an_open_duty_past_its_time_is_overdue() -> None:
    last = told(OPENED, ESCALATED, now=START + timedelta(days=10))[-1]
    assert last == (
        "The case stands open; the acknowledgement is 3 days overdue; the answer of Golden Prawn is due by "
        "2026-01-19 09:00."
    )


def test_a_refuted_remedy_is_due_again() -> None:
    assert "due by" not in told(PLANNED, PAID)[-1]
    assert "RM-FEE by Golden Prawn is due by" in told(PLANNED, PAID, facts.RemedyItemRefuted(item_id=FEES))[-1]


def test_a_second_triage_does_not_ask_again_for_what_was_taken_up() -> None:
    assert told(TRIAGED, facts.CaseAssigned(assignee="a"), TRIAGED)[-1] == "The case stands open; nothing is due."


def test_a_story_as_of_a_time_leaves_out_what_was_not_yet_true() -> None:
    lines = list(as_text(story(recorded(OPENED, (CLOSED, timedelta(days=30))), as_of=START + timedelta(days=8))))
    assert len(lines) == 2
    assert lines[-1] == "The case stands open; the acknowledgement is 1 day overdue."


def test_the_story_for_programs_has_a_line_of_json_for_each_fact_and_the_standing() -> None:
    lines = [msgspec.json.decode(line) for line in as_json(story(recorded(OPENED, CLOSED)))]
    assert [line.get("type") for line in lines] == ["cases.case-opened", "cases.case-closed", None]
    assert lines[1] == {
        "text": "The case was closed as remedied: All repaid.",
        "at": "2026-01-05T10:00:00Z",
        "version": 2,
        "type": "cases.case-closed",
        "actor": "key-mali",
        "role": "operator",
    }
