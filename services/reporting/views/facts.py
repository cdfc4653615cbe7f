"""The rows that figures are computed from: one per case, one per contact. Nothing in them names a person."""

from datetime import date, datetime
from uuid import UUID

import msgspec

from shared.documents.port import Collection, Row
from shared.events.values import Money


class RespondentFacts(msgspec.Struct, gc=False, kw_only=True):
    """An organisation said to bear a duty in the case."""

    organisation_id: UUID
    name: str
    kind: str
    role: str


class EscalationFacts(msgspec.Struct, gc=False, kw_only=True, omit_defaults=True):
    """A request to a party, and its answer if there was one."""

    escalation_id: UUID
    organisation_id: UUID
    organisation: str
    level: str
    asked_at: datetime
    answer_by: datetime
    answered_at: datetime | None = None
    position: str | None = None


class RemedyFacts(msgspec.Struct, gc=False, kw_only=True, omit_defaults=True):
    """One promise of the plan and what came of it. `paid` holds one sum per currency."""

    item_id: UUID
    remedy: str
    due_on: date
    workers: int
    claimed: Money | None = None
    assessed: Money | None = None
    paid: list[Money] = msgspec.field(default_factory=list)
    completed_at: datetime | None = None
    verified_at: datetime | None = None
    verdict: str | None = None


class CaseFacts(Row, kw_only=True, omit_defaults=True):
    """Everything that figures ask of one case. `source` and `imported` are set for records of an earlier system.

    What is not there is left out of the stored row; so a default is always None or empty.
    """

    number: str
    state: str
    channel: str
    language: str
    country: str | None = None
    sector: str | None = None
    site: str | None = None
    workers: int
    statistics_consent: bool
    told_by: str | None = None
    happened_on: date | None = None
    opened_at: datetime | None = None
    acknowledge_by: datetime | None = None
    acknowledged_at: datetime | None = None
    triaged_at: datetime | None = None
    admissible: bool | None = None
    severity: str | None = None
    assess_by: datetime | None = None
    taken_up_at: datetime | None = None
    issues: list[str] = msgspec.field(default_factory=list)
    assignee: str | None = None
    team: str | None = None
    respondents: list[RespondentFacts] = msgspec.field(default_factory=list)
    escalations: list[EscalationFacts] = msgspec.field(default_factory=list)
    highest_level: str | None = None
    remedies: list[RemedyFacts] = msgspec.field(default_factory=list)
    closed_at: datetime | None = None
    close_reason: str | None = None
    first_closed_at: datetime | None = None
    reopened: int
    satisfaction: int | None = None
    satisfaction_at: datetime | None = None
    source: str | None = None
    reference: str | None = None
    imported_at: datetime | None = None
    opening_dated: bool
    closure_dated: bool
    imported: dict[str, str] = msgspec.field(default_factory=dict)
    claimed: Money | None = None
    assessed: Money | None = None
    paid: Money | None = None


class ContactFacts(Row, kw_only=True):
    """Everything that figures ask of one message."""

    channel: str = ""
    account: str = ""
    language: str | None = None
    country: str | None = None
    received_at: datetime | None = None
    report_id: UUID | None = None


CASES = Collection("case_facts", 3, CaseFacts)
CONTACTS = Collection("contact_facts", 2, ContactFacts)
