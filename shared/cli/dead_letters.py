"""What `redress dlt` says about dead letters: where they wait, what is kept of them, what became of them."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from shared.bus import dead_letters
from shared.bus.dead_letters import Retried
from shared.bus.port import Reaction
from shared.clock import Clock
from shared.errors import NotFoundError
from shared.eventstore.letters import DeadLetter, Discarded
from shared.service import Service


def service_of(services: Mapping[str, Service], name: str) -> Service:
    """Return a service by its name."""
    if name not in services:
        raise NotFoundError(f"There is no service {name}; there are {', '.join(services)}.")
    return services[name]


async def listed(services: Iterable[Service]) -> list[str]:
    """Return a line for each dead letter of these services."""
    return [_line(one.name, letter) for one in services for letter in await one.store.dead_letters()]


async def listed_discarded(services: Iterable[Service]) -> list[str]:
    """Return a line for each dead letter that was given up."""
    return [_epitaph(one.name, given_up) for one in services for given_up in await one.store.discarded()]


async def shown(service: Service, letter_id: int) -> str:
    """Return a dead letter and the envelope of its fact as JSON; what it says is read in its case, for a purpose."""
    letter = await dead_letters.find(service.store, letter_id)
    fact = await dead_letters.fact_of(service.store, letter)
    told: dict[str, Any] = {"letter": letter, "envelope": fact.envelope}
    return msgspec.json.format(msgspec.json.encode(told)).decode()


async def retried(service: Service, letter_id: int) -> str:
    """Try the stream of a dead letter again and say how it went."""
    letter = await dead_letters.find(service.store, letter_id)
    return _outcome(letter, await dead_letters.retry(_reaction_of(service, letter), service.store, letter))


async def discarded(service: Service, letter_id: int, *, who: str, why: str, clock: Clock) -> str:
    """Give up one dead letter and say what it was."""
    letter = await dead_letters.discard(service.store, letter_id, who=who, why=why, clock=clock)
    return f"Discarded {letter.topic}, version {letter.stream_version} of {letter.stream_id}; the reason is kept."


def _reaction_of(service: Service, letter: DeadLetter) -> Reaction:
    for reaction in service.reactions:
        if reaction.name == letter.reaction:
            return reaction
    raise NotFoundError(f"This version of {service.name} has no reaction {letter.reaction}; run one that has it.")


def _outcome(letter: DeadLetter, result: Retried) -> str:
    told = f"{result.answered} facts of {letter.stream_id} answered"
    if result.cause is None:
        return f"{told}; none waits any more."
    return f"{told}; {result.waiting} still wait: {result.cause}."


def _line(service: str, letter: DeadLetter) -> str:
    return (
        f"{service} {letter.id}  {letter.parked_at:%Y-%m-%d %H:%M:%S}Z  {letter.reaction}  {letter.topic}  "
        f"{letter.stream_id} version {letter.stream_version}  {letter.cause}"
    )


def _epitaph(service: str, discarded: Discarded) -> str:
    given_up = discarded.given_up
    return f"{_line(service, discarded.letter)}  discarded {given_up.at:%Y-%m-%d} by {given_up.who}: {given_up.why}"
