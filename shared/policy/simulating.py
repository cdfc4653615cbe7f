"""What would differ if past cases had run under another pack: their deadlines, and which of them were missed."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

import msgspec

from shared.events import cases as facts
from shared.events.envelope import Recorded
from shared.policy.pack import Policy


class Differing(msgspec.Struct, kw_only=True):
    """One kind of duty: how many began, how many deadlines another pack would move, and misses before and after."""

    duty: str
    begun: int = 0
    earlier: int = 0
    later: int = 0
    missed: int = 0
    would_be_missed: int = 0


class _Running(msgspec.Struct, frozen=True):
    duty: str
    due_at: datetime
    would_be: datetime


Key = tuple[UUID, str, UUID | None]


def simulate(history: Iterable[Recorded], policy: Policy, now: datetime) -> Iterator[Differing]:
    """Yield the kinds of duties that a pack gives a time; `history` holds facts of cases in the order of the log."""
    kinds = {duty: Differing(duty=duty) for duty in ("acknowledge", "assess", "answer")}
    running: dict[Key, _Running] = {}
    for recorded in history:
        at, case_id = recorded.envelope.occurred_at, recorded.envelope.stream_id
        for duty, subject in _met(recorded):
            if (one := running.pop((case_id, duty, subject), None)) is not None:
                _count(kinds[duty], one, at)
        for duty, subject, due_at, would_be in _begun(recorded, policy):
            before = running.pop((case_id, duty, subject), None)
            kinds[duty].begun += before is None
            running[case_id, duty, subject] = _Running(duty, due_at, would_be)
        if isinstance(recorded.event, facts.CaseClosed):
            for key in [key for key in running if key[0] == case_id]:
                _count(kinds[key[1]], running.pop(key), at)
    for one in running.values():
        _count(kinds[one.duty], one, now)
    yield from kinds.values()


def _begun(recorded: Recorded, policy: Policy) -> Iterator[tuple[str, UUID | None, datetime, datetime]]:
    at = recorded.envelope.occurred_at
    match recorded.event:
        case facts.CaseOpened(acknowledge_by=datetime() as due):
            yield "acknowledge", None, due, policy.due(policy.durations.acknowledge, at)
        case facts.CaseTriaged(assess_by=datetime() as due, severity=severity) if severity in policy.severities:
            yield "assess", None, due, policy.due(policy.severities[severity].respond_within, at)
        case facts.CaseEscalated() as event:
            yield "answer", event.escalation_id, event.answer_by, policy.due(policy.durations.answer, at)
        case _:
            return


def _met(recorded: Recorded) -> Iterator[tuple[str, UUID | None]]:
    match recorded.event:
        case facts.CaseAcknowledged():
            yield "acknowledge", None
        case facts.CaseAssigned() | facts.CaseEscalated():
            yield "assess", None
        case facts.EmployerResponseRecorded(escalation_id=subject):
            yield "answer", subject
        case _:
            return


def _count(kind: Differing, one: _Running, ended_at: datetime) -> None:
    kind.earlier += one.would_be < one.due_at
    kind.later += one.would_be > one.due_at
    kind.missed += one.due_at < ended_at
    kind.would_be_missed += one.would_be < ended_at
