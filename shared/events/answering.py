"""What cases says of the respondent's own door: links to answer by, what was opened, proposed and handed in."""

from datetime import date
from typing import ClassVar
from uuid import UUID

import msgspec

from shared.events.cases import CaseEvent
from shared.events.envelope import Event, Instant, Personal
from shared.events.values import Money

EVIDENCE = "cases.evidence"


class AnswerLinkIssued(CaseEvent, frozen=True, kw_only=True):
    """A respondent may answer one escalation by a link until `expires_at`. The token itself is on no record.

    `shared.answer_link` makes it of `link_id`; `remind_at` are the times at which an unanswered one is due a reminder.
    """

    TOPIC: ClassVar[str] = "cases.answer-link-issued"
    link_id: UUID
    escalation_id: UUID
    organisation_id: UUID
    answer_by: Instant
    expires_at: Instant
    remind_at: tuple[Instant, ...] = ()


class AnswerLinkRevoked(CaseEvent, frozen=True, kw_only=True):
    """A link opens nothing from now on."""

    TOPIC: ClassVar[str] = "cases.answer-link-revoked"
    link_id: UUID
    reason: Personal


class AnswerLinkOpened(CaseEvent, frozen=True, kw_only=True):
    """Somebody who holds the link was shown the brief; put on record before they saw it."""

    TOPIC: ClassVar[str] = "cases.answer-link-opened"
    link_id: UUID


class ProposedItem(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """Something that a respondent offers to do. It becomes a promise only in a plan that the complainant knows of."""

    remedy: str
    due_on: date
    workers: int = 1
    amount: Money | None = None
    description: Personal | None = None


class RemedyProposed(CaseEvent, frozen=True, kw_only=True):
    """A respondent offered to do something."""

    TOPIC: ClassVar[str] = "cases.remedy-proposed"
    proposal_id: UUID
    escalation_id: UUID
    organisation_id: UUID
    items: tuple[ProposedItem, ...]


class EvidenceReceived(CaseEvent, frozen=True, kw_only=True):
    """A respondent handed in a file. It lies apart from the record, sealed; `digest` is the SHA-256 of what lies there.

    `media_type` is what its first bytes show, whatever it was called; `size` is in bytes before it was sealed.
    """

    TOPIC: ClassVar[str] = "cases.evidence-received"
    evidence_id: UUID
    escalation_id: UUID
    organisation_id: UUID
    name: Personal
    media_type: str
    size: int
    digest: str


class EvidenceStored(Event, frozen=True, kw_only=True):
    """A part of a file that was handed in, in base 64, sealed. Its stream is the file: apart from that of the case."""

    TOPIC: ClassVar[str] = "cases.evidence-stored"
    STREAM: ClassVar[str] = EVIDENCE
    case_id: UUID
    part: int
    parts: int
    content: Personal


EVENTS: tuple[type[Event], ...] = (
    AnswerLinkIssued,
    AnswerLinkRevoked,
    AnswerLinkOpened,
    RemedyProposed,
    EvidenceReceived,
    EvidenceStored,
)
