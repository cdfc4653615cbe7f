"""Filters of the lists and of one case's past: typed, and refused when unknown."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.cases.api.words import IssueCode, SeverityCode
from services.cases.domain.course import State
from services.cases.views import Queue
from shared.events.cases import OrganisationKind
from shared.web.fields import Country, Language, Line, Moment, Word


class Asked(BaseModel):
    """What is asked for; an unknown word is refused."""

    model_config = ConfigDict(extra="forbid")


class Paged(Asked):
    """Which page."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    after: Annotated[str | None, Field(max_length=300, description="The `next` of the page before.")] = None


class CasesAsked(Paged):
    """Which cases; every filter that is given must hold."""

    state: State | None = None
    severity: SeverityCode | None = None
    issue: IssueCode | None = None
    respondent: Annotated[UUID | None, Field(description="Id of an organisation named in the case.")] = None
    assignee: Word | None = None
    country: Country | None = None
    channel: Word | None = None
    overdue: Annotated[bool | None, Field(description="Whether an open duty is past its time.")] = None
    queue: Annotated[Queue | None, Field(description="A queue of whoever asks.")] = None
    opened_from: Moment | None = None
    opened_to: Annotated[Moment | None, Field(description="The first moment that is too late.")] = None
    text: Annotated[Line | None, Field(description="In the number, the site or a respondent's name.")] = None


class TasksAsked(Paged):
    """Whose tasks; without any, one's own. Those of `unassigned` wait for the next handler of their case."""

    assignee: Word | None = None


class KeptAsked(Paged):
    """Which page of what is kept."""


class TemplatesAsked(Paged):
    """Which templates."""

    language: Language | None = None


class OrganisationsAsked(Paged):
    """Which organisations."""

    kind: OrganisationKind | None = None
    country: Country | None = None
    supplies: Annotated[UUID | None, Field(description="Those that supply this organisation.")] = None
    recruits_for: Annotated[UUID | None, Field(description="Those that recruit for this organisation.")] = None
    merged: Annotated[bool, Field(description="Also those that are shown under another.")] = False
    text: Annotated[Line | None, Field(description="In a name, also an earlier one.")] = None


class PastAsked(Asked):
    """Which past of a case; without any, today."""

    version: Annotated[int | None, Field(ge=1, le=1_000_000, description="After so many facts.")] = None
    as_of: Annotated[Moment | None, Field(description="What was true by then.")] = None
    known_at: Annotated[Moment | None, Field(description="What was known by then.")] = None
