"""The facts of one case, told in the order in which they were recorded, and where the case stands after them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec

from shared.cli.replaying.duties import Due, Duty, begun, ended, span, timeliness
from shared.cli.replaying.sentences import Words, sentence
from shared.events import cases as facts
from shared.events.envelope import Event, Recorded

_SOON = timedelta(minutes=1)
"""Recorded within this time counts as recorded at once."""


class Told(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One fact in words; the last of a story has no fact, it says where the case stands."""

    text: str
    at: datetime | None = None
    version: int | None = None
    type: str | None = None
    actor: str | None = None
    role: str | None = None
    timeliness: str | None = None
    recorded_at: datetime | None = None
    """Given where the fact was recorded later than it was true."""


def story(
    recorded: Sequence[Recorded], *, personal: bool = False, as_of: datetime | None = None, now: datetime | None = None
) -> Iterator[Told]:
    """Tell a case; `as_of` leaves out what was not yet true then, `now` tells open duties from overdue ones."""
    words, standing = Words(personal), _Standing()
    for fact in recorded:
        if as_of is not None and fact.envelope.occurred_at > as_of:
            continue
        words.learn(fact.event)
        yield _told(fact, words, standing.after(fact.event, fact.envelope.occurred_at))
    yield Told(text=standing.text(as_of or now))


def as_text(told: Iterable[Told]) -> Iterator[str]:
    """Write a story for people: a line for each fact."""
    for one in told:
        if one.at is None:
            yield one.text
            continue
        notes = [f"By {one.actor} ({one.role})."]
        if one.timeliness:
            notes.append(f"That was {one.timeliness}.")
        if one.recorded_at:
            late = span(one.recorded_at - one.at)
            notes.append(f"Recorded {late} later, on {_moment(one.recorded_at)}.")
        yield f"{_moment(one.at)}  {one.text} {' '.join(notes)}"


def as_json(told: Iterable[Told]) -> Iterator[str]:
    """Write a story for programs: a JSON object a line."""
    return (msgspec.json.encode(one).decode() for one in told)


def _told(fact: Recorded, words: Words, in_time: str | None) -> Told:
    envelope = fact.envelope
    later = envelope.recorded_at - envelope.occurred_at > _SOON
    return Told(
        text=sentence(fact.event, words),
        at=envelope.occurred_at,
        version=envelope.stream_version,
        type=envelope.type,
        actor=envelope.actor.id,
        role=envelope.actor.role,
        timeliness=in_time,
        recorded_at=envelope.recorded_at if later else None,
    )


class _Standing:
    """Where the case stands: how it ended or what is still due, and what was paid."""

    def __init__(self) -> None:
        self._facts = 0
        self._closed: facts.CloseReason | None = None
        self._open: dict[Duty, Due] = {}
        self._done: dict[Duty, Due | None] = {}
        self._sums: dict[str, Decimal] = {}

    def after(self, event: Event, at: datetime) -> str | None:
        """Take in a fact; say how timely it was where it ends a duty."""
        self._facts += 1
        duty = ended(event)
        due = self._open.pop(duty, None) if duty else None
        if duty:
            self._done[duty] = due or self._done.get(duty)
        self._open |= {begins: its_due for begins, its_due in begun(event) if begins not in self._done}
        self._note(event)
        return timeliness(due.at, at) if due else None

    def text(self, now: datetime | None) -> str:
        """Say it in one line."""
        if not self._facts:
            return "Nothing is on record."
        paid = "".join(f" Paid on record: {amount:,f} {currency}." for currency, amount in self._sums.items())
        if self._closed:
            return f"The case stands closed as {self._closed}.{paid}"
        due = "; ".join(_running(due, now) for due in sorted(self._open.values(), key=lambda due: due.at))
        return f"The case stands open; {due or 'nothing is due'}.{paid}"

    def _note(self, event: Event) -> None:
        match event:
            case facts.CaseClosed(reason=reason):
                self._closed = reason
            case facts.CaseReopened():
                self._closed = None
            case facts.RemedyItemRefuted(item_id=item) if due := self._done.pop(("remedy", item), None):
                self._open["remedy", item] = due
            case facts.RemedyItemCompleted(paid=money) | facts.LegacyRecordImported(paid=money) if money:
                self._sums[money.currency] = self._sums.get(money.currency, Decimal(0)) + money.amount
            case _:
                return


def _running(due: Due, now: datetime | None) -> str:
    if now is not None and now > due.at:
        return f"{due.what} is {span(now - due.at)} overdue"
    return f"{due.what} is due by {_moment(due.at)}"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"
