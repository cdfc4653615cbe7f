"""Routes of the steps that not every case takes: attempts, asking for consent, investigating, monitoring, appeals."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import AwareDatetime, Field

from services.cases.api.doing import HEADS, OFFICE, CommandRoute, command_routes
from services.cases.api.words import ITEM, ORGANISATION, CommandBody, GuardedBody, example
from services.cases.application.procedure import Procedure
from services.cases.domain import appeals, asking, attempts, investigating
from shared.events import procedure as told
from shared.events.cases import ConsentPurpose
from shared.events.protection import Reprisal
from shared.web.fields import Line, Prose, Word

_MOST_ACTS = 11


class AttemptBody(CommandBody):
    """On which channel the complainant was tried, and whether they were reached."""

    model_config = example(channel="hotline", outcome="not-reached", note="Rang out twice.")

    channel: Word
    outcome: told.AttemptOutcome
    note: Prose | None = None


class RequestConsentBody(CommandBody):
    """What the complainant is asked to agree to."""

    model_config = example(recipient=ORGANISATION, purpose="disclose-facts")

    recipient: Annotated[Line, Field(description="To disclose something: the id of a registered organisation.")]
    purpose: ConsentPurpose


class DeclineConsentBody(RequestConsentBody):
    """What the complainant does not agree to."""

    model_config = example(recipient=ORGANISATION, purpose="disclose-facts", reason="Afraid for a brother there.")

    reason: Prose | None = None


class InvestigateBody(CommandBody):
    """Who looks into what, until when."""

    model_config = example(kind="internal", terms="Payslips of March, all lines.", report_by="2027-01-15T09:00:00Z")

    kind: told.InvestigationKind
    terms: Prose
    report_by: AwareDatetime
    organisation_id: Annotated[UUID | None, Field(description="Who does it, where it is not the office.")] = None


class InvestigationReportBody(CommandBody):
    """What an investigation found."""

    model_config = example(investigation_id=ITEM, finding="partly", report="Deductions were made, but not from all.")

    investigation_id: UUID
    finding: told.Finding
    report: Prose


class MonitorBody(GuardedBody):
    """Nothing needs to be said."""

    model_config = example()


class WithdrawalBody(GuardedBody):
    """What the complainant said in private."""

    model_config = example(outcome="free", statement="Has found other work and wants no more of it.")

    outcome: told.Pressure
    statement: Annotated[Prose | None, Field(description="Needed for 'pressed'.")] = None
    acts: Annotated[tuple[Reprisal, ...], Field(max_length=_MOST_ACTS, description="Needed for 'pressed'.")] = ()


class AppealBody(CommandBody):
    """Who does not accept how the case ended, and why."""

    model_config = example(by="complainant", grounds="The fee was repaid to three of five only.")

    by: told.Appellant
    grounds: Prose


class AppealDecisionBody(CommandBody):
    """What another reviewer decided."""

    model_config = example(outcome="upheld", reason="Two payments are missing in the receipts.")

    outcome: told.AppealOutcome
    reason: Prose


COMMANDS: Sequence[CommandRoute] = (
    CommandRoute("attempt-contact", AttemptBody, attempts.AttemptContact, Procedure.attempt_contact),
    CommandRoute("request-consent", RequestConsentBody, asking.RequestConsent, Procedure.request_consent),
    CommandRoute("decline-consent", DeclineConsentBody, asking.DeclineConsent, Procedure.decline_consent),
    CommandRoute("investigate", InvestigateBody, investigating.OpenInvestigation, Procedure.investigate),
    CommandRoute(
        "report-investigation",
        InvestigationReportBody,
        investigating.ReportInvestigation,
        Procedure.report_investigation,
    ),
    CommandRoute("monitor", MonitorBody, investigating.Monitor, Procedure.monitor),
    CommandRoute("check-withdrawal", WithdrawalBody, appeals.CheckWithdrawal, Procedure.check_withdrawal, OFFICE),
    CommandRoute("appeal", AppealBody, appeals.FileAppeal, Procedure.appeal),
    CommandRoute("decide-appeal", AppealDecisionBody, appeals.DecideAppeal, Procedure.decide_appeal, HEADS),
)


def procedure_routes(doer: Procedure) -> APIRouter:
    """Return the routes."""
    return command_routes(doer, COMMANDS)
