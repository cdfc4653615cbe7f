"""What intake says of reports beyond their opening: the talk with who sent them."""

from typing import ClassVar
from uuid import UUID

from shared.events.envelope import Event, Personal
from shared.events.intake import REPORT


class ReplyAdded(Event, frozen=True, kw_only=True):
    """The office wrote something for who sent the report; it is read with the receipt."""

    TOPIC: ClassVar[str] = "intake.reply-added"
    STREAM: ClassVar[str] = REPORT
    text: Personal
    language: str | None = None


class ReportReopened(Event, frozen=True, kw_only=True):
    """A dismissed report waits for a decision again: who sent it wrote on (`message_id`), or a person decided so."""

    TOPIC: ClassVar[str] = "intake.report-reopened"
    STREAM: ClassVar[str] = REPORT
    message_id: UUID | None = None
    sender_key: str | None = None


class TriageSuggested(Event, frozen=True, kw_only=True):
    """Lists of phrases say what a message of the report may be about; a person decides.

    The words that led to it lie sealed in the message.
    """

    TOPIC: ClassVar[str] = "intake.triage-suggested"
    STREAM: ClassVar[str] = REPORT
    message_id: UUID
    issues: tuple[str, ...] = ()
    severity: str | None = None
    danger_now: bool = False
    country: str | None = None


class CrisisHinted(Event, frozen=True, kw_only=True):
    """Words of a message say that somebody is in danger now: told once for a report, to whoever is on duty."""

    TOPIC: ClassVar[str] = "intake.crisis-hinted"
    STREAM: ClassVar[str] = REPORT
    message_id: UUID
    channel: str
    language: str | None = None


class ReportMerged(Event, frozen=True, kw_only=True):
    """A person decided that the report tells what another one tells; that one speaks for both from now on."""

    TOPIC: ClassVar[str] = "intake.report-merged"
    STREAM: ClassVar[str] = REPORT
    into: UUID
    sender_key: str | None = None


class ReportJoined(Event, frozen=True, kw_only=True):
    """Another report was merged into this one."""

    TOPIC: ClassVar[str] = "intake.report-joined"
    STREAM: ClassVar[str] = REPORT
    report_id: UUID
    message_ids: tuple[UUID, ...]


class ReportSplit(Event, frozen=True, kw_only=True):
    """The merging was a mistake: the report stands for itself again."""

    TOPIC: ClassVar[str] = "intake.report-split"
    STREAM: ClassVar[str] = REPORT
    sender_key: str | None = None


class ReportParted(Event, frozen=True, kw_only=True):
    """A report that was merged into this one stands for itself again."""

    TOPIC: ClassVar[str] = "intake.report-parted"
    STREAM: ClassVar[str] = REPORT
    report_id: UUID


EVENTS: tuple[type[Event], ...] = (
    ReplyAdded,
    ReportReopened,
    TriageSuggested,
    CrisisHinted,
    ReportMerged,
    ReportJoined,
    ReportSplit,
    ReportParted,
)
