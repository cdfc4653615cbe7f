"""What the office says to itself: tasks on a case, filters that are kept, templates of notes."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID

from shared.events.cases import CASE
from shared.events.envelope import Event, Instant, Personal

FILTER = "cases.filter"
TEMPLATE = "cases.template"


class TaskAdded(Event, frozen=True, kw_only=True):
    """Somebody, by key id, shall do something for a case, perhaps by a time."""

    TOPIC: ClassVar[str] = "cases.task-added"
    STREAM: ClassVar[str] = CASE
    task_id: UUID
    what: Personal
    assignee: str
    due_at: Instant | None = None


class TaskFinished(Event, frozen=True, kw_only=True):
    """A task is done, or was dropped with a word on why."""

    TOPIC: ClassVar[str] = "cases.task-finished"
    STREAM: ClassVar[str] = CASE
    task_id: UUID
    outcome: Personal | None = None


class FilterSaved(Event, frozen=True, kw_only=True):
    """Somebody keeps a filter of the list of cases, for themselves or for everybody of the tenant."""

    TOPIC: ClassVar[str] = "cases.filter-saved"
    STREAM: ClassVar[str] = FILTER
    name: str
    owner: str
    shared: bool
    filter: Mapping[str, str]


class FilterRemoved(Event, frozen=True, kw_only=True):
    """The filter is not offered any more."""

    TOPIC: ClassVar[str] = "cases.filter-removed"
    STREAM: ClassVar[str] = FILTER


class NoteTemplateSaved(Event, frozen=True, kw_only=True):
    """Words that notes often begin with; `{number}`, `{site}`, `{country}`, `{opened}` and `{today}` are filled in."""

    TOPIC: ClassVar[str] = "cases.note-template-saved"
    STREAM: ClassVar[str] = TEMPLATE
    name: str
    language: str
    text: str


class NoteTemplateRemoved(Event, frozen=True, kw_only=True):
    """The template is not offered any more."""

    TOPIC: ClassVar[str] = "cases.note-template-removed"
    STREAM: ClassVar[str] = TEMPLATE


EVENTS: tuple[type[Event], ...] = (
    TaskAdded,
    TaskFinished,
    FilterSaved,
    FilterRemoved,
    NoteTemplateSaved,
    NoteTemplateRemoved,
)
