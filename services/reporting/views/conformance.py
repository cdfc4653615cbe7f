"""Which cases broke the rules in force on the day: duties by the times that their own facts set, and the gates."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from services.reporting.views.trails import Entry
from shared.events import cases

Rule = Literal[
    "acknowledge-in-time",
    "assess-in-time",
    "answer-in-time",
    "remedy-in-time",
    "triage-before-escalation",
    "consent-before-disclosure",
    "two-persons-verify",
    "two-persons-close",
    "verified-before-remedied",
]


class Breach(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that was broken, at which fact of the case (its version), by whom, and what should have been."""

    case_id: UUID
    number: str | None
    rule: Rule
    version: int
    event_id: UUID
    at: datetime
    actor: str
    due: datetime | None = None
    about: str = ""


class _Duty(msgspec.Struct, frozen=True):
    rule: Rule
    about: str
    due: datetime
    begun: Entry


def breaches(number: str | None, entries: Sequence[Entry], now: datetime) -> Sequence[Breach]:
    """Return what broke the rules in the course of one case, in order; duties that are overdue `now` included."""
    return sorted(_Course(number).walk(entries, now), key=lambda breach: (breach.version, breach.rule, breach.about))


class _Course:
    """What has happened in a case so far, as far as the rules ask."""

    def __init__(self, number: str | None) -> None:
        self._number = number
        self._running: dict[tuple[Rule, str], _Duty] = {}
        self._triaged = False
        self._consents: set[str] = set()
        self._handlers: set[str] = set()
        self._completed: dict[UUID, str] = {}
        self._open: set[UUID] = set()

    def walk(self, entries: Sequence[Entry], now: datetime) -> Iterator[Breach]:
        """Go through the facts once."""
        for entry in entries:
            event = entry.event
            yield from self._gates(entry, event)
            yield from self._late(entry, ended(event))
            self._take(entry, event)
        for duty in self._running.values():
            if duty.due < now:
                yield self._breach(duty.begun, duty.rule, duty.about, duty.due)

    def _late(self, entry: Entry, ends: tuple[Rule, str] | None) -> Iterator[Breach]:
        duty = self._running.pop(ends, None) if ends else None
        if duty is not None and entry.envelope.occurred_at > duty.due:
            yield self._breach(entry, duty.rule, duty.about, duty.due)

    def _gates(self, entry: Entry, event: object) -> Iterator[Breach]:
        actor = entry.envelope.actor.id
        match event:
            case cases.CaseEscalated(organisation_id=party):
                if not self._triaged:
                    yield self._breach(entry, "triage-before-escalation", str(party))
                if str(party) not in self._consents:
                    yield self._breach(entry, "consent-before-disclosure", str(party))
            case cases.RemedyItemVerified(item_id=item) if self._completed.get(item) == actor:
                yield self._breach(entry, "two-persons-verify", str(item))
            case cases.CaseClosed(reason=reason):
                if actor in self._handlers:
                    yield self._breach(entry, "two-persons-close", reason)
                if reason == "remedied" and self._open:
                    yield self._breach(entry, "verified-before-remedied", ", ".join(sorted(map(str, self._open))))
            case _:
                return

    def _take(self, entry: Entry, event: object) -> None:
        match event:
            case cases.CaseTriaged():
                self._triaged = True
            case cases.CaseAssigned(assignee=assignee):
                self._handlers = {assignee}
            case cases.ConsentRecorded(recipient=party, purpose="disclose-facts" | "disclose-identity"):
                self._consents.add(party)
            case cases.ConsentWithdrawn(recipient=party, purpose="disclose-facts" | "disclose-identity"):
                self._consents.discard(party)
            case cases.RemedyPlanAgreed(items=items):
                self._open |= {item.item_id for item in items}
            case cases.RemedyItemCompleted(item_id=item):
                self._completed[item] = entry.envelope.actor.id
            case cases.RemedyItemVerified(item_id=item):
                self._open.discard(item)
            case cases.RemedyItemRefuted(item_id=item):
                self._open.add(item)
            case cases.CaseClosed():
                self._running.clear()
            case _:
                pass
        self._running |= {(duty.rule, duty.about): duty for duty in begun(entry, event)}

    def _breach(self, entry: Entry, rule: Rule, about: str, due: datetime | None = None) -> Breach:
        head = entry.envelope
        return Breach(
            case_id=head.stream_id,
            number=self._number,
            rule=rule,
            version=head.stream_version,
            event_id=head.event_id,
            at=head.occurred_at,
            actor=head.actor.id,
            due=due,
            about=about,
        )


def begun(entry: Entry, event: object) -> Iterator[_Duty]:
    """Yield the duties that a fact starts, with the time that the policy in force then gave them."""
    match event:
        case cases.CaseOpened(acknowledge_by=datetime() as due):
            yield _Duty("acknowledge-in-time", "", due, entry)
        case cases.CaseTriaged(assess_by=datetime() as due):
            yield _Duty("assess-in-time", "", due, entry)
        case cases.CaseEscalated(escalation_id=asked, answer_by=due):
            yield _Duty("answer-in-time", str(asked), due, entry)
        case cases.RemedyPlanAgreed(items=items):
            for item in items:
                end_of_day = datetime.combine(item.due_on, time(), UTC) + timedelta(days=1)
                yield _Duty("remedy-in-time", str(item.item_id), end_of_day, entry)
        case _:
            return


def ended(event: object) -> tuple[Rule, str] | None:
    """Return the duty that a fact fulfils."""
    match event:
        case cases.CaseAcknowledged():
            return "acknowledge-in-time", ""
        case cases.CaseAssigned() | cases.CaseEscalated():
            return "assess-in-time", ""
        case cases.EmployerResponseRecorded(escalation_id=asked):
            return "answer-in-time", str(asked)
        case cases.RemedyItemCompleted(item_id=item, complete=True):
            return "remedy-in-time", str(item)
        case _:
            return None


def counted(found: Sequence[Breach]) -> Mapping[str, int]:
    """Return how often each rule was broken."""
    return {rule: sum(one.rule == rule for one in found) for rule in sorted({one.rule for one in found})}
