"""The rows of the two lists. Nothing in them says who complained."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec

from services.cases.domain.course import Course, State
from services.cases.domain.crew import Crew
from shared.documents.port import Collection, Row
from shared.events.cases import CloseReason, EscalationLevel, OrganisationKind
from shared.events.envelope import Instant
from shared.reaching import CARRIED, COLUMNS, MANY, ReachRow

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Stands for no due time, so that "not overdue" is one comparison."""


class OpenTask(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A task that waits; `version` is that of the fact which says what is to be done, sealed."""

    task_id: UUID
    what: str
    assignee: str
    version: int
    due_at: Instant | None = None


class CaseRow(ReachRow, kw_only=True, omit_defaults=True):
    """One line of the list of cases. `due_by` is `next_due`, or `NEVER`; `text` is what a search looks through.

    `sighted_at` is when a case was opened that stands for itself and was not imported: what patterns are looked for in.
    """

    number: str = ""
    state: State = "received"
    severity: str | None = None
    issues: tuple[str, ...] = ()
    respondents: tuple[str, ...] = ()
    respondent_names: tuple[str, ...] = ()
    level: EscalationLevel | None = None
    country: str | None = None
    sector: str | None = None
    site: str | None = None
    channel: str = ""
    subject: UUID | None = None
    retained: bool = True
    workers: int = 1
    opened_at: Instant = NEVER
    sighted_at: Instant | None = None
    next_due: Instant | None = None
    due_by: Instant = NEVER
    closed_at: Instant | None = None
    close_reason: CloseReason | None = None
    text: str = ""
    queues: tuple[str, ...] = ()
    tasks: tuple[OpenTask, ...] = ()
    task_of: tuple[str, ...] = ()
    merged_into: UUID | None = None
    crew: Crew = msgspec.field(default_factory=Crew)
    opened_with: int = 1
    course: Course = msgspec.field(default_factory=Course)


class OrganisationRow(Row, kw_only=True, omit_defaults=True):
    """One line of the list of organisations, without how to reach them."""

    name: str = ""
    kind: OrganisationKind = "employer"
    country: str | None = None
    os_id: str | None = None
    registered_at: Instant = NEVER
    names: str = ""
    merged_into: UUID | None = None
    supplies: tuple[str, ...] = ()
    recruits_for: tuple[str, ...] = ()


CASES: Collection[CaseRow] = Collection(
    "cases",
    6,
    CaseRow,
    columns=(
        *("state", "severity", *COLUMNS, "country", "channel", "opened_at", "due_by"),
        *("subject", "retained", "closed_at", "close_reason", "sighted_at"),
    ),
    many=("issues", "respondents", "queues", "task_of", *MANY),
    carried=CARRIED,
    across=("subject", "closed_at", "close_reason", "sighted_at"),
    text="text",
    order="opened_at",
)
ORGANISATIONS: Collection[OrganisationRow] = Collection(
    "organisations",
    3,
    OrganisationRow,
    columns=("kind", "country", "os_id", "registered_at", "merged_into"),
    many=("supplies", "recruits_for"),
    text="names",
    order="registered_at",
)
