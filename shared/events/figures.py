"""What reporting says: questions that analysts keep, and reports that left the house, byte for byte."""

from collections.abc import Mapping
from typing import ClassVar

import msgspec

from shared.events.envelope import Event

QUESTIONS = "reporting.questions"
PUBLICATIONS = "reporting.publications"
PAPERS = "reporting.papers"


class QuestionSaved(Event, frozen=True, kw_only=True):
    """Somebody keeps a question to the figures under a name, in the words of the query; it replaces their own."""

    TOPIC: ClassVar[str] = "reporting.question-saved"
    STREAM: ClassVar[str] = QUESTIONS
    name: str
    title: str
    owner: str
    report: str
    asked: Mapping[str, str]
    only: tuple[str, ...] = ()


class QuestionRemoved(Event, frozen=True, kw_only=True):
    """The question is not offered any more."""

    TOPIC: ClassVar[str] = "reporting.question-removed"
    STREAM: ClassVar[str] = QUESTIONS
    name: str


class CellsTold(msgspec.Struct, frozen=True):
    """How many numbers of a table of a quarter a published report tells, and how many it withholds."""

    quarter: str
    table: str
    told: int
    withheld: int


class ReportPublished(Event, frozen=True, kw_only=True):
    """The report of a year left the house. `edition` counts from 1; a later one corrects, and says why."""

    TOPIC: ClassVar[str] = "reporting.report-published"
    STREAM: ClassVar[str] = PUBLICATIONS
    year: int
    audience: str
    edition: int
    stamp: str
    quarters: tuple[str, ...]
    files: Mapping[str, str]
    """Form -> SHA-256 of its bytes."""
    reason: str | None = None
    cells: tuple[CellsTold, ...] = ()


class PaperArchived(Event, frozen=True, kw_only=True):
    """One form of a published report: its bytes, deflated (RFC 1950) and in base64."""

    TOPIC: ClassVar[str] = "reporting.paper-archived"
    STREAM: ClassVar[str] = PAPERS
    form: str
    sha256: str
    content: str


EVENTS: tuple[type[Event], ...] = (QuestionSaved, QuestionRemoved, ReportPublished, PaperArchived)
