"""Looking into the facts, on site or through somebody independent; and following a case whose promises were kept."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.cases.domain.commands import Command
from services.cases.domain.course import LASTING
from services.cases.domain.disclosure import unregistered
from services.cases.domain.gates import every_item_verified, said, still_open, triaged, unless_overridden
from services.cases.domain.state import Case
from services.cases.domain.steps import pending
from shared.errors import GateClosedError, InvalidError
from shared.events import procedure as told
from shared.events.envelope import Event


class OpenInvestigation(Command, frozen=True, kw_only=True):
    """Have the facts looked into."""

    kind: told.InvestigationKind
    terms: str
    report_by: datetime
    organisation_id: UUID | None = None


class ReportInvestigation(Command, frozen=True, kw_only=True):
    """Take down what an investigation found."""

    investigation_id: UUID
    finding: told.Finding
    report: str


class Monitor(Command, frozen=True, kw_only=True):
    """Follow a case of which every promise is verified."""


def open_investigation(
    case: Case, command: OpenInvestigation, *, at: datetime, investigation_id: UUID, organisation_known: bool
) -> Sequence[Event]:
    """Open an investigation; no party does it, and who does it may learn of the case."""
    still_open(case)
    triaged(case)
    terms, investigator = said(command.terms, "terms"), command.organisation_id
    if command.report_by <= at:
        raise InvalidError("'report_by' is a time from now on.", field="report_by")
    if command.kind != "internal" and investigator is None:
        raise InvalidError("An investigation from outside names who does it.", field="organisation_id")
    if investigator is not None:
        _independent(case, investigator, known=organisation_known)
    return [
        told.InvestigationOpened(
            investigation_id=investigation_id,
            kind=command.kind,
            terms=terms,
            report_by=command.report_by,
            organisation_id=investigator,
        )
    ]


def report_investigation(case: Case, command: ReportInvestigation) -> Sequence[Event]:
    """Record a finding, once for each investigation."""
    still_open(case)
    if pending(case.steps, command.investigation_id) is None:
        raise GateClosedError(
            "investigation-open",
            "No investigation of this id waits for its report.",
            opens="Open one with 'investigate', or take its id from the case.",
        )
    return [
        told.InvestigationReported(
            investigation_id=command.investigation_id, finding=command.finding, report=said(command.report, "report")
        )
    ]


def monitor(case: Case, _command: Monitor) -> Sequence[Event]:
    """Follow the case while the workers are still asked; saying it again says nothing new."""
    still_open(case)
    every_item_verified(case, "A case is monitored once every item of its plan is verified.")
    if not any(duty.duty in LASTING for duty in case.course.open_duties):
        unless_overridden(
            case,
            GateClosedError(
                "checks-scheduled",
                "No check of reprisals and no re-check of a remedy is still to come.",
                opens="Close the case; checks are scheduled by escalating it and by verifying remedies.",
            ),
        )
    return [] if case.state == "monitoring" else [told.MonitoringStarted()]


def _independent(case: Case, investigator: UUID, *, known: bool) -> None:
    if not known:
        raise unregistered("organisation_id")
    parties = {one.organisation_id for one in case.respondents} | {one.sent.organisation_id for one in case.escalations}
    if investigator in parties:
        raise GateClosedError(
            "independent",
            "A party of the case cannot investigate it.",
            opens="Name an organisation that is neither a respondent nor was asked to answer.",
        )
    if not case.may_learn(investigator):
        raise GateClosedError(
            "consent",
            "No live consent lets this organisation learn of the case.",
            opens="Record the complainant's consent for this organisation, to disclose facts or identity.",
        )
