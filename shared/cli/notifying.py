"""What would be told of a case, and what is not translated, for the command line."""

from collections.abc import Iterator, Sequence
from typing import Protocol
from uuid import UUID

from shared.events.cases import RespondentNamed
from shared.events.envelope import Recorded


class Foreseen(Protocol):
    """One rule and what it would do now."""

    fact: str
    occasion: str
    audience: str
    channel: str | None
    language: str | None
    due_at: object
    reason: str | None
    person: bool


class Foreseeing(Protocol):
    """Whoever knows the rules and the profiles."""

    async def foresee(self, *, case_id: UUID, organisations: Sequence[UUID]) -> Sequence[Foreseen]:
        """Return every rule for a case in which these organisations are respondents."""
        ...


async def previewed(preview: Foreseeing, facts: Sequence[Recorded]) -> Iterator[str]:
    """Return a line for every rule: what, to whom, on which channel and when, or why not."""
    named = dict.fromkeys(one.event.organisation_id for one in facts if isinstance(one.event, RespondentNamed))
    told = await preview.foresee(case_id=facts[0].envelope.stream_id, organisations=list(named))
    return (_line(one) for one in told)


def _line(one: Foreseen) -> str:
    what = f"{one.fact} -> {one.audience}, {one.occasion}"
    if one.reason is None:
        return f"{what}: {one.channel} in {one.language}, not before {one.due_at:%Y-%m-%d %H:%M} UTC"
    return f"{what}: silence, {one.reason}{'; a person sees to it' if one.person else ''}"
