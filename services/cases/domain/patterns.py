"""What keeps coming back: the same organisation, recruiter, site or issue in too many cases of a while."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.cases.domain.parties import RECRUITERS
from shared.events import together as told
from shared.policy import Policy


class Sighting(NamedTuple):
    """What one case has in common with others: its workers, issues, site, and respondents with their kinds."""

    workers: int
    issues: Sequence[str]
    site: str | None
    respondents: Mapping[str, str]


class Trait(NamedTuple):
    """One thing that cases may have in common; `key` is what it is within its kind."""

    kind: told.PatternKind
    key: str
    organisation_id: UUID | None


def raised(sightings: Iterable[Sighting], *, since: datetime, policy: Policy) -> Mapping[Trait, told.PatternRaised]:
    """Return every trait that at least the policy's number of cases have."""
    found: dict[Trait, list[int]] = {}
    for sighting in sightings:
        for trait in dict.fromkeys(_traits(sighting)):
            found.setdefault(trait, []).append(sighting.workers)
    return {
        trait: told.PatternRaised(
            kind=trait.kind,
            key=trait.key,
            cases=len(workers),
            workers=sum(workers),
            since=since,
            organisation_id=trait.organisation_id,
        )
        for trait, workers in sorted(found.items(), key=lambda one: (one[0].kind, one[0].key))
        if len(workers) >= policy.patterns.cases
    }


def due_again(earlier: Sequence[datetime], *, now: datetime, policy: Policy) -> bool:
    """Whether a pattern that was raised at these times is raised once more: once in a window."""
    return not earlier or max(earlier) + policy.patterns.window <= now


def _traits(sighting: Sighting) -> Iterator[Trait]:
    for organisation, kind in sighting.respondents.items():
        known = UUID(organisation)
        yield Trait("recruiter" if kind in RECRUITERS else "organisation", organisation, known)
        for issue in sighting.issues:
            yield Trait("issue", f"{organisation} {issue}", known)
    if sighting.site and sighting.site.strip():
        yield Trait("site", " ".join(sighting.site.casefold().split()), None)
