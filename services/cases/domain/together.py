"""Grievances that belong together: workers join and leave, cases are linked, merged, split, and parted again."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.cases.domain.commands import Command
from services.cases.domain.gates import said, still_open
from services.cases.domain.state import Case
from shared.errors import GateClosedError, InvalidError
from shared.events import cases as facts
from shared.events import together as told
from shared.events.envelope import Event


class JoinWorker(Command, frozen=True, kw_only=True):
    """One more worker stands behind the grievance; the reference tells one person from another."""

    reference: str
    name: str | None = None


class LeaveWorker(Command, frozen=True, kw_only=True):
    """A worker no longer stands behind it."""

    member_id: UUID


class CountGroup(Command, frozen=True, kw_only=True):
    """Say how many workers are affected in all."""

    workers: int


class NameRepresentative(Command, frozen=True, kw_only=True):
    """Say who speaks for the workers."""

    name: str
    member_id: UUID | None = None
    organisation_id: UUID | None = None


class LinkCase(Command, frozen=True, kw_only=True):
    """Say that another case has to do with this one."""

    other_id: UUID
    kind: told.LinkKind = "related"


class UnlinkCase(Command, frozen=True, kw_only=True):
    """Say that it has not."""

    other_id: UUID


class MergeCase(Command, frozen=True, kw_only=True):
    """Say that the case is the same matter as another, on which the work goes on."""

    survivor_id: UUID
    reason: str


class UnmergeCase(Command, frozen=True, kw_only=True):
    """Say that it is a matter of its own after all."""

    reason: str


class SplitCase(Command, frozen=True, kw_only=True):
    """Let a part of the workers go on with a case of their own."""

    workers: int
    members: tuple[UUID, ...] = ()
    issues: tuple[str, ...] | None = None


def join(case: Case, command: JoinWorker, *, member_id: UUID) -> Sequence[Event]:
    """Let a worker join; one who stands behind it already says nothing new."""
    still_open(case)
    said(command.reference, "reference")
    return [] if member_id in case.crew.members else [told.WorkerJoined(member_id=member_id, name=command.name)]


def leave(case: Case, command: LeaveWorker) -> Sequence[Event]:
    """Let a worker go; one who does not stand behind it says nothing new."""
    still_open(case)
    return [told.WorkerLeft(member_id=command.member_id)] if command.member_id in case.crew.members else []


def count(case: Case, command: CountGroup) -> Sequence[Event]:
    """Record a count; it is not smaller than the number of those who joined."""
    still_open(case)
    if command.workers < max(1, len(case.crew.members)):
        raise InvalidError("'workers' counts at least those who joined, and one.", field="workers")
    return [] if case.crew.stated == command.workers else [told.GroupCounted(workers=command.workers)]


def name_representative(case: Case, command: NameRepresentative, *, organisation_known: bool) -> Sequence[Event]:
    """Say who speaks for the workers: somebody who joined, or a registered organisation."""
    still_open(case)
    if command.member_id is not None and command.member_id not in case.crew.members:
        raise InvalidError("No worker of this case has this id.", field="member_id")
    if command.organisation_id is not None and not organisation_known:
        raise InvalidError("There is no organisation with this id.", field="organisation_id")
    return [
        told.RepresentativeNamed(
            name=said(command.name, "name"), member_id=command.member_id, organisation_id=command.organisation_id
        )
    ]


def link(case: Case, command: LinkCase, *, other: Case | None) -> Sequence[Event]:
    """Link two cases; a link that stands says nothing new."""
    if other is None or other.case_id == case.case_id:
        raise InvalidError("'other_id' is the id of another case.", field="other_id")
    if any(one.other_id == command.other_id for one in case.crew.links):
        return []
    return [told.CaseLinked(other_id=command.other_id, kind=command.kind)]


def unlink(case: Case, command: UnlinkCase) -> Sequence[Event]:
    """Take a link back; one that does not stand says nothing new."""
    known = any(one.other_id == command.other_id for one in case.crew.links)
    return [told.CaseUnlinked(other_id=command.other_id)] if known else []


def merge(case: Case, command: MergeCase, *, survivor: Case | None) -> tuple[Sequence[Event], Sequence[Event]]:
    """Return what is said on the case and on its survivor."""
    still_open(case)
    if survivor is None or survivor.case_id == case.case_id:
        raise InvalidError("'survivor_id' is the id of another case.", field="survivor_id")
    if survivor.crew.merged_into is not None or survivor.course.ended:
        raise GateClosedError(
            "survivor-open",
            "The survivor is closed, or merged into another case itself.",
            opens="Reopen it, or merge into the case that goes on.",
        )
    crew = case.crew
    members = sorted(crew.members.union(*(one.members for one in crew.absorbed)))
    merged = told.CaseMerged(survivor_id=command.survivor_id, reason=said(command.reason, "reason"))
    absorbed = told.CaseAbsorbed(
        other_id=case.case_id, workers=crew.workers(case.opening.workers), members=tuple(members)
    )
    return [merged], [absorbed]


def unmerge(case: Case, command: UnmergeCase) -> tuple[Sequence[Event], Sequence[Event]]:
    """Return what is said on the case and on what was its survivor."""
    survivor_id = case.crew.merged_into
    if survivor_id is None:
        raise GateClosedError("merged", "The case is not merged.", opens="Only a merged case can be parted again.")
    unmerged = told.CaseUnmerged(survivor_id=survivor_id, reason=said(command.reason, "reason"))
    return [unmerged], [told.AbsorptionUndone(other_id=case.case_id)]


def split(
    case: Case, command: SplitCase, *, other_id: UUID, number: str, acknowledge_by: datetime | None
) -> tuple[Sequence[Event], Sequence[Event]]:
    """Return what is said on the case and on the new one, which begins with what is known but without a person."""
    still_open(case)
    here = case.crew.workers(case.opening.workers)
    if not 1 <= command.workers < here:
        raise InvalidError(
            f"'workers' leaves at least one of {here} here and takes at least one along.", field="workers"
        )
    if not set(command.members) <= case.crew.members or len(command.members) > command.workers:
        raise InvalidError("'members' are workers of this case, no more than 'workers'.", field="members")
    opening = case.opening
    opened = facts.CaseOpened(
        number=number,
        channel=opening.channel,
        language=opening.language,
        acknowledge_by=acknowledge_by,
        country=opening.country,
        sector=opening.sector,
        site=opening.site,
        workers=command.workers,
        issues=case.issues if command.issues is None else command.issues,
        statistics_consent=opening.statistics_consent,
    )
    joined = [told.WorkerJoined(member_id=member) for member in command.members]
    origin = told.CaseLinked(other_id=case.case_id, kind="split-from")
    parted = told.CaseSplit(other_id=other_id, workers=command.workers, members=command.members)
    return [parted], [opened, *joined, origin]
