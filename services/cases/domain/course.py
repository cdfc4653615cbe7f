"""The course of a case: the state that each fact leads to, and the duties that run meanwhile."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time
from typing import Literal
from uuid import UUID

import msgspec

from shared.events import cases as facts
from shared.events import handling, procedure, protection, remedying, together
from shared.events.envelope import Event, Instant, Recorded
from shared.ids import derived_id

State = Literal[
    "received",
    "acknowledged",
    "triaged",
    "consent_pending",
    "assessing",
    "engaged",
    "investigating",
    "plan_agreed",
    "remediating",
    "remedy_reported",
    "verifying",
    "monitoring",
    "closed",
    "reopened",
    "appealed",
]
DutyKind = Literal[
    "acknowledge",
    "assess",
    "answer",
    "feedback",
    "hold",
    "investigate",
    "remedy",
    "check-retaliation",
    "recheck",
    "appeal",
]
LASTING = frozenset({"check-retaliation", "recheck"})
"""Duties by which people are protected and remedies looked after."""
OUTLIVING = LASTING | {"appeal"}
"""Duties that go on when a case is closed."""


OFFICE = "office"
"""The party of the duties that we owe the complainant ourselves."""

DISCLOSING = frozenset({"disclose-facts", "disclose-identity"})

STANDS_STILL = frozenset({"assess", "feedback"})
"""The office's duties that rest while a case is on hold; what others owe goes on."""

_UNTRIAGED = frozenset({"received", "acknowledged", "reopened"})
_NOT_TAKEN_UP = frozenset({"triaged", "reopened"})
_UNASKED = _NOT_TAKEN_UP | {"assessing"}
_NOT_ENGAGED = _UNTRIAGED | {"triaged", "consent_pending", "assessing"}


class Duty(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that a party must do by a time. `subject` is the escalation or the remedy item, where it has one."""

    duty: DutyKind
    party: str
    started_at: Instant
    due_at: Instant
    met_at: Instant | None = None
    subject: UUID | None = None

    def overdue(self, now: datetime) -> bool:
        """Whether the duty is still unmet after its time."""
        return self.met_at is None and self.due_at < now


class Course(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a case stands. `taken_up`: somebody is assigned or a party engaged, so that assessing has begun."""

    state: State = "received"
    duties: tuple[Duty, ...] = ()
    taken_up: bool = False
    held_since: Instant | None = None
    merged: bool = False

    @property
    def open_duties(self) -> Sequence[Duty]:
        """The duties that run: of a closed case those that outlive it, on hold those of others, merged none."""
        if self.merged:
            return ()
        waiting = [duty for duty in self.duties if duty.met_at is None and not self.rests(duty)]
        return [duty for duty in waiting if duty.duty in OUTLIVING] if self.ended else waiting

    @property
    def ended(self) -> bool:
        """Whether the case is closed, also while an appeal against that waits."""
        return self.state in {"closed", "appealed"}

    def rests(self, duty: Duty) -> bool:
        """Whether a hold keeps the duty from running."""
        return self.held_since is not None and duty.party == OFFICE and duty.duty in STANDS_STILL

    @property
    def next_due(self) -> datetime | None:
        """When the earliest open duty is due."""
        return min((duty.due_at for duty in self.open_duties), default=None)


def after(course: Course, recorded: Recorded) -> Course:
    """Return the course after a fact; a fact without bearing on it changes nothing."""
    at = recorded.envelope.occurred_at
    duties = _duties_after(course, recorded.event, at)
    taken_up = course.taken_up or isinstance(recorded.event, facts.CaseAssigned | facts.CaseEscalated)
    return Course(
        _state_after(course.state, recorded.event, duties),
        duties,
        taken_up,
        _held(course, recorded.event, at),
        _merged(course, recorded.event),
    )


def _held(course: Course, event: Event, at: datetime) -> datetime | None:
    match event:
        case handling.CaseHeld():
            return at
        case handling.CaseReleased() | facts.CaseClosed():
            return None
        case _:
            return course.held_since


def _merged(course: Course, event: Event) -> bool:
    if isinstance(event, together.CaseMerged | together.CaseUnmerged):
        return isinstance(event, together.CaseMerged)
    return course.merged


def _state_after(state: State, event: Event, duties: tuple[Duty, ...]) -> State:  # noqa: C901, PLR0911 - one table
    match event:
        case facts.CaseAcknowledged() if state == "received":
            return "acknowledged"
        case facts.CaseTriaged() if state in _UNTRIAGED:
            return "triaged"
        case facts.CaseAssigned() if state in _NOT_TAKEN_UP:
            return "assessing"
        case facts.ConsentRecorded(purpose=purpose) if purpose in DISCLOSING and state in _NOT_TAKEN_UP | {
            "consent_pending"
        }:
            return "assessing"
        case facts.CaseEscalated() if state in _NOT_ENGAGED:
            return "engaged"
        case facts.RemedyPlanAgreed():
            return "plan_agreed"
        case facts.RemedyItemCompleted():
            return "remedy_reported" if _all_reported(duties) else "remediating"
        case facts.RemedyItemVerified():
            return "verifying"
        case facts.RemedyItemRefuted():
            return "remediating"
        case facts.CaseClosed():
            return "closed"
        case facts.CaseReopened():
            return "reopened"
        case _:
            return _state_between(state, event, duties)


def _state_between(state: State, event: Event, duties: tuple[Duty, ...]) -> State:  # noqa: PLR0911 - one table
    """Return the state after a step that not every case takes."""
    match event:
        case procedure.ConsentRequested(purpose=purpose) if purpose in DISCLOSING and state in _UNASKED:
            return "consent_pending"
        case procedure.ConsentDeclined() if state == "consent_pending":
            return "assessing"
        case procedure.InvestigationOpened() if state in _UNASKED | {"consent_pending", "engaged"}:
            return "investigating"
        case procedure.InvestigationReported() if state == "investigating":
            return "engaged" if any(duty.duty == "answer" for duty in duties) else "assessing"
        case procedure.MonitoringStarted():
            return "monitoring"
        case procedure.AppealFiled():
            return "appealed"
        case procedure.AppealDecided() if state == "appealed":
            return "closed"
        case _:
            return state


def _duties_after(course: Course, event: Event, at: datetime) -> tuple[Duty, ...]:  # noqa: C901, PLR0911, PLR0912 - one table
    duties = course.duties
    match event:
        case facts.CaseOpened(acknowledge_by=due) if due is not None:
            return (*duties, Duty(duty="acknowledge", party=OFFICE, started_at=at, due_at=due))
        case facts.CaseAcknowledged(feedback_by=due):
            met = _met(duties, "acknowledge", at)
            return met if due is None else (*met, Duty(duty="feedback", party=OFFICE, started_at=at, due_at=due))
        case handling.FeedbackGiven():
            return _met(duties, "feedback", at)
        case handling.CaseHeld(until=until):
            return (*_met(duties, "hold", at), Duty(duty="hold", party=OFFICE, started_at=at, due_at=until))
        case handling.CaseReleased():
            return _met(_shifted(course, at), "hold", at)
        case facts.CaseClosed():
            return _met(_met(_shifted(course, at), "feedback", at), "hold", at)
        case facts.CaseTriaged(assess_by=due):
            return _assess_anew(course, due, at)
        case facts.CaseAssigned():
            return _met(duties, "assess", at)
        case facts.CaseEscalated():
            return (*_met(duties, "assess", at), _answer(event, at))
        case facts.EmployerResponseRecorded(escalation_id=subject):
            return _met(duties, "answer", at, subject)
        case protection.RetaliationWatchStarted():
            return (*duties, *_checks(event, at))
        case protection.RetaliationChecked():
            return _checked(duties, at)
        case remedying.RecheckScheduled(item_id=subject, recheck_at=due):
            return (*duties, Duty(duty="recheck", party=OFFICE, started_at=at, due_at=due, subject=subject))
        case remedying.RemedyRechecked(item_id=subject):
            return _met(duties, "recheck", at, subject)
        case procedure.InvestigationOpened(investigation_id=subject, report_by=due, organisation_id=party):
            whose = OFFICE if party is None else str(party)
            return (*duties, Duty(duty="investigate", party=whose, started_at=at, due_at=due, subject=subject))
        case procedure.InvestigationReported(investigation_id=subject):
            return _met(duties, "investigate", at, subject)
        case procedure.AppealFiled(appeal_id=subject, decide_by=due):
            return (*duties, Duty(duty="appeal", party=OFFICE, started_at=at, due_at=due, subject=subject))
        case procedure.AppealDecided(appeal_id=subject):
            return _met(duties, "appeal", at, subject)
        case facts.RemedyPlanAgreed(items=items):
            return (*duties, *(_remedy(item, at) for item in items))
        case facts.RemedyItemCompleted(item_id=subject, complete=True):
            return _met(duties, "remedy", at, subject)
        case facts.RemedyItemRefuted(item_id=subject):
            return tuple(_unmet(duty) if (duty.duty, duty.subject) == ("remedy", subject) else duty for duty in duties)
        case _:
            return duties


def _shifted(course: Course, at: datetime) -> tuple[Duty, ...]:
    """A hold that ends gives back the time that it took."""
    if course.held_since is None:
        return course.duties
    rested = at - course.held_since
    return tuple(
        msgspec.structs.replace(duty, due_at=duty.due_at + rested)
        if duty.met_at is None and course.rests(duty)
        else duty
        for duty in course.duties
    )


def _met(duties: tuple[Duty, ...], kind: DutyKind, at: datetime, subject: UUID | None = None) -> tuple[Duty, ...]:
    return tuple(
        msgspec.structs.replace(duty, met_at=at)
        if duty.met_at is None and (duty.duty, duty.subject) == (kind, subject)
        else duty
        for duty in duties
    )


def _unmet(duty: Duty) -> Duty:
    return msgspec.structs.replace(duty, met_at=None)


def _assess_anew(course: Course, due: datetime | None, at: datetime) -> tuple[Duty, ...]:
    """A second triage sets the duty to assess anew, unless it was met."""
    if any(duty.duty == "assess" and duty.met_at is not None for duty in course.duties):
        return course.duties
    others = tuple(duty for duty in course.duties if duty.duty != "assess")
    if due is None:
        return others
    met_at = at if course.taken_up else None
    return (*others, Duty(duty="assess", party=OFFICE, started_at=at, due_at=due, met_at=met_at))


def _answer(escalated: facts.CaseEscalated, at: datetime) -> Duty:
    return Duty(
        duty="answer",
        party=str(escalated.organisation_id),
        started_at=at,
        due_at=escalated.answer_by,
        subject=escalated.escalation_id,
    )


def _checks(watch: protection.RetaliationWatchStarted, at: datetime) -> Iterator[Duty]:
    for due_at in watch.check_at:
        subject = derived_id("retaliation-check", watch.organisation_id.hex, due_at.isoformat())
        yield Duty(duty="check-retaliation", party=OFFICE, started_at=at, due_at=due_at, subject=subject)


def _checked(duties: tuple[Duty, ...], at: datetime) -> tuple[Duty, ...]:
    """All checks that were due are done, or else the next one."""
    waiting = [duty.due_at for duty in duties if duty.duty == "check-retaliation" and duty.met_at is None]
    by = max(at, min(waiting, default=at))
    return tuple(
        msgspec.structs.replace(duty, met_at=at)
        if duty.duty == "check-retaliation" and duty.met_at is None and duty.due_at <= by
        else duty
        for duty in duties
    )


def _remedy(item: facts.RemedyItem, at: datetime) -> Duty:
    end_of_day = datetime.combine(item.due_on, time.max, UTC)
    return Duty(duty="remedy", party=item.owner, started_at=at, due_at=end_of_day, subject=item.item_id)


def _all_reported(duties: tuple[Duty, ...]) -> bool:
    remedies = [duty for duty in duties if duty.duty == "remedy"]
    return bool(remedies) and all(duty.met_at is not None for duty in remedies)
