"""What cases says of grievances that belong together: many workers in one case, cases of one matter, patterns."""

from typing import ClassVar, Literal
from uuid import UUID

from shared.events.cases import CaseEvent
from shared.events.envelope import Event, Instant, Personal

PATTERN = "cases.pattern"

LinkKind = Literal["related", "same-employer", "split-from"]
PatternKind = Literal["organisation", "recruiter", "site", "issue"]


class WorkerJoined(CaseEvent, frozen=True, kw_only=True):
    """One more worker stands behind the grievance. `member_id` is a pseudonym: the same person has the same one."""

    TOPIC: ClassVar[str] = "cases.worker-joined"
    member_id: UUID
    name: Personal | None = None


class WorkerLeft(CaseEvent, frozen=True, kw_only=True):
    """A worker no longer stands behind it."""

    TOPIC: ClassVar[str] = "cases.worker-left"
    member_id: UUID


class GroupCounted(CaseEvent, frozen=True, kw_only=True):
    """So many workers are affected in all, those who joined by name included."""

    TOPIC: ClassVar[str] = "cases.group-counted"
    workers: int


class RepresentativeNamed(CaseEvent, frozen=True, kw_only=True):
    """Somebody speaks for the workers: one of them, or an organisation such as a union."""

    TOPIC: ClassVar[str] = "cases.representative-named"
    name: Personal
    member_id: UUID | None = None
    organisation_id: UUID | None = None


class CaseLinked(CaseEvent, frozen=True, kw_only=True):
    """Another case has to do with this one."""

    TOPIC: ClassVar[str] = "cases.case-linked"
    other_id: UUID
    kind: LinkKind


class CaseUnlinked(CaseEvent, frozen=True, kw_only=True):
    """It has nothing to do with this one after all."""

    TOPIC: ClassVar[str] = "cases.case-unlinked"
    other_id: UUID


class CaseMerged(CaseEvent, frozen=True, kw_only=True):
    """The case is the same matter as another, on which the work goes on."""

    TOPIC: ClassVar[str] = "cases.case-merged"
    survivor_id: UUID
    reason: Personal


class CaseUnmerged(CaseEvent, frozen=True, kw_only=True):
    """It is a matter of its own after all, and goes on where it stood."""

    TOPIC: ClassVar[str] = "cases.case-unmerged"
    survivor_id: UUID
    reason: Personal


class CaseAbsorbed(CaseEvent, frozen=True, kw_only=True):
    """Another case was merged into this one, with so many workers, of whom these joined by name."""

    TOPIC: ClassVar[str] = "cases.case-absorbed"
    other_id: UUID
    workers: int
    members: tuple[UUID, ...] = ()


class AbsorptionUndone(CaseEvent, frozen=True, kw_only=True):
    """A case that was merged into this one stands for itself again."""

    TOPIC: ClassVar[str] = "cases.absorption-undone"
    other_id: UUID


class CaseSplit(CaseEvent, frozen=True, kw_only=True):
    """A part of the workers went on with a case of their own."""

    TOPIC: ClassVar[str] = "cases.case-split"
    other_id: UUID
    workers: int
    members: tuple[UUID, ...] = ()


class PatternRaised(Event, frozen=True, kw_only=True):
    """So many cases since then have the same organisation, recruiter, site or issue in common: a supervisor is told."""

    TOPIC: ClassVar[str] = "cases.pattern-raised"
    STREAM: ClassVar[str] = PATTERN
    kind: PatternKind
    key: str
    cases: int
    workers: int
    since: Instant
    organisation_id: UUID | None = None


EVENTS: tuple[type[Event], ...] = (
    WorkerJoined,
    WorkerLeft,
    GroupCounted,
    RepresentativeNamed,
    CaseLinked,
    CaseUnlinked,
    CaseMerged,
    CaseUnmerged,
    CaseAbsorbed,
    AbsorptionUndone,
    CaseSplit,
    PatternRaised,
)
