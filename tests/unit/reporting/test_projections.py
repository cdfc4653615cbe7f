"""Events to facts: what a case's row says after each thing that can happen to it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings

from services.reporting.projections import CASE_FACTS, CONTACT_FACTS
from services.reporting.views.engine import encode
from services.reporting.views.facts import CaseFacts
from shared.documents.folding import fold_batch
from shared.documents.sqlite import SqliteDocuments
from shared.events import cases, intake, procedure
from shared.events.envelope import Event
from shared.events.values import Money
from tests.unit.reporting.figuring import contacts, folded
from tests.unit.reporting.lives import START, Life, Log, hour, lives, message, tell

CASE = UUID(int=1)
ITEM = UUID(int=2)
OPENED = cases.CaseOpened(number="RG-1", channel="line", language="my", issues=("WAG-NON",), workers=4)
PLAN = cases.RemedyPlanAgreed(
    items=(cases.RemedyItem(item_id=ITEM, remedy="RM-WAG", owner="employer", due_on=START.date()),),
    complainant_consulted=True,
)


def after(*events: Event) -> CaseFacts:
    """Fold events one hour apart."""
    log = Log("cases")
    for place, event in enumerate(events):
        log.tell(CASE, event, hour(place))
    (row,) = folded(log.facts)
    return row


def triaged(*issues: str) -> cases.CaseTriaged:
    return cases.CaseTriaged(
        issues=issues, severity="S2", admissible=True, admissibility_reason="in scope", danger_now=False
    )


def escalated(level: cases.EscalationLevel, number: int = 3) -> cases.CaseEscalated:
    return cases.CaseEscalated(
        escalation_id=UUID(int=number),
        organisation_id=UUID(int=9),
        name="Alpha",
        level=level,
        brief="a group is unpaid",
        answer_by=hour(100),
    )


def paid(amount: str, currency: str = "THB", *, complete: bool = False) -> cases.RemedyItemCompleted:
    money = Money(amount=Decimal(amount), currency=currency)
    return cases.RemedyItemCompleted(item_id=ITEM, evidence="slip", complete=complete, paid=money)


def test_an_opened_case_is_received_with_what_it_opens_with() -> None:
    row = after(OPENED)

    assert (row.state, row.number, row.channel, row.workers, row.issues) == ("received", "RG-1", "line", 4, ["WAG-NON"])
    assert row.opened_at == START


def test_triage_replaces_the_issues_and_the_same_issue_counts_once() -> None:
    row = after(OPENED, triaged("DOC-RET", "HRS-FOR", "DOC-RET"))

    assert (row.state, row.severity, row.issues) == ("triaged", "S2", ["DOC-RET", "HRS-FOR"])
    assert row.triaged_at == hour(1)


ASKED = procedure.ConsentRequested(recipient=str(ITEM), purpose="disclose-facts")
DECLINED = procedure.ConsentDeclined(recipient=str(ITEM), purpose="disclose-facts")
CONSENTED = cases.ConsentRecorded(
    recipient=str(ITEM), purpose="disclose-facts", obtained_from="individual", obtained_by="operator-1"
)
INVESTIGATED = procedure.InvestigationOpened(investigation_id=ITEM, kind="internal", terms="all", report_by=hour(9))
FOUND = procedure.InvestigationReported(investigation_id=ITEM, finding="partly", report="some")
APPEALED = procedure.AppealFiled(appeal_id=ITEM, by="complainant", grounds="unpaid", decide_by=hour(99))
DISMISSED = procedure.AppealDecided(appeal_id=ITEM, outcome="dismissed", reason="paid")


@pytest.mark.parametrize(
    ("then", "state"),
    [
        ((cases.CaseAcknowledged(channel="line"),), "acknowledged"),
        ((triaged("DOC-RET"), cases.CaseAcknowledged(channel="line")), "triaged"),
        ((triaged("DOC-RET"), cases.CaseAssigned(assignee="operator-1")), "assessing"),
        ((cases.CaseAssigned(assignee="operator-1"),), "received"),
        ((triaged("DOC-RET"), escalated("employer")), "engaged"),
        ((PLAN,), "plan_agreed"),
        ((PLAN, paid("5")), "remediating"),
        ((PLAN, paid("5", complete=True)), "remedy_reported"),
        ((PLAN, paid("5"), cases.RemedyItemVerified(item_id=ITEM, method="worker-confirmed")), "verifying"),
        ((PLAN, paid("5", complete=True), cases.RemedyItemRefuted(item_id=ITEM)), "remediating"),
        ((triaged("DOC-RET"), ASKED), "consent_pending"),
        ((triaged("DOC-RET"), ASKED, CONSENTED), "assessing"),
        ((triaged("DOC-RET"), ASKED, DECLINED), "assessing"),
        ((triaged("DOC-RET"), INVESTIGATED), "investigating"),
        ((triaged("DOC-RET"), INVESTIGATED, FOUND), "assessing"),
        ((triaged("DOC-RET"), escalated("employer"), INVESTIGATED, FOUND), "engaged"),
        ((PLAN, procedure.MonitoringStarted()), "monitoring"),
        ((cases.CaseClosed(reason="withdrawn", explanation="asked to"),), "closed"),
        ((cases.CaseClosed(reason="withdrawn", explanation="asked to"), APPEALED), "appealed"),
        ((cases.CaseClosed(reason="withdrawn", explanation="asked to"), APPEALED, DISMISSED), "closed"),
    ],
)
def test_the_state_follows_the_course_of_the_case(then: Sequence[Event], state: str) -> None:
    assert after(OPENED, *then).state == state


def test_payments_add_up_within_a_currency_and_never_across() -> None:
    (item,) = after(OPENED, PLAN, paid("5"), paid("7.5"), paid("3", "USD")).remedies

    assert {money.currency: money.amount for money in item.paid} == {"THB": Decimal("12.5"), "USD": Decimal(3)}


def test_what_the_worker_refutes_was_neither_paid_nor_completed() -> None:
    (item,) = after(OPENED, PLAN, paid("5", complete=True), cases.RemedyItemRefuted(item_id=ITEM)).remedies

    assert (item.paid, item.completed_at, item.verdict) == ([], None, "refuted")


def test_the_first_answer_to_a_request_counts_and_only_for_that_request() -> None:
    answer = cases.EmployerResponseRecorded(escalation_id=UUID(int=4), organisation_id=UUID(int=9), position="accepted")

    first, second = after(OPENED, escalated("employer", 3), escalated("buyer", 4), answer, answer).escalations

    assert first.answered_at is None
    assert (second.answered_at, second.position) == (hour(3), "accepted")


def test_the_highest_level_stays_when_a_lower_one_follows() -> None:
    assert after(OPENED, escalated("authority", 3), escalated("employer", 4)).highest_level == "authority"


def test_a_reopened_case_keeps_its_first_closure_and_counts_as_open() -> None:
    row = after(OPENED, cases.CaseClosed(reason="partial", explanation="half"), cases.CaseReopened(reason="unpaid"))

    assert (row.state, row.closed_at, row.close_reason, row.reopened) == ("reopened", None, None, 1)
    assert row.first_closed_at == hour(1)


def test_consent_to_statistics_can_be_given_and_withdrawn() -> None:
    given_ = cases.ConsentRecorded(
        recipient="public", purpose="statistics", obtained_from="individual", obtained_by="operator-1"
    )
    withdrawn = cases.ConsentWithdrawn(recipient="public", purpose="statistics")

    assert after(OPENED, given_).statistics_consent
    assert not after(OPENED, given_, withdrawn).statistics_consent


def test_a_record_of_an_earlier_system_keeps_its_fields_and_its_undated_closure_is_known_as_such() -> None:
    log, known = Log("cases"), hour(9000)
    log.tell(CASE, OPENED, START, known)
    fields = {"case_status": "paid", "amount_paid": "12.50"}
    record = cases.LegacyRecordImported(source="us-wage-claims", reference="1", fields=fields, dated=True)
    log.tell(CASE, record, START, known)
    log.tell(CASE, cases.CaseClosed(reason="partial", explanation="as recorded"), known, known)

    (row,) = folded(log.facts)

    assert (row.source, row.imported, row.opening_dated, row.closure_dated) == ("us-wage-claims", fields, True, False)


def test_a_message_becomes_a_contact_and_remembers_its_report() -> None:
    log = Log("intake")
    message(log, 1, "sms", START)
    (row,) = contacts(log.facts)

    log.tell(row.id, intake.MessageFiled(report_id=CASE), START + timedelta(hours=1))
    row = CONTACT_FACTS.fold(row, log.facts[-1])

    assert (row.channel, row.received_at, row.report_id) == ("sms", START, CASE)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=lives())
async def test_folding_twice_leaves_the_rows_of_folding_once(tmp_path: Path, told: Sequence[Life]) -> None:
    log = Log("cases")
    for life in told:
        tell(log, life)
    documents = SqliteDocuments(tmp_path / "views.sqlite")
    once = replace(CASE_FACTS, collection=replace(CASE_FACTS.collection, name="once"))
    twice = replace(CASE_FACTS, collection=replace(CASE_FACTS.collection, name="twice"))
    for projection in (once, twice):
        await documents.drop(projection.collection)
        await documents.prepare(projection.collection)

    await fold_batch(once, documents, log.facts, len(log.facts))
    middle = len(log.facts) // 2
    for part in (log.facts[:middle], log.facts, log.facts[middle:]):
        await fold_batch(twice, documents, part, len(log.facts))

    assert await documents.fingerprint(once.collection) == await documents.fingerprint(twice.collection)
    documents.close()


@settings(max_examples=30, deadline=None)
@given(told=lives())
def test_every_prefix_of_a_log_folds_into_rows_that_can_be_written(told: Sequence[Life]) -> None:
    log = Log("cases")
    for life in told:
        tell(log, life)
    for end in range(len(log.facts) + 1):
        assert all(encode(row) for row in folded(log.facts[:end]))


def test_facts_name_no_person() -> None:
    opened = cases.CaseOpened(
        number="RG-1", channel="line", language="my", summary="Aung says the agent keeps his card"
    )

    assert b"Aung" not in encode(after(opened))
