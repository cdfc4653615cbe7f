"""Bodies and filters of the inbox."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.intake.domain import DismissReason, ReportState
from shared.documents.port import Condition, Query
from shared.web.commands import Body, shown
from shared.web.fields import (
    Country,
    Language,
    Line,
    PartyField,
    Prose,
    SafeContactField,
    Since,
    Word,
    Workers,
)


class AcceptReport(Body):
    """What the person who accepts knows better than the messages; everything may be left out."""

    model_config = shown({"issues": ["DOC-RET", "WAG-NON"], "country": "TH", "language": "my"})

    channel: Word | None = None
    language: Language | None = None
    country: Country | None = None
    summary: Prose | None = None
    sector: Line | None = None
    site: Line | None = None
    workers: Workers | None = None
    issues: Annotated[tuple[Word, ...] | None, Field(max_length=20)] = None
    respondent: Line | None = None
    complainant: PartyField | None = None
    safe_contact: SafeContactField | None = None
    statistics_consent: bool | None = None
    occurred_at: Since = None


class DismissReport(Body):
    """Why a report becomes no case."""

    model_config = shown({"reason": "no-grievance"})

    reason: DismissReason
    detail: Line | None = None
    occurred_at: Since = None


class LinkReport(Body):
    """The case that a report belongs to."""

    model_config = shown({"case_id": "3b0f8b1e-2f0a-5d0e-9c7b-6a5d4e3f2a1b"})

    case_id: UUID
    occurred_at: Since = None


class MergeReport(Body):
    """The report that speaks for both."""

    model_config = shown({"into": "3b0f8b1e-2f0a-5d0e-9c7b-6a5d4e3f2a1b"})

    into: UUID


class ReplyToReport(Body):
    """What the office writes to who sent the report, in plain words; they read it with their receipt."""

    model_config = shown({"text": "We called the factory. Is it true that you were paid?", "language": "en"})

    text: Prose
    language: Language | None = None


class MessageByReceipt(Body):
    """What the holder of a receipt adds; the same `key` again is the same message."""

    model_config = shown({"text": "They took my passport yesterday.", "key": "5f1c"})

    text: Prose
    key: Word | None = None


class ReportFilters(BaseModel):
    """Which reports; an unknown filter is refused."""

    model_config = ConfigDict(extra="forbid")

    state: ReportState | None = None
    dismissed_because: DismissReason | None = None
    channel: Word | None = None
    account: Word | None = None
    country: Country | None = None
    language: Language | None = None
    danger_now: Annotated[bool | None, Field(description="Whether words of it say that somebody is in danger.")] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    after: Annotated[str | None, Field(max_length=300, description="The `next` of the page before.")] = None

    def query(self) -> Query:
        """Return the question that these filters ask."""
        fields = ("state", "dismissed_because", "channel", "account", "country", "language", "danger_now")
        asked = tuple(Condition(field, "eq", value) for field in fields if (value := getattr(self, field)) is not None)
        return Query(asked, sort="opened_at", descending=True, limit=self.limit)
