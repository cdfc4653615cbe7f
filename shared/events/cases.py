"""What cases says: the life of a case, and the organisations that appear in it."""

from collections.abc import Mapping
from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

import msgspec

from shared.events.envelope import Event, Instant, Personal
from shared.events.privacy import FieldsViewed
from shared.events.values import Money, Party, SafeContact, Teller

CASE = "cases.case"
ORGANISATION = "cases.organisation"
ACCESS = "cases.access"

OrganisationKind = Literal["employer", "recruiter", "broker", "brand", "government", "union", "cso"]
RespondentRole = Literal["employer", "recruiter", "broker", "brand"]
EscalationLevel = Literal["employer", "buyer", "authority", "legal", "public"]
ConsentPurpose = Literal["disclose-facts", "disclose-identity", "service", "statistics"]
ResponsePosition = Literal["accepted", "partly", "disputed", "no-action"]
VerificationMethod = Literal["worker-confirmed", "attempts-failed"]
CloseReason = Literal[
    "remedied",
    "partial",
    "unremedied",
    "referred",
    "out_of_scope",
    "unsubstantiated",
    "withdrawn",
    "unreachable",
    "duplicate",
]


class CaseEvent(Event, frozen=True, kw_only=True):
    """A fact of one case."""

    STREAM: ClassVar[str] = CASE


class CaseOpened(CaseEvent, frozen=True, kw_only=True):
    """A grievance became a case; `acknowledge_by` is the first duty's due time."""

    TOPIC: ClassVar[str] = "cases.case-opened"
    number: str
    channel: str
    language: str
    acknowledge_by: Instant | None = None
    summary: Personal | None = None
    country: str | None = None
    sector: str | None = None
    site: str | None = None
    workers: int = 1
    issues: tuple[str, ...] = ()
    complainant: Party | None = None
    safe_contact: SafeContact | None = None
    statistics_consent: bool = False
    told_by: Teller | None = None
    happened_on: date | None = None
    report_id: UUID | None = None


class CaseAcknowledged(CaseEvent, frozen=True, kw_only=True):
    """The complainant was told on a safe channel that the case is known, or it is on record why not."""

    TOPIC: ClassVar[str] = "cases.case-acknowledged"
    channel: str | None = None
    no_safe_channel_because: Personal | None = None
    feedback_by: Instant | None = None


class CaseTriaged(CaseEvent, frozen=True, kw_only=True):
    """Issues, severity, admissibility and the safety screen were decided."""

    TOPIC: ClassVar[str] = "cases.case-triaged"
    issues: tuple[str, ...]
    severity: str
    admissible: bool
    admissibility_reason: Personal
    danger_now: bool
    severity_reason: Personal | None = None
    safety_note: Personal | None = None
    assess_by: Instant | None = None


class CaseAssigned(CaseEvent, frozen=True, kw_only=True):
    """Somebody, by key id, is the handler from now on."""

    TOPIC: ClassVar[str] = "cases.case-assigned"
    assignee: str
    team: str | None = None


class NoteAdded(CaseEvent, frozen=True, kw_only=True):
    """Something that another handler must know to carry on."""

    TOPIC: ClassVar[str] = "cases.note-added"
    text: Personal


class ConsentRecorded(CaseEvent, frozen=True, kw_only=True):
    """The complainant agreed that this recipient may learn this, for this purpose."""

    TOPIC: ClassVar[str] = "cases.consent-recorded"
    recipient: str
    purpose: ConsentPurpose
    obtained_from: Literal["individual", "caregiver", "representative"]
    obtained_by: str
    withheld: Personal | None = None


class ConsentWithdrawn(CaseEvent, frozen=True, kw_only=True):
    """From now on nothing more goes to this recipient for this purpose."""

    TOPIC: ClassVar[str] = "cases.consent-withdrawn"
    recipient: str
    purpose: ConsentPurpose


class RespondentNamed(CaseEvent, frozen=True, kw_only=True):
    """An organisation is said to bear a duty in this case."""

    TOPIC: ClassVar[str] = "cases.respondent-named"
    organisation_id: UUID
    name: str
    kind: OrganisationKind
    role: RespondentRole


class CaseEscalated(CaseEvent, frozen=True, kw_only=True):
    """A brief without the person in it went to a party that must answer by `answer_by`."""

    TOPIC: ClassVar[str] = "cases.case-escalated"
    escalation_id: UUID
    organisation_id: UUID
    name: str
    level: EscalationLevel
    brief: Personal
    answer_by: Instant
    level_reason: Personal | None = None


class EmployerResponseRecorded(CaseEvent, frozen=True, kw_only=True):
    """The escalated party answered."""

    TOPIC: ClassVar[str] = "cases.employer-response-recorded"
    escalation_id: UUID
    organisation_id: UUID
    position: ResponsePosition
    text: Personal | None = None


class RemedyItem(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """One promise of a plan: what, by whom, until when, for how many, and how much is claimed and assessed."""

    item_id: UUID
    remedy: str
    owner: str
    due_on: date
    workers: int = 1
    claimed: Money | None = None
    assessed: Money | None = None
    description: Personal | None = None


class RemedyPlanAgreed(CaseEvent, frozen=True, kw_only=True):
    """A plan stands, and the complainant was consulted on it."""

    TOPIC: ClassVar[str] = "cases.remedy-plan-agreed"
    items: tuple[RemedyItem, ...]
    complainant_consulted: bool


class RemedyItemCompleted(CaseEvent, frozen=True, kw_only=True):
    """Somebody says that an item is done, or partly paid: `paid` is this payment, not the running sum."""

    TOPIC: ClassVar[str] = "cases.remedy-item-completed"
    item_id: UUID
    evidence: Personal
    complete: bool
    paid: Money | None = None
    workers: int | None = None


class RemedyItemVerified(CaseEvent, frozen=True, kw_only=True):
    """Another person than the one who reported it has the worker's word, or safe attempts that failed."""

    TOPIC: ClassVar[str] = "cases.remedy-item-verified"
    item_id: UUID
    method: VerificationMethod
    attempts: int | None = None
    statement: Personal | None = None


class RemedyItemRefuted(CaseEvent, frozen=True, kw_only=True):
    """The worker says that the remedy did not come."""

    TOPIC: ClassVar[str] = "cases.remedy-item-refuted"
    item_id: UUID
    statement: Personal | None = None


class CaseClosed(CaseEvent, frozen=True, kw_only=True):
    """The case ended, with one of nine reasons; `attempts` counts safe attempts to reach somebody unreachable."""

    TOPIC: ClassVar[str] = "cases.case-closed"
    reason: CloseReason
    explanation: Personal
    surviving_case_id: UUID | None = None
    attempts: int | None = None


class CaseReopened(CaseEvent, frozen=True, kw_only=True):
    """The case is open again; the earlier closure stays on the record."""

    TOPIC: ClassVar[str] = "cases.case-reopened"
    reason: Personal


class SatisfactionRecorded(CaseEvent, frozen=True, kw_only=True):
    """The complainant told somebody other than the handler how content they are, from 1 (not at all) to 5 (wholly)."""

    TOPIC: ClassVar[str] = "cases.satisfaction-recorded"
    stars: int


class CaseRetired(CaseEvent, frozen=True, kw_only=True):
    """The case was kept as long as its kind is; what people said in it may be erased."""

    TOPIC: ClassVar[str] = "cases.case-retired"
    report_id: UUID | None = None


class ConflictDeclared(CaseEvent, frozen=True, kw_only=True):
    """Somebody has a stake in this case and is kept out of it, whatever else lets them in."""

    TOPIC: ClassVar[str] = "cases.conflict-declared"
    handler: str
    reason: Personal


class ConflictLifted(CaseEvent, frozen=True, kw_only=True):
    """Another person found that the stake is gone."""

    TOPIC: ClassVar[str] = "cases.conflict-lifted"
    handler: str
    reason: Personal


class GlassBroken(CaseEvent, frozen=True, kw_only=True):
    """Somebody read the case although it is out of their reach, and said why; supervisors are told."""

    TOPIC: ClassVar[str] = "cases.glass-broken"
    number: str
    reason: Personal


class LegacyRecordImported(CaseEvent, frozen=True, kw_only=True):
    """A record of an earlier system, as it stood there. Its word was never checked with a worker.

    `fields` keeps the mapped columns as text, under the mapping's own names; `said` those that speak of a person.
    """

    TOPIC: ClassVar[str] = "cases.legacy-record-imported"
    source: str
    reference: str
    fields: Mapping[str, str]
    dated: bool
    said: Mapping[str, Personal] = {}
    respondent_reference: str | None = None
    claimed: Money | None = None
    assessed: Money | None = None
    paid: Money | None = None


class CaseFieldsViewed(FieldsViewed, frozen=True, kw_only=True):
    """Somebody opened sealed fields of a case or of an organisation; put on record before they saw them."""

    TOPIC: ClassVar[str] = "cases.case-fields-viewed"
    STREAM: ClassVar[str] = ACCESS


class OrganisationRegistered(Event, frozen=True, kw_only=True):
    """An employer, recruiter, brand, government body, union or CSO is known from now on."""

    TOPIC: ClassVar[str] = "cases.organisation-registered"
    STREAM: ClassVar[str] = ORGANISATION
    name: str
    kind: OrganisationKind
    country: str | None = None
    os_id: str | None = None
    contact: SafeContact | None = None


EVENTS: tuple[type[Event], ...] = (
    CaseOpened,
    CaseAcknowledged,
    CaseTriaged,
    CaseAssigned,
    NoteAdded,
    ConsentRecorded,
    ConsentWithdrawn,
    RespondentNamed,
    CaseEscalated,
    EmployerResponseRecorded,
    RemedyPlanAgreed,
    RemedyItemCompleted,
    RemedyItemVerified,
    RemedyItemRefuted,
    CaseClosed,
    CaseReopened,
    SatisfactionRecorded,
    CaseRetired,
    ConflictDeclared,
    ConflictLifted,
    GlassBroken,
    LegacyRecordImported,
    CaseFieldsViewed,
    OrganisationRegistered,
)
