"""What cases says of the steps between triage and the end: asking for consent, investigating, monitoring, appeals.

With what guards an ending: attempts to reach somebody, the look for pressure, and a gate passed by a person's right.
"""

from typing import ClassVar, Literal
from uuid import UUID

from shared.events.cases import CaseEvent, ConsentPurpose
from shared.events.envelope import Event, Instant, Personal

AttemptOutcome = Literal["reached", "not-reached"]
InvestigationKind = Literal["internal", "independent", "authority"]
Finding = Literal["substantiated", "partly", "unsubstantiated"]
Pressure = Literal["free", "pressed"]
Appellant = Literal["complainant", "representative", "respondent"]
AppealOutcome = Literal["upheld", "dismissed"]


class ContactAttempted(CaseEvent, frozen=True, kw_only=True):
    """Somebody tried to reach the complainant on their safe channel, or on the one that they came by."""

    TOPIC: ClassVar[str] = "cases.contact-attempted"
    channel: str
    outcome: AttemptOutcome
    note: Personal | None = None


class ConsentRequested(CaseEvent, frozen=True, kw_only=True):
    """The complainant was asked whether this recipient may learn something, and has not answered yet."""

    TOPIC: ClassVar[str] = "cases.consent-requested"
    recipient: str
    purpose: ConsentPurpose


class ConsentDeclined(CaseEvent, frozen=True, kw_only=True):
    """The complainant was asked and does not want it."""

    TOPIC: ClassVar[str] = "cases.consent-declined"
    recipient: str
    purpose: ConsentPurpose
    reason: Personal | None = None


class InvestigationOpened(CaseEvent, frozen=True, kw_only=True):
    """Somebody looks into the facts on site or through third parties, and reports by `report_by`."""

    TOPIC: ClassVar[str] = "cases.investigation-opened"
    investigation_id: UUID
    kind: InvestigationKind
    terms: Personal
    report_by: Instant
    organisation_id: UUID | None = None


class InvestigationReported(CaseEvent, frozen=True, kw_only=True):
    """What an investigation found."""

    TOPIC: ClassVar[str] = "cases.investigation-reported"
    investigation_id: UUID
    finding: Finding
    report: Personal


class MonitoringStarted(CaseEvent, frozen=True, kw_only=True):
    """Every promise is verified; the case is followed while checks are still to come."""

    TOPIC: ClassVar[str] = "cases.monitoring-started"


class WithdrawalChecked(CaseEvent, frozen=True, kw_only=True):
    """Somebody asked the complainant in private whether anybody wants them to give up."""

    TOPIC: ClassVar[str] = "cases.withdrawal-checked"
    outcome: Pressure
    statement: Personal | None = None


class AppealFiled(CaseEvent, frozen=True, kw_only=True):
    """Somebody does not accept how the case ended; another reviewer decides by `decide_by`."""

    TOPIC: ClassVar[str] = "cases.appeal-filed"
    appeal_id: UUID
    by: Appellant
    grounds: Personal
    decide_by: Instant


class AppealDecided(CaseEvent, frozen=True, kw_only=True):
    """Somebody who had no part in the case decided; one that is upheld takes the case up again."""

    TOPIC: ClassVar[str] = "cases.appeal-decided"
    appeal_id: UUID
    outcome: AppealOutcome
    reason: Personal


class GateOverridden(CaseEvent, frozen=True, kw_only=True):
    """Somebody with the right to do so passed a gate that was closed, for what the facts beside this one say."""

    TOPIC: ClassVar[str] = "cases.gate-overridden"
    number: str
    gate: str
    reason: Personal


EVENTS: tuple[type[Event], ...] = (
    ContactAttempted,
    ConsentRequested,
    ConsentDeclined,
    InvestigationOpened,
    InvestigationReported,
    MonitoringStarted,
    WithdrawalChecked,
    AppealFiled,
    AppealDecided,
    GateOverridden,
)
