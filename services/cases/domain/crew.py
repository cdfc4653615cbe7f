"""What the facts of grievances that belong together have made of one: who stands behind it, and where it belongs."""

from uuid import UUID

import msgspec
from msgspec.structs import replace

from shared.events import together as told
from shared.events.envelope import Recorded


class Absorbed(msgspec.Struct, frozen=True):
    """A case that was merged into this one."""

    other_id: UUID
    workers: int
    members: frozenset[UUID]


class Crew(msgspec.Struct, frozen=True, omit_defaults=True):
    """All of one case. `stated`: how many workers somebody counted; None while only the opening says so."""

    members: frozenset[UUID] = frozenset()
    stated: int | None = None
    representatives: tuple[told.RepresentativeNamed, ...] = ()
    links: tuple[told.CaseLinked, ...] = ()
    absorbed: tuple[Absorbed, ...] = ()
    merged_into: UUID | None = None
    parted: int = 0

    def workers(self, opened_with: int) -> int:
        """Return how many workers are affected, each once.

        Cases of one matter tell of the same workers, so the largest count stands; who joined by name under the same
        pseudonym counts once, wherever they joined.
        """
        members = self.members.union(*(one.members for one in self.absorbed))
        own = max(0, opened_with - self.parted) if self.stated is None else self.stated
        return max(own, len(members), *(one.workers for one in self.absorbed), 0)


def after(crew: Crew, recorded: Recorded) -> Crew:  # noqa: C901, PLR0911 - one table of facts
    """Return the crew after a fact; a fact without bearing on it changes nothing."""
    match recorded.event:
        case told.WorkerJoined(member_id=member):
            return replace(crew, members=crew.members | {member})
        case told.WorkerLeft(member_id=member):
            return replace(crew, members=crew.members - {member})
        case told.GroupCounted(workers=workers):
            return replace(crew, stated=workers)
        case told.RepresentativeNamed() as named:
            return replace(crew, representatives=(*crew.representatives, named))
        case told.CaseLinked() as linked:
            return replace(crew, links=(*crew.links, linked))
        case told.CaseUnlinked(other_id=other):
            return replace(crew, links=tuple(one for one in crew.links if one.other_id != other))
        case told.CaseMerged(survivor_id=survivor):
            return replace(crew, merged_into=survivor)
        case told.CaseUnmerged():
            return replace(crew, merged_into=None)
        case told.CaseAbsorbed() as one:
            absorbed = Absorbed(one.other_id, one.workers, frozenset(one.members))
            return replace(crew, absorbed=(*crew.absorbed, absorbed))
        case told.AbsorptionUndone(other_id=other):
            return replace(crew, absorbed=tuple(one for one in crew.absorbed if one.other_id != other))
        case told.CaseSplit(workers=workers, members=gone):
            stated = None if crew.stated is None else max(0, crew.stated - workers)
            return replace(crew, members=crew.members - set(gone), stated=stated, parted=crew.parted + workers)
        case _:
            return crew
