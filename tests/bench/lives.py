"""Believable lives of cases as facts in the order of their time, so that many cases go on side by side in the log."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import NamedTuple
from uuid import UUID

from services.cases.application import case_number
from services.cases.application.lives import before_the_employer, remedied
from shared.events import cases as facts
from shared.events.envelope import Actor
from shared.eventstore.context import CommandContext
from shared.eventstore.store import EventStore
from shared.eventstore.work import UnitOfWork
from shared.ids import new_id
from tests.bench.calls import TEXT

START = datetime(2025, 1, 6, 2, 0, tzinfo=UTC)
DESK = Actor("mekong-desk-1", "operator", "mekong")
BATCH = 500
SPAN = timedelta(days=1000)
"""The time over which the cases open; a life takes about three months of it."""
BETWEEN = 180.0
"""Hours between two facts of a case, on average."""

_PER_LIFE = 12
_EMPLOYERS = tuple((new_id(), f"Employer {number:03d} Co., Ltd.") for number in range(200))
_ISSUES = ("WAG-NON", "WAG-DED", "REC-FEE", "WAG-OTP", "DOC-RET", "LIV-CON", "TER-UNF")
_MANY_NOTES = 0.9


class Dated(NamedTuple):
    """A fact of a case with its time."""

    at: datetime
    case_id: UUID
    event: facts.CaseEvent


async def write_lives(store: EventStore, number: int) -> None:
    """Fill a store with at least so many facts."""
    versions: dict[UUID, int] = {}
    dated = lives(Random(7), number)
    for start in range(0, len(dated), BATCH):
        await store.execute(lambda unit, start=start: _append(unit, dated[start : start + BATCH], versions))  # type: ignore[misc]  # bound default


def lives(rng: Random, number: int) -> Sequence[Dated]:
    """Return at least so many facts, the earliest first."""
    openings = sorted(rng.random() for _ in range(number // _PER_LIFE))
    dated = [one for share in openings for one in _life(rng, START + SPAN * share)]
    while len(dated) < number:
        dated.extend(_life(rng, START + SPAN * rng.random()))
    return sorted(dated, key=lambda one: one.at)


def long_life(rng: Random, number: int) -> Iterator[facts.CaseEvent]:
    """Return the facts of one case that goes on and on: notes, and now and then another handler."""
    yield from (one.event for one in list(_life(rng, START))[:3])
    for step in range(number - 3):
        if rng.random() < _MANY_NOTES:
            yield facts.NoteAdded(text=TEXT)
        else:
            yield facts.CaseAssigned(assignee=f"desk-{step}", team="mekong")


def _append(unit: UnitOfWork, batch: Sequence[Dated], versions: dict[UUID, int]) -> None:
    for at, case_id, event in batch:
        version = versions.get(case_id, 0)
        context = CommandContext(actor=DESK, now=at, correlation_id=new_id())
        unit.append(case_id, version, [event], context)
        versions[case_id] = version + 1


def _life(rng: Random, at: datetime) -> Iterator[Dated]:
    case_id = new_id()
    for event in _story(rng, at, case_id):
        yield Dated(at, case_id, event)
        at += timedelta(hours=rng.expovariate(1 / BETWEEN))


def _story(rng: Random, at: datetime, case_id: UUID) -> Iterator[facts.CaseEvent]:
    yield from _at_the_desk(rng, at, case_id)
    while rng.random() < 0.4:
        yield facts.NoteAdded(text="Can talk after the shift, from 20:00.")
    if rng.random() < 0.15:
        yield facts.CaseClosed(reason="withdrawn", explanation="The worker asked to stop.")
        return
    employer, name = rng.choice(_EMPLOYERS)
    yield from before_the_employer(rng, at, employer, name, escalation_id=new_id(), by=DESK.id)
    yield from remedied(rng, at, lambda: [new_id() for _ in range(rng.choice((1, 1, 2)))])


def _at_the_desk(rng: Random, at: datetime, case_id: UUID) -> Iterator[facts.CaseEvent]:
    issue = rng.choice(_ISSUES)
    yield facts.CaseOpened(
        number=case_number(case_id),
        channel=rng.choice(("hotline", "line", "app", "facebook")),
        language=rng.choice(("my", "th", "km", "ne")),
        acknowledge_by=at + timedelta(days=7),
        summary=TEXT,
        country=rng.choice(("TH", "MY", "VN", "KH")),
        sector="seafood",
        workers=rng.choice((1, 1, 2, 5, 14, 40)),
        issues=(issue,),
        statistics_consent=rng.random() < 0.8,
    )
    yield facts.CaseAcknowledged(channel="hotline")
    yield facts.CaseTriaged(
        issues=(issue,),
        severity="S3",
        admissible=True,
        admissibility_reason="Within the mandate.",
        danger_now=False,
        assess_by=at + timedelta(days=10),
    )
    yield facts.CaseAssigned(assignee=f"desk-{rng.randrange(20)}", team="mekong")
