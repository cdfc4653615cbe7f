"""How each fact changes a case. Total: any selection of a case's facts that starts with its opening folds."""

from collections.abc import Callable, Iterable
from uuid import UUID

from msgspec.structs import replace

from services.cases.domain import crew, door, steps, tasks, watch, yields
from services.cases.domain.course import DISCLOSING, Course, after
from services.cases.domain.state import Case, Closure, Consent, ContactChange, Escalation, Item, Question, Task, Triage
from shared.errors import CorruptRecordError, NotFoundError
from shared.events import cases as facts
from shared.events import desk, protection, questions, safety
from shared.events.envelope import Envelope, Event, Recorded
from shared.events.parties import RecruitmentFeeReported


def replay(history: Iterable[Recorded]) -> Case | None:
    """Return the case after these facts, None when there are none."""
    case: Case | None = None
    for recorded in history:
        case = evolve(case, recorded)
    return case


def evolve(case: Case | None, recorded: Recorded) -> Case:
    """Return the case after one more fact."""
    if case is None:
        return _opened(recorded)
    moved = replace(case, version=recorded.envelope.stream_version, course=after(case.course, recorded))
    return _with(moved, recorded)


def _opened(recorded: Recorded) -> Case:
    envelope, event = recorded.envelope, recorded.event
    if envelope.stream != facts.CASE:
        raise NotFoundError(f"There is no case with the id {envelope.stream_id}.")
    if not isinstance(event, facts.CaseOpened):
        raise CorruptRecordError(f"The case {envelope.stream_id} begins with {envelope.type} instead of its opening.")
    return Case(
        case_id=envelope.stream_id,
        version=envelope.stream_version,
        opening=event,
        opened_at=envelope.occurred_at,
        opened_by=envelope.actor,
        course=after(Course(), recorded),
        issues=event.issues,
        subject=envelope.subject,
    )


def _with(case: Case, recorded: Recorded) -> Case:  # noqa: C901, PLR0911, PLR0912 - one table of all facts
    envelope, at, by = recorded.envelope, recorded.envelope.occurred_at, recorded.envelope.actor.id
    match recorded.event:
        case facts.CaseAcknowledged(channel=channel):
            return replace(case, acknowledged_at=at, acknowledged_on=channel)
        case facts.CaseTriaged(issues=issues, severity=severity) as event:
            return replace(case, issues=issues, severity=severity, triage=Triage(event, at, by))
        case facts.CaseAssigned(assignee=assignee, team=team):
            return replace(case, assignee=assignee, team=team, tasks=tasks.taken_over(case.tasks, assignee))
        case facts.ConflictDeclared(handler=handler):
            return replace(case, kept_out=(*case.kept_out, handler))
        case facts.ConflictLifted(handler=handler):
            return replace(case, kept_out=tuple(one for one in case.kept_out if one != handler))
        case facts.ConsentRecorded() as event:
            return replace(case, consents=(*case.consents, Consent(event, at)), steps=steps.after(case.steps, recorded))
        case facts.ConsentWithdrawn() as event:
            return replace(case, consents=tuple(_withdrawn(consent, event, envelope) for consent in case.consents))
        case facts.RespondentNamed() as event:
            return replace(case, respondents=(*case.respondents, event))
        case facts.CaseEscalated() as event:
            return replace(case, escalations=(*case.escalations, Escalation(event, at)))
        case facts.EmployerResponseRecorded() as event:
            return replace(case, escalations=tuple(_answered(one, event, envelope) for one in case.escalations))
        case facts.RemedyPlanAgreed(items=items):
            return replace(case, items=case.items + tuple(Item(promise=item) for item in items), planned_by=by)
        case facts.RemedyItemCompleted(item_id=item_id) as report:
            return _on_item(case, item_id, lambda item: _reported(item, report, by))
        case facts.RemedyItemVerified(item_id=item_id) as word:
            return _on_item(case, item_id, lambda item: _verified(item, word, by))
        case facts.RemedyItemRefuted(item_id=item_id, statement=statement):
            return _on_item(case, item_id, lambda item: _refuted(item, statement))
        case facts.CaseClosed() as event:
            return replace(case, closures=(*case.closures, Closure(event, at, by)))
        case facts.CaseReopened(reason=reason):
            closures = tuple(_reopened(closure, reason, envelope) for closure in case.closures)
            return replace(case, closures=closures, steps=steps.after(case.steps, recorded))
        case facts.CaseRetired():
            return replace(case, retired=True)
        case desk.TaskAdded() as event:
            return replace(case, tasks=(*case.tasks, Task(added=event, by=by, at=at)))
        case desk.TaskFinished() as event:
            return replace(case, tasks=tuple(_done(task, event, envelope) for task in case.tasks))
        case safety.SafeContactSet() as event:
            return replace(case, contact_change=ContactChange(event, envelope.stream_version))
        case facts.LegacyRecordImported() as event:
            return replace(case, legacy=event)
        case protection.RetaliationReported(severity=severity):
            rested = tuple(_resting(consent, rests=True) for consent in case.consents)
            issues = tuple(dict.fromkeys((*case.issues, protection.REPRISAL)))
            watched = watch.after(case.watch, recorded)
            return replace(case, severity=severity, issues=issues, consents=rested, watch=watched)
        case protection.DisclosureReleased():
            woken = tuple(_resting(consent, rests=False) for consent in case.consents)
            return replace(case, consents=woken, watch=watch.after(case.watch, recorded))
        case _:
            return _beside(case, recorded)


def _done(task: Task, event: desk.TaskFinished, envelope: Envelope) -> Task:
    if task.added.task_id != event.task_id or task.done_at is not None:
        return task
    return replace(task, done_at=envelope.occurred_at, done_by=envelope.actor.id, outcome=event.outcome)


def _beside(case: Case, recorded: Recorded) -> Case:
    """Take over what happens beside the course: at the door, around the people, among cases."""
    match recorded.event:
        case RecruitmentFeeReported() as event:
            return replace(case, fees=(*case.fees, event))
        case facts.SatisfactionRecorded():
            return replace(case, satisfaction_at=recorded.envelope.occurred_at)
        case _:
            return replace(
                case,
                door=door.after(case.door, recorded),
                crew=crew.after(case.crew, recorded),
                watch=watch.after(case.watch, recorded),
                yields=yields.after(case.yields, recorded),
                steps=steps.after(case.steps, recorded),
                questions=_asked(case.questions, recorded),
                planned=_planned(case.planned, recorded.event),
            )


def _asked(known: tuple[Question, ...], recorded: Recorded) -> tuple[Question, ...]:
    at = recorded.envelope.occurred_at
    match recorded.event:
        case questions.QuestionAsked() as event:
            return (*known, Question(event, at))
        case questions.QuestionAnswered(question_id=answered) as event:
            return tuple(
                replace(one, answer=event, answered_at=at) if one.asked.question_id == answered else one
                for one in known
            )
        case questions.ReplyReceived(question_id=replied) as event:
            return tuple(
                replace(one, replies=(*one.replies, event)) if one.asked.question_id == replied else one
                for one in known
            )
        case _:
            return known


def _planned(known: tuple[questions.QuestionPlanned, ...], event: Event) -> tuple[questions.QuestionPlanned, ...]:
    match event:
        case questions.QuestionPlanned() | questions.QuestionWithheld() | questions.QuestionAsked():
            others = tuple(one for one in known if one.question_id != event.question_id)
            return (*others, event) if isinstance(event, questions.QuestionPlanned) else others
        case _:
            return known


def _resting(consent: Consent, *, rests: bool) -> Consent:
    return replace(consent, rests=rests) if consent.given.purpose in DISCLOSING else consent


def _withdrawn(consent: Consent, event: facts.ConsentWithdrawn, envelope: Envelope) -> Consent:
    if not consent.stands(event.recipient, frozenset({event.purpose})):
        return consent
    return replace(consent, withdrawn_at=envelope.occurred_at)


def _answered(escalation: Escalation, event: facts.EmployerResponseRecorded, envelope: Envelope) -> Escalation:
    if escalation.sent.escalation_id != event.escalation_id:
        return escalation
    return replace(escalation, answer=event, answered_at=envelope.occurred_at)


def _reopened(closure: Closure, reason: str, envelope: Envelope) -> Closure:
    if closure.reopened_at is not None:
        return closure
    return replace(closure, reopened_at=envelope.occurred_at, reopened_because=reason)


def _on_item(case: Case, item_id: UUID, change: Callable[[Item], Item]) -> Case:
    items = tuple(change(item) if item.promise.item_id == item_id else item for item in case.items)
    return replace(case, items=items)


def _reported(item: Item, event: facts.RemedyItemCompleted, by: str) -> Item:
    return replace(
        item,
        status="completed" if event.complete else "part_done",
        paid=item.paid_with(event.paid),
        evidence=(*item.evidence, event.evidence),
        reported_by=(*item.reported_by, by),
        workers_reached=item.workers_reached if event.workers is None else event.workers,
    )


def _verified(item: Item, event: facts.RemedyItemVerified, by: str) -> Item:
    return replace(
        item,
        status="verified",
        verified_by=by,
        method=event.method,
        attempts=event.attempts,
        statement=event.statement,
    )


def _refuted(item: Item, statement: str | None) -> Item:
    return replace(item, status="refuted", reported_by=(), statement=statement)
