"""Events to facts: every case with its clocks, message and organisation folded into one row each."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, get_args
from uuid import UUID

from services.reporting.views.facts import (
    CASES,
    CLOCKS,
    CONTACTS,
    ORGANISATIONS,
    PUBLICATIONS,
    CaseFacts,
    CellFacts,
    ContactFacts,
    EscalationFacts,
    HeadcountFacts,
    OrganisationFacts,
    PublicationFacts,
    RemedyFacts,
    RespondentFacts,
    SiteFacts,
)
from services.reporting.views.sideways import beside
from services.reporting.views.timekeeping import fold_clocks
from shared.documents.folding import Projection
from shared.events import cases, clocks, figures, intake, parties, procedure
from shared.events.envelope import Event, Recorded
from shared.events.values import Money

LEVELS: tuple[str, ...] = get_args(cases.EscalationLevel)

_UNTRIAGED = frozenset({"received", "acknowledged", "reopened"})
_NOT_TAKEN_UP = frozenset({"triaged", "reopened"})
_UNASKED = _NOT_TAKEN_UP | {"assessing"}
_NOT_ENGAGED = _UNTRIAGED | {"triaged", "consent_pending", "assessing"}
_DISCLOSING = frozenset({"disclose-facts", "disclose-identity"})


def fold_case(row: CaseFacts | None, recorded: Recorded) -> CaseFacts:  # noqa: C901, PLR0912 - one match, one place
    """Fold one event of a case into its facts."""
    envelope, event = recorded.envelope, recorded.event
    if row is None:
        row = _blank(envelope.stream_id)
    match event:
        case cases.CaseOpened():
            _opened(row, event, recorded)
        case cases.CaseAcknowledged():
            row.acknowledged_at = row.acknowledged_at or envelope.occurred_at
            row.state = "acknowledged" if row.state == "received" else row.state
        case cases.CaseTriaged():
            _triaged(row, event, recorded)
        case cases.CaseAssigned():
            row.assignee, row.team = event.assignee, event.team
            row.taken_up_at = row.taken_up_at or envelope.occurred_at
            row.state = "assessing" if row.state in _NOT_TAKEN_UP else row.state
        case cases.ConsentRecorded(purpose="statistics"):
            row.statistics_consent = True
        case cases.ConsentWithdrawn(purpose="statistics"):
            row.statistics_consent = False
        case cases.RespondentNamed():
            _named(row, event)
        case cases.CaseEscalated():
            _escalated(row, event, recorded)
        case cases.EmployerResponseRecorded():
            _answered(row, event, recorded)
        case cases.RemedyPlanAgreed():
            _planned(row, event)
        case cases.RemedyItemCompleted():
            _completed(row, event, recorded)
        case cases.RemedyItemVerified():
            _verified(row, event, recorded)
        case cases.RemedyItemRefuted():
            _refuted(row, event)
        case cases.CaseClosed():
            _closed(row, event, recorded)
        case cases.SatisfactionRecorded(stars=stars):
            row.satisfaction, row.satisfaction_at = stars, envelope.occurred_at
        case cases.CaseReopened():
            row.state, row.close_reason, row.closed_at = "reopened", None, None
            row.reopened += 1
        case cases.LegacyRecordImported():
            _imported(row, event, recorded)
        case _:
            row.state = _between(row, event)
            beside(row, recorded)
    return row


def _between(row: CaseFacts, event: Event) -> str:  # noqa: PLR0911 - one table
    """Return the state after a step that not every case takes."""
    match event:
        case cases.ConsentRecorded(purpose=purpose) if purpose in _DISCLOSING and row.state in _NOT_TAKEN_UP | {
            "consent_pending"
        }:
            return "assessing"
        case procedure.ConsentRequested(purpose=purpose) if purpose in _DISCLOSING and row.state in _UNASKED:
            return "consent_pending"
        case procedure.ConsentDeclined() if row.state == "consent_pending":
            return "assessing"
        case procedure.InvestigationOpened() if row.state in _UNASKED | {"consent_pending", "engaged"}:
            return "investigating"
        case procedure.InvestigationReported() if row.state == "investigating":
            return "engaged" if row.escalations else "assessing"
        case procedure.MonitoringStarted():
            return "monitoring"
        case procedure.AppealFiled():
            return "appealed"
        case procedure.AppealDecided() if row.state == "appealed":
            return "closed"
        case _:
            return row.state


def fold_contact(row: ContactFacts | None, recorded: Recorded) -> ContactFacts:
    """Fold one event of a message into its facts."""
    event = recorded.event
    if row is None:
        row = ContactFacts(id=recorded.envelope.stream_id)
    match event:
        case intake.MessageReceived():
            row.channel, row.account = event.channel, event.account
            row.language, row.country = event.language, event.country
            row.received_at = recorded.envelope.occurred_at
        case intake.MessageFiled():
            row.report_id = event.report_id
    return row


def _blank(case_id: UUID) -> CaseFacts:
    return CaseFacts(
        id=case_id,
        number="",
        state="received",
        channel="",
        language="",
        workers=1,
        statistics_consent=False,
        reopened=0,
        opening_dated=True,
        closure_dated=True,
    )


def _opened(row: CaseFacts, event: cases.CaseOpened, recorded: Recorded) -> None:
    row.opened_at = recorded.envelope.occurred_at
    row.number, row.channel, row.language = event.number, event.channel, event.language
    row.country, row.sector, row.site = event.country, event.sector, event.site
    row.opened_with = row.workers = event.workers
    row.issues = list(dict.fromkeys(event.issues))
    row.told_by, row.happened_on = event.told_by, event.happened_on
    row.acknowledge_by = event.acknowledge_by
    row.statistics_consent = event.statistics_consent


def _triaged(row: CaseFacts, event: cases.CaseTriaged, recorded: Recorded) -> None:
    row.triaged_at = row.triaged_at or recorded.envelope.occurred_at
    row.issues, row.severity = list(dict.fromkeys(event.issues)), event.severity
    row.admissible = event.admissible
    row.assess_by = event.assess_by
    row.state = "triaged" if row.state in _UNTRIAGED else row.state


def _named(row: CaseFacts, event: cases.RespondentNamed) -> None:
    named = RespondentFacts(organisation_id=event.organisation_id, name=event.name, kind=event.kind, role=event.role)
    row.respondents = [*row.respondents, named]


def _escalated(row: CaseFacts, event: cases.CaseEscalated, recorded: Recorded) -> None:
    asked = EscalationFacts(
        escalation_id=event.escalation_id,
        organisation_id=event.organisation_id,
        organisation=event.name,
        level=event.level,
        asked_at=recorded.envelope.occurred_at,
        answer_by=event.answer_by,
    )
    row.escalations = [*row.escalations, asked]
    if row.highest_level is None or LEVELS.index(event.level) > LEVELS.index(row.highest_level):
        row.highest_level = event.level
    row.taken_up_at = row.taken_up_at or recorded.envelope.occurred_at
    row.state = "engaged" if row.state in _NOT_ENGAGED else row.state


def _answered(row: CaseFacts, event: cases.EmployerResponseRecorded, recorded: Recorded) -> None:
    for asked in row.escalations:
        if asked.escalation_id == event.escalation_id:
            asked.answered_at = asked.answered_at or recorded.envelope.occurred_at
            asked.position = event.position


def _planned(row: CaseFacts, event: cases.RemedyPlanAgreed) -> None:
    agreed = [
        RemedyFacts(
            item_id=item.item_id,
            remedy=item.remedy,
            due_on=item.due_on,
            workers=item.workers,
            claimed=item.claimed,
            assessed=item.assessed,
        )
        for item in event.items
    ]
    row.remedies = [*row.remedies, *agreed]
    row.state = "plan_agreed"


def _completed(row: CaseFacts, event: cases.RemedyItemCompleted, recorded: Recorded) -> None:
    for item in row.remedies:
        if item.item_id == event.item_id:
            item.verdict = None
            item.completed_at = recorded.envelope.occurred_at if event.complete else None
            item.workers = event.workers or item.workers
            if event.paid is not None:
                item.paid = _added(item.paid, event.paid)
    done = all(item.completed_at is not None for item in row.remedies)
    row.state = "remedy_reported" if done else "remediating"


def _verified(row: CaseFacts, event: cases.RemedyItemVerified, recorded: Recorded) -> None:
    for item in row.remedies:
        if item.item_id == event.item_id:
            item.verdict, item.verified_at = event.method, recorded.envelope.occurred_at
    row.state = "verifying"


def _refuted(row: CaseFacts, event: cases.RemedyItemRefuted) -> None:
    for item in row.remedies:
        if item.item_id == event.item_id:
            item.verdict, item.verified_at, item.completed_at = "refuted", None, None
            item.paid = []
    row.state = "remediating"


def _closed(row: CaseFacts, event: cases.CaseClosed, recorded: Recorded) -> None:
    known, true = recorded.envelope.recorded_at, recorded.envelope.occurred_at
    row.state, row.close_reason, row.closed_at = "closed", event.reason, true
    row.first_closed_at = row.first_closed_at or true
    # A record of an earlier system that does not say when it was closed is closed at the moment of its import.
    row.closure_dated = not (known == row.imported_at == true)


def _imported(row: CaseFacts, event: cases.LegacyRecordImported, recorded: Recorded) -> None:
    row.source, row.reference, row.opening_dated = event.source, event.reference, event.dated
    row.imported_at = recorded.envelope.recorded_at
    row.imported = dict(event.fields)
    row.claimed, row.assessed, row.paid = event.claimed, event.assessed, event.paid


def _added(sums: list[Money], payment: Money) -> list[Money]:
    held = {money.currency: money.amount for money in sums}
    held[payment.currency] = held.get(payment.currency, Decimal(0)) + payment.amount
    return [Money(amount=amount, currency=currency) for currency, amount in held.items()]


def fold_organisation(row: OrganisationFacts | None, recorded: Recorded) -> OrganisationFacts:
    """Fold one event of an organisation into its facts."""
    row = row or OrganisationFacts(id=recorded.envelope.stream_id)
    match recorded.event:
        case cases.OrganisationRegistered() | parties.OrganisationRenamed() as event:
            row.name, row.kind, row.country = event.name, event.kind, event.country
        case parties.OrganisationMerged(survivor_id=survivor):
            row.merged_into = survivor
        case parties.OrganisationUnmerged():
            row.merged_into = None
        case parties.SiteRegistered() as event:
            row.sites = [*row.sites, SiteFacts(site_id=event.site_id, name=event.name, country=event.country)]
        case parties.HeadcountRecorded() as event:
            count = HeadcountFacts(workers=event.workers, counted_on=event.counted_on)
            for site in row.sites:
                if site.site_id == event.site_id:
                    # A later count of the same day corrects the earlier one.
                    others = [one for one in site.headcounts if one.counted_on != count.counted_on]
                    site.headcounts = [*others, count]
        case _:
            pass
    return row


def fold_publication(row: PublicationFacts | None, recorded: Recorded) -> PublicationFacts:
    """Fold one edition of a published report into what the last one says."""
    row = row or PublicationFacts(id=recorded.envelope.stream_id)
    match recorded.event:
        case figures.ReportPublished() as event:
            row.year, row.audience, row.edition = event.year, event.audience, event.edition
            row.published_at = recorded.envelope.occurred_at
            row.cells = [
                CellFacts(quarter=one.quarter, table=one.table, told=one.told, withheld=one.withheld)
                for one in event.cells
            ]
        case _:
            pass
    return row


CASE_FACTS = Projection(CASES, "cases", cases.CASE, fold_case)
CONTACT_FACTS = Projection(CONTACTS, "intake", intake.MESSAGE, fold_contact)
ORGANISATION_FACTS = Projection(ORGANISATIONS, "cases", cases.ORGANISATION, fold_organisation)
CLOCK_FACTS = Projection(CLOCKS, "cases", clocks.CLOCKS, fold_clocks)
PUBLICATION_FACTS = Projection(PUBLICATIONS, "reporting", figures.PUBLICATIONS, fold_publication)
PROJECTIONS: Mapping[str, Projection[Any]] = MappingProxyType(
    {
        "cases": CASE_FACTS,
        "contacts": CONTACT_FACTS,
        "organisations": ORGANISATION_FACTS,
        "clocks": CLOCK_FACTS,
        "publications": PUBLICATION_FACTS,
    }
)
"""What fills each table of facts, by the name of the table in SQL."""
