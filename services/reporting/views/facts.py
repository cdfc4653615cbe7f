"""The rows that figures are computed from: of cases, contacts and organisations. Nothing in them names a person."""

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


class FeeFacts(msgspec.Struct, gc=False, kw_only=True, omit_defaults=True):
    """What each of some workers paid to come from one country to work in another."""

    fee_id: UUID
    amount: Money
    from_country: str
    to_country: str
    paid_on: date
    workers: int
    recruiter_id: UUID | None = None


class WatchFacts(msgspec.Struct, gc=False, kw_only=True):
    """An organisation learned of the case, and when the workers are asked whether anybody suffers for it."""

    organisation_id: UUID
    since: datetime
    check_at: list[datetime]


class ReprisalFacts(msgspec.Struct, gc=False, kw_only=True, omit_defaults=True):
    """Somebody suffers for the complaint: what was done to them, reported when."""

    reported_at: datetime
    acts: list[str]
    organisation_id: UUID | None = None


class AbsorbedFacts(msgspec.Struct, gc=False, kw_only=True):
    """A case that was merged into this one, with its workers and the pseudonyms of those who joined by name."""

    other_id: UUID
    workers: int
    members: list[UUID]


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
    opened_with: int | None = None
    stated: int | None = None
    parted: int | None = None
    members: list[UUID] = msgspec.field(default_factory=list)
    absorbed: list[AbsorbedFacts] = msgspec.field(default_factory=list)
    merged_into: UUID | None = None
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
    fees: list[FeeFacts] = msgspec.field(default_factory=list)
    watches: list[WatchFacts] = msgspec.field(default_factory=list)
    checks: list[datetime] = msgspec.field(default_factory=list)
    reprisals: list[ReprisalFacts] = msgspec.field(default_factory=list)
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


class HeadcountFacts(msgspec.Struct, gc=False, kw_only=True):
    """How many worked at a site from a day on."""

    workers: int
    counted_on: date


class SiteFacts(msgspec.Struct, gc=False, kw_only=True, omit_defaults=True):
    """A place of work of an organisation, with every count."""

    site_id: UUID
    name: str
    country: str | None = None
    headcounts: list[HeadcountFacts] = msgspec.field(default_factory=list)


class OrganisationFacts(Row, kw_only=True, omit_defaults=True):
    """Everything that figures ask of one organisation."""

    name: str = ""
    kind: str = ""
    country: str | None = None
    merged_into: UUID | None = None
    sites: list[SiteFacts] = msgspec.field(default_factory=list)


class DutyFacts(msgspec.Struct, gc=False, kw_only=True, omit_defaults=True):
    """The clock of one duty of one party: until when it runs, and whether it was met, missed or stands still."""

    duty: str
    party: str
    subject: UUID | None = None
    due_at: datetime
    policy: str | None = None
    met_at: datetime | None = None
    late: bool | None = None
    paused_at: datetime | None = None
    paused_for: str | None = None
    missed_at: datetime | None = None
    consequence: str | None = None


class ClockFacts(Row, kw_only=True, omit_defaults=True):
    """The clocks of one case, every one that ever ran."""

    case_id: UUID | None = None
    duties: list[DutyFacts] = msgspec.field(default_factory=list)


class CellFacts(msgspec.Struct, gc=False, kw_only=True, omit_defaults=True):
    """How many numbers of a table of a quarter were told, and how many withheld."""

    quarter: str
    table: str
    told: int
    withheld: int


class PublicationFacts(Row, kw_only=True, omit_defaults=True):
    """The report of a year for an audience, as its last edition tells it."""

    year: int = 0
    audience: str = ""
    edition: int = 0
    published_at: datetime | None = None
    cells: list[CellFacts] = msgspec.field(default_factory=list)


CASES = Collection("case_facts", 4, CaseFacts)
CONTACTS = Collection("contact_facts", 2, ContactFacts)
ORGANISATIONS = Collection("organisation_facts", 1, OrganisationFacts)
CLOCKS = Collection("clock_facts", 1, ClockFacts)
PUBLICATIONS = Collection("publication_facts", 1, PublicationFacts)
