"""Questions that a machine puts to the complainant: when one may be asked, and what an answer that came back moves."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from services.cases.domain import lasting, remedies, retaliation, tasks
from services.cases.domain.commands import Command, VerifyItem
from services.cases.domain.gates import said, still_open
from services.cases.domain.lasting import RecheckItem
from services.cases.domain.replies import read, stars
from services.cases.domain.retaliation import CheckRetaliation, ReportRetaliation
from services.cases.domain.state import Case, Question
from shared.errors import GateClosedError, InvalidError
from shared.events import cases as facts
from shared.events import desk
from shared.events import questions as told
from shared.events.envelope import Event
from shared.ids import derived_id
from shared.policy import Policy

LIFE = timedelta(days=14)
"""How long an answer is waited for; as long as the message that asks may take to arrive."""

NEEDS: Mapping[told.QuestionKind, tuple[str, str, str]] = {
    "remedy-arrived": ("completed", "item-completed", "Report the item as complete, with evidence."),
    "remedy-lasts": ("verified", "item-verified", "Verify the item first; only what was verified is re-checked."),
}
"""The state of the item that a question is about, the gate that demands it, and what opens that."""

TASK = "Read the answer of the complainant."
ANSWERED = "The complainant answered our message: {reply}."


class Ask(Command, frozen=True, kw_only=True):
    """Ask the complainant something by a message of the system, on their safe channel."""

    kind: told.QuestionKind
    item_id: UUID | None = None
    text: str | None = None


class Heard(msgspec.Struct, frozen=True):
    """A message of the complainant: what it says in plain words, and as it lies on the record."""

    message_id: UUID
    plain: str
    sealed: str


def waiting(case: Case, at: datetime) -> Question | None:
    """Return the question that waits for an answer: the last one, unless it was answered, outlived or overtaken."""
    last = case.questions[-1] if case.questions else None
    if last is None or last.answer is not None or last.asked.expires_at <= at:
        return None
    return last if still_asks(case, last.asked.kind, last.asked.item_id) else None


def ask(case: Case, command: Ask, *, at: datetime, question_id: UUID, elsewhere: bool) -> Sequence[Event]:
    """Ask one thing at a time, of who can answer safely. `elsewhere`: another case of theirs waits for an answer."""
    if command.kind in {"remedy-arrived", "free"}:
        still_open(case)
    if command.kind == "satisfaction" and case.state != "closed":
        raise GateClosedError(
            "case-closed", "The case is open.", opens="How content they are is asked when the case has come to its end."
        )
    _demand_item(case, command)
    if (command.text is not None) != (command.kind == "free"):
        raise InvalidError("'text' is the question of the kind 'free', and of no other.", field="text")
    _answerable(case)
    if elsewhere or waiting(case, at) is not None:
        raise GateClosedError(
            "one-question",
            "The complainant was asked something already, and an answer could be to either.",
            opens="Wait for the answer, or until the question ends after 14 days; or ask in person.",
        )
    return [
        told.QuestionAsked(
            question_id=question_id,
            kind=command.kind,
            report_id=_report(case),
            expires_at=at + LIFE,
            item_id=command.item_id,
            text=said(command.text, "text") if command.kind == "free" else None,
        )
    ]


def answer(case: Case, heard: Heard, *, at: datetime, policy: Policy) -> Sequence[Event]:
    """Take a message as the answer to the question that waits; one that says neither yes nor no, a person reads."""
    question = waiting(case, at)
    if question is None:
        return []
    asked = question.asked
    reply = _reply(asked, heard.plain)
    if reply is None:
        return _received(case, question, heard, "unclear")
    try:
        follows = _following(case, asked, reply, stars(heard.plain), at=at, policy=policy)
        moved = asked.kind != "free"
    except GateClosedError:
        follows, moved = [], False
    answered = told.QuestionAnswered(
        question_id=asked.question_id,
        kind=asked.kind,
        message_id=heard.message_id,
        reply=reply,
        text=heard.sealed,
        moved=moved,
    )
    return [answered, *follows, *([] if moved else [_for_a_person(case, asked, _task_of_answer(asked))])]


def keep(case: Case, heard: Heard, *, at: datetime) -> Sequence[Event]:
    """Put a message on record that came when no question waited, if it came while one was still in mind.

    That is, after an answer until the question would have ended, and for as long again where nothing was answered.
    """
    if not case.questions:
        return []
    last = case.questions[-1]
    because = _no_answer(last, at)
    return [] if because is None else _received(case, last, heard, because)


def _no_answer(question: Question, at: datetime) -> told.NoAnswer | None:
    ended = question.asked.expires_at <= at
    if question.answer is not None:
        return None if ended else "second"
    if not ended:
        return "overtaken"
    return "late" if at < question.asked.expires_at + LIFE else None


def _received(case: Case, question: Question, heard: Heard, because: told.NoAnswer) -> Sequence[Event]:
    """Keep a reply once, with one task at a time for whoever reads what came to this question."""
    answered = {question.answer.message_id} if question.answer else set()
    if heard.message_id in answered | {one.message_id for one in question.replies}:
        return []
    asked = question.asked
    reply = told.ReplyReceived(
        question_id=asked.question_id,
        kind=asked.kind,
        message_id=heard.message_id,
        because=because,
        text=heard.sealed,
    )
    task = _for_a_person(case, asked, _task_of_reply(heard.message_id))
    earlier = {_task_of_answer(asked), *(_task_of_reply(one.message_id) for one in question.replies)}
    waits = any(one.added.task_id in earlier and one.done_at is None for one in case.tasks)
    return [reply] if waits else [reply, task]


def _reply(asked: told.QuestionAsked, plain: str) -> told.Reply | None:
    match asked.kind:
        case "free":
            return "said"
        case "satisfaction":
            return "said" if stars(plain) is not None else None
        case _:
            return read(plain)


def _following(
    case: Case, asked: told.QuestionAsked, reply: told.Reply, number: int | None, *, at: datetime, policy: Policy
) -> Sequence[Event]:
    statement, yes = ANSWERED.format(reply=reply), reply == "yes"
    match asked.kind, asked.item_id:
        case "remedy-arrived", UUID() as item_id:
            outcome = VerifyItem(item_id=item_id, outcome="confirmed" if yes else "refuted", statement=statement)
            word = remedies.verify_item(case, outcome, by="", policy=policy)
            return [*word, *lasting.recheck_after(word, at=at, policy=policy)]
        case "remedy-lasts", UUID() as item_id:
            looked = RecheckItem(item_id=item_id, outcome="lasts" if yes else "relapsed", statement=statement)
            return lasting.recheck(case, looked, policy=policy)
        case "satisfaction", _ if number is not None:
            return [facts.SatisfactionRecorded(stars=number)]
        case "retaliation", _:
            return _of_retaliation(case, statement, policy, yes=yes)
        case _:
            return []


def _of_retaliation(case: Case, statement: str, policy: Policy, *, yes: bool) -> Sequence[Event]:
    """A yes is a report, whether or not a check was due; a no is the check that was due, if one was."""
    due = any(one.done_at is None for one in case.watch.checks)
    if yes and not due:
        return retaliation.report(case, ReportRetaliation(acts=("other",), statement=statement), policy=policy)
    outcome = CheckRetaliation(
        outcome="reported" if yes else "none", statement=statement, acts=("other",) if yes else ()
    )
    return retaliation.check(case, outcome, policy=policy) if due else []


def _for_a_person(case: Case, asked: told.QuestionAsked, task_id: UUID) -> desk.TaskAdded:
    """What nothing follows from by itself, the handler reads, or whoever will be; of themselves, another does."""
    handler = None if asked.kind == "satisfaction" else case.assignee
    return desk.TaskAdded(task_id=task_id, what=TASK, assignee=handler or tasks.UNASSIGNED)


def _task_of_answer(asked: told.QuestionAsked) -> UUID:
    return derived_id("task-of-answer", str(asked.question_id))


def _task_of_reply(message_id: UUID) -> UUID:
    return derived_id("task-of-reply", str(message_id))


def still_asks(case: Case, kind: told.QuestionKind, item_id: UUID | None) -> bool:
    """Whether what a question is about stands as it must."""
    if kind == "satisfaction":
        return case.state == "closed"
    if kind not in NEEDS:
        return True
    item = case.item(item_id) if item_id else None
    return item is not None and item.status == NEEDS[kind][0]


def _demand_item(case: Case, command: Ask) -> None:
    needs = NEEDS.get(command.kind)
    if (command.item_id is not None) != (needs is not None):
        raise InvalidError("'item_id' names the remedy that is asked about, for questions about one.", field="item_id")
    if needs is not None and command.item_id is not None:
        remedies.promised(case, command.item_id)
        if not still_asks(case, command.kind, command.item_id):
            raise GateClosedError(needs[1], f"The item is not {needs[0]}.", opens=needs[2])


def _answerable(case: Case) -> None:
    """Let a machine ask only where it may write, and where who answers is surely who complained."""
    contact = case.safe_contact
    shared = contact is not None and (contact.shared or any(way.shared for way in contact.further))
    if contact is None or contact.do_not_contact or not contact.automatic or shared:
        raise GateClosedError(
            "safe-channel",
            "No machine may write to the complainant: there is no safe way, they share it, or they asked for a person.",
            opens="Ask in person, and record the answer; or set a safe contact that they agreed to.",
        )
    if contact.code_word is not None:
        raise GateClosedError(
            "code-word", "A code word comes first, and a message cannot give it.", opens="Ask in person."
        )


def _report(case: Case) -> UUID:
    if case.opening.report_id is None:
        raise GateClosedError(
            "sender-known",
            "The case did not come in by a message, so nobody could tell whose answer it is.",
            opens="Ask in person, and record the answer.",
        )
    return case.opening.report_id
