"""Questions that are asked by rule: planned when what they are about happens, and asked or withheld when it is time."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from services.cases.domain.questions import LIFE, Ask, ask, still_asks, waiting
from services.cases.domain.state import Case
from services.cases.domain.tasks import UNASSIGNED
from shared.errors import GateClosedError
from shared.events import cases as facts
from shared.events import desk, protection, remedying
from shared.events import questions as told
from shared.events.envelope import Event
from shared.ids import derived_id
from shared.policy import Policy

UNASKED: frozenset[facts.CloseReason] = frozenset({"duplicate", "unreachable"})
"""Closings after which nobody is asked how content they are: they were not, or not here, served to the end."""

IN_PERSON: Mapping[told.RuledKind, str] = {
    "remedy-arrived": "Ask the complainant in person whether the remedy arrived.",
    "remedy-lasts": "Ask the complainant in person whether the remedy lasts.",
    "retaliation": "Ask the complainant in person whether anybody suffers for the complaint.",
    "satisfaction": "Ask the complainant in person how content they are.",
}

About = tuple[told.RuledKind, UUID | None, datetime]
"""What kind of question, about which remedy, counted from when."""


def planned(case: Case, said: Sequence[Event], *, at: datetime, now: datetime, policy: Policy) -> Sequence[Event]:
    """Return what is to be asked because of what is said `now` and was true `at`.

    Of a case that no message began, nothing ever is; nor what, by the rules, was to be asked so long ago that an
    answer would not be waited for any more: whoever writes history down asks nobody.
    """
    if case.opening.report_id is None:
        return []
    plans = (
        told.QuestionPlanned(
            question_id=derived_id("planned-question", f"{case.case_id} {kind} {item_id} {counted_from.isoformat()}"),
            kind=kind,
            counted_from=counted_from,
            ask_at=max(at, counted_from + policy.asking[kind].wait),
            otherwise=policy.asking[kind].otherwise,
            policy=policy.label,
            item_id=item_id,
        )
        for event in said
        for kind, item_id, counted_from in _about(event, at)
        if kind in policy.asking
    )
    return [one for one in plans if one.ask_at + LIFE > now]


def prompted(case: Case, due: told.QuestionPlanned, *, at: datetime, elsewhere: datetime | None) -> Sequence[Event]:
    """Ask what was planned, put it off, or say why it is not asked.

    `elsewhere`: until when another case of theirs waits for an answer, None where none does.
    """
    if not _stands(case, due):
        return [_withheld(due, "overtaken")]
    open_here = waiting(case, at)
    busy_until = open_here.asked.expires_at if open_here is not None else elsewhere
    if busy_until is not None:
        return [replace(due, ask_at=busy_until)]
    command = Ask(kind=due.kind, item_id=due.item_id)
    try:
        return ask(case, command, at=at, question_id=due.question_id, elsewhere=False)
    except GateClosedError as closed:
        task = [_for_a_person(case, due)] if due.otherwise == "task" else []
        return [_withheld(due, closed.gate), *task]


def task_of(due: told.QuestionPlanned) -> UUID:
    """Return the id of the task that a person gets where no message may ask."""
    return derived_id("task-of-planned-question", str(due.question_id))


def _about(event: Event, at: datetime) -> Iterator[About]:
    match event:
        case facts.RemedyItemCompleted(item_id=item_id, complete=True):
            yield "remedy-arrived", item_id, at
        case remedying.RecheckScheduled(item_id=item_id, recheck_at=recheck_at):
            yield "remedy-lasts", item_id, recheck_at
        case protection.RetaliationWatchStarted(check_at=times):
            for check_at in times:
                yield "retaliation", None, check_at
        case facts.CaseClosed(reason=reason) if reason not in UNASKED:
            yield "satisfaction", None, at
        case _:
            return


def _stands(case: Case, due: told.QuestionPlanned) -> bool:
    """Whether there is still somebody to ask, and something that is not known yet."""
    if case.retired or not still_asks(case, due.kind, due.item_id):
        return False
    match due.kind:
        case "remedy-arrived":
            return not case.course.ended
        case "retaliation":
            return any(one.done_at is None and one.due_at == due.counted_from for one in case.watch.checks)
        case "satisfaction":
            return case.satisfaction_at is None or case.satisfaction_at < due.counted_from
        case _:
            return True


def _withheld(due: told.QuestionPlanned, because: str) -> told.QuestionWithheld:
    return told.QuestionWithheld(question_id=due.question_id, kind=due.kind, because=because, item_id=due.item_id)


def _for_a_person(case: Case, due: told.QuestionPlanned) -> desk.TaskAdded:
    """The handler asks, or whoever will be; how content somebody is, another does."""
    handler = None if due.kind == "satisfaction" else case.assignee
    return desk.TaskAdded(task_id=task_of(due), what=IN_PERSON[due.kind], assignee=handler or UNASSIGNED)
