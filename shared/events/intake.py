"""What intake says: messages as they came in, and the reports opened from them."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

import msgspec

from shared.events.envelope import Accused, Event, Personal
from shared.events.privacy import ErasureReason, FieldsViewed
from shared.events.values import Party, SafeContact, Teller

MESSAGE = "intake.message"
REPORT = "intake.report"
ACCESS = "intake.access"
SUBJECT = "intake.subject"


class Grievance(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """What a structured sender could already say: the part of a case that a form or an app asks for."""

    issues: tuple[str, ...] = ()
    summary: Personal | None = None
    country: str | None = None
    sector: str | None = None
    site: str | None = None
    workers: int = 1
    respondent: Accused | None = None
    complainant: Party | None = None
    safe_contact: SafeContact | None = None
    statistics_consent: bool = False
    told_by: Teller | None = None
    happened_on: date | None = None


class Hint(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A code, and the words of the message that it was suggested for."""

    code: str
    words: Personal


class Hints(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """What lists of phrases make of a message before anybody has read it. `danger` has the words for danger now."""

    issues: tuple[Hint, ...] = ()
    severity: str | None = None
    danger: Personal | None = None
    country: Hint | None = None
    respondent: Accused | None = None


class Attachment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file that belongs to a message.

    `source` is where it is fetched: an address, or what the channel calls it; `inline` came with the message itself.
    `kind` and `media_type` are what the sender says it is.
    """

    kind: str
    source: Personal | None = None
    media_type: str | None = None
    name: Personal | None = None
    inline: bool = False


class MessageReceived(Event, frozen=True, kw_only=True):
    """A worker, or someone for them, said something on a channel.

    `continues` is the first message of a talk, where the sender came back with the receipt of that one; `original` is
    the text as it came, where it was turned from another writing of its script.
    """

    TOPIC: ClassVar[str] = "intake.message-received"
    STREAM: ClassVar[str] = MESSAGE
    channel: str
    account: str
    external_id: Personal
    text: Personal
    sender: Personal | None = None
    language: str | None = None
    country: str | None = None
    grievance: Grievance | None = None
    continues: UUID | None = None
    original: Personal | None = None
    hints: Hints | None = None
    attachments: tuple[Attachment, ...] = ()


class MessageFiled(Event, frozen=True, kw_only=True):
    """The message was put into a report."""

    TOPIC: ClassVar[str] = "intake.message-filed"
    STREAM: ClassVar[str] = MESSAGE
    report_id: UUID


class ReportOpened(Event, frozen=True, kw_only=True):
    """A report was opened from a first message; `sender_key` is the pseudonym of who wrote it, not the handle."""

    TOPIC: ClassVar[str] = "intake.report-opened"
    STREAM: ClassVar[str] = REPORT
    message_id: UUID
    channel: str
    account: str
    sender_key: str | None = None
    language: str | None = None
    country: str | None = None
    grievance: Grievance | None = None


class ReportMessageAdded(Event, frozen=True, kw_only=True):
    """A further message of the same sender joined the open report."""

    TOPIC: ClassVar[str] = "intake.report-message-added"
    STREAM: ClassVar[str] = REPORT
    message_id: UUID
    grievance: Grievance | None = None


class ReportAccepted(Event, frozen=True, kw_only=True):
    """A person decided that the report becomes a case; carries what the case opens with."""

    TOPIC: ClassVar[str] = "intake.report-accepted"
    STREAM: ClassVar[str] = REPORT
    case_id: UUID
    channel: str
    language: str
    grievance: Grievance
    message_ids: tuple[UUID, ...]
    sender_key: str | None = None


class ReportDismissed(Event, frozen=True, kw_only=True):
    """A person decided that the report becomes no case, and why."""

    TOPIC: ClassVar[str] = "intake.report-dismissed"
    STREAM: ClassVar[str] = REPORT
    reason: str
    detail: Personal | None = None
    sender_key: str | None = None


class ReportLinked(Event, frozen=True, kw_only=True):
    """The report belongs to a case that exists already."""

    TOPIC: ClassVar[str] = "intake.report-linked"
    STREAM: ClassVar[str] = REPORT
    case_id: UUID
    sender_key: str | None = None


class ReportRetired(Event, frozen=True, kw_only=True):
    """A dismissed report was kept as long as its kind is; what people said in it may be erased."""

    TOPIC: ClassVar[str] = "intake.report-retired"
    STREAM: ClassVar[str] = REPORT


class SubjectErased(Event, frozen=True, kw_only=True):
    """The keys of a person were destroyed; `keys` says which, as `PSEUDONYM/VERSION/OUTER KEY`."""

    TOPIC: ClassVar[str] = "intake.subject-erased"
    STREAM: ClassVar[str] = SUBJECT
    reason: ErasureReason
    keys: tuple[str, ...]


class FactRedacted(Event, frozen=True, kw_only=True):
    """On order, the stored bytes of a fact of some service lost what people said; `sha256` is that of the old bytes."""

    TOPIC: ClassVar[str] = "intake.fact-redacted"
    STREAM: ClassVar[str] = SUBJECT
    service: str
    stream_id: UUID
    stream_version: int
    sha256: str
    ordered_by: str


class ErasurePostponed(Event, frozen=True, kw_only=True):
    """The time of a person's data is over, but something holds it back."""

    TOPIC: ClassVar[str] = "intake.erasure-postponed"
    STREAM: ClassVar[str] = SUBJECT
    because: Literal["legal-hold", "open-report"]
    last_report: UUID | None = None


class HoldPlaced(Event, frozen=True, kw_only=True):
    """Nothing of this person may be erased until the hold is lifted; `order` names who demands it, and the file."""

    TOPIC: ClassVar[str] = "intake.hold-placed"
    STREAM: ClassVar[str] = SUBJECT
    order: str


class HoldLifted(Event, frozen=True, kw_only=True):
    """The hold ended."""

    TOPIC: ClassVar[str] = "intake.hold-lifted"
    STREAM: ClassVar[str] = SUBJECT
    order: str


class StatementCorrected(Event, frozen=True, kw_only=True):
    """The person says that something on record about them is otherwise; what was said before stays on record."""

    TOPIC: ClassVar[str] = "intake.statement-corrected"
    STREAM: ClassVar[str] = SUBJECT
    about: str
    text: Personal


class MessageFieldsViewed(FieldsViewed, frozen=True, kw_only=True):
    """Somebody opened what the messages of a report say; put on record before they saw it."""

    TOPIC: ClassVar[str] = "intake.message-fields-viewed"
    STREAM: ClassVar[str] = ACCESS


EVENTS: tuple[type[Event], ...] = (
    MessageReceived,
    MessageFiled,
    ReportOpened,
    ReportMessageAdded,
    ReportAccepted,
    ReportDismissed,
    ReportLinked,
    ReportRetired,
    SubjectErased,
    FactRedacted,
    ErasurePostponed,
    HoldPlaced,
    HoldLifted,
    StatementCorrected,
    MessageFieldsViewed,
)
