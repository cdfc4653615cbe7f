"""What may be done with a case now, and which gate keeps the rest closed: found by trying the decisions themselves.

There is no second list of rules. A command is tried with words of which none matters to a gate; whether it is refused
for its words is a question of the form, not of the procedure.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import NamedTuple, get_args
from uuid import UUID

from services.cases.domain import (
    appeals,
    attempts,
    closing,
    commands,
    disclosure,
    handling,
    investigating,
    opening,
    questions,
    remedies,
    tasks,
    trying_together,
)
from services.cases.domain import asking as asking_
from services.cases.domain.state import Case
from services.cases.domain.trying import NOBODY, PAID, WORD, Asking, Trial
from shared.errors import GateClosedError, InvalidError, NotFoundError
from shared.events import cases as facts


class Closed(NamedTuple):
    """A command that would be refused, by which gate, and what opens it."""

    command: str
    gate: str
    detail: str
    opens: str


def closed(case: Case, asking: Asking) -> Mapping[str, Closed | None]:
    """Return each command that gates guard: None where it may be given now, else why not."""
    return {name: _first_refusal(name, trials(case, asking)) for name, trials in TRIALS.items()}


def _first_refusal(name: str, trials: Iterable[Trial]) -> Closed | None:
    """A command on one of several things is open as soon as one of them takes it."""
    refusals: list[Closed] = []
    for trial in trials:
        try:
            trial()
        except GateClosedError as refused:
            refusals.append(Closed(name, refused.gate, refused.detail, str(refused.fields["opens"])))
        except (InvalidError, NotFoundError):
            return None
        else:
            return None
    return refusals[0]


def _acknowledge(case: Case, asking: Asking) -> Iterable[Trial]:
    command = commands.Acknowledge(no_safe_channel_because=WORD)
    yield lambda: opening.acknowledge(case, command, at=asking.at, policy=asking.policy)


def _triage(case: Case, asking: Asking) -> Iterable[Trial]:
    issues = tuple(asking.policy.issues)[:1]
    command = commands.TriageCase(issues=issues, admissible=True, admissibility_reason=WORD, danger_now=False)
    yield lambda: opening.triage(case, command, at=asking.at, policy=asking.policy)


def _escalate(case: Case, asking: Asking) -> Iterable[Trial]:
    for party, organisation in (*asking.organisations.items(), (NOBODY, None)):
        command = commands.Escalate(organisation_id=party, level="employer", brief=WORD)
        yield lambda command=command, organisation=organisation: disclosure.escalate(  # type: ignore[misc]  # bound
            case, command, at=asking.at, escalation_id=NOBODY, organisation=organisation, policy=asking.policy
        )


def _respond(case: Case, _asking: Asking) -> Iterable[Trial]:
    for party in (*(one.sent.organisation_id for one in case.escalations), NOBODY):
        command = commands.Respond(organisation_id=party, position="accepted")
        yield lambda command=command: disclosure.respond(case, command)  # type: ignore[misc]  # bound


def _plan(case: Case, asking: Asking) -> Iterable[Trial]:
    item = commands.PlannedItem(remedy=next(iter(asking.policy.remedies)), owner=WORD, due_on=date.max)
    command = commands.AgreePlan(items=(item,), complainant_consulted=True)
    yield lambda: remedies.agree_plan(case, command, new_id=lambda: NOBODY, policy=asking.policy)


def _items(case: Case) -> Iterable[UUID]:
    return (*(item.promise.item_id for item in case.items), NOBODY)


def _complete_item(case: Case, asking: Asking) -> Iterable[Trial]:
    for item_id in _items(case):
        command = commands.CompleteItem(item_id=item_id, evidence=WORD, paid=PAID)
        yield lambda command=command: remedies.complete_item(case, command, policy=asking.policy)  # type: ignore[misc]  # bound


def _verify_item(case: Case, asking: Asking) -> Iterable[Trial]:
    for item_id in _items(case):
        command = commands.VerifyItem(item_id=item_id, outcome="confirmed")
        yield lambda command=command: remedies.verify_item(case, command, by=asking.by, policy=asking.policy)  # type: ignore[misc]  # bound


def _close(case: Case, asking: Asking) -> Iterable[Trial]:
    for reason in ("unremedied", *get_args(facts.CloseReason)):
        command = commands.CloseCase(reason=reason, explanation=WORD, surviving_case_id=NOBODY)
        yield lambda command=command: closing.close(  # type: ignore[misc]  # bound
            case, command, by=asking.by, survivor_known=True, policy=asking.policy
        )


def _decline(case: Case, _asking: Asking) -> Iterable[Trial]:
    wanted = [(one.recipient, one.purpose) for one in case.steps.asked] or [(WORD, "statistics")]
    for recipient, purpose in wanted:
        command = asking_.DeclineConsent(recipient=recipient, purpose=purpose)
        yield lambda command=command: asking_.decline_consent(case, command)  # type: ignore[misc]  # bound


def _attempt(case: Case, _asking: Asking) -> Iterable[Trial]:
    channel = case.safe_contact.channel if case.safe_contact else case.opening.channel
    command = attempts.AttemptContact(channel=channel, outcome="reached")
    yield lambda: attempts.attempt_contact(case, command)


def _investigate(case: Case, asking: Asking) -> Iterable[Trial]:
    until = asking.at + timedelta(days=1)
    command = investigating.OpenInvestigation(kind="internal", terms=WORD, report_by=until)
    yield lambda: investigating.open_investigation(
        case, command, at=asking.at, investigation_id=NOBODY, organisation_known=True
    )


def _report(case: Case, _asking: Asking) -> Iterable[Trial]:
    for known in (*(one.opened.investigation_id for one in case.steps.investigations), NOBODY):
        command = investigating.ReportInvestigation(investigation_id=known, finding="partly", report=WORD)
        yield lambda command=command: investigating.report_investigation(case, command)  # type: ignore[misc]  # bound


def _ask(case: Case, asking: Asking) -> Iterable[Trial]:
    about_items = [(kind, item_id) for kind in questions.NEEDS for item_id in _items(case)]
    for kind, item_id in (*about_items, ("retaliation", None)):
        command = questions.Ask(kind=kind, item_id=item_id)
        yield lambda command=command: questions.ask(  # type: ignore[misc]  # bound
            case, command, at=asking.at, question_id=NOBODY, elsewhere=False
        )


TRIALS: Mapping[str, Callable[[Case, Asking], Iterable[Trial]]] = {
    "acknowledge": _acknowledge,
    "triage": _triage,
    "assign": lambda case, _: [lambda: opening.assign(case, commands.Assign(assignee=WORD))],
    "feedback": lambda case, _: [lambda: handling.give_feedback(case, handling.GiveFeedback(channel=WORD))],
    "hold": lambda case, asking: [
        lambda: handling.hold(
            case, handling.Hold(waits_for="other", until=asking.at + timedelta(days=1), reason=WORD), at=asking.at
        )
    ],
    "release": lambda case, _: [lambda: handling.release(case, handling.Release())],
    "note": lambda case, _: [lambda: opening.note(case, commands.AddNote(text=WORD))],
    "task": lambda case, asking: [
        lambda: tasks.add_task(case, tasks.AddTask(what=WORD, assignee=WORD), task_id=NOBODY, at=asking.at)
    ],
    "consent": lambda case, asking: [
        lambda: disclosure.consent(
            case, commands.RecordConsent(recipient=WORD, purpose="statistics"), by=asking.by, recipient_known=True
        )
    ],
    "request-consent": lambda case, _: [
        lambda: asking_.request_consent(
            case, asking_.RequestConsent(recipient=WORD, purpose="statistics"), recipient_known=True
        )
    ],
    "decline-consent": _decline,
    "attempt-contact": _attempt,
    "investigate": _investigate,
    "report-investigation": _report,
    "monitor": lambda case, _: [lambda: investigating.monitor(case, investigating.Monitor())],
    "ask": _ask,
    "escalate": _escalate,
    "respond": _respond,
    "plan": _plan,
    "complete-item": _complete_item,
    "verify-item": _verify_item,
    "check-withdrawal": lambda case, asking: [
        lambda: appeals.check_withdrawal(
            case, appeals.CheckWithdrawal(outcome="free"), by=asking.by, policy=asking.policy
        )
    ],
    "close": _close,
    "appeal": lambda case, asking: [
        lambda: appeals.file_appeal(
            case,
            appeals.FileAppeal(by="complainant", grounds=WORD),
            at=asking.at,
            appeal_id=NOBODY,
            policy=asking.policy,
        )
    ],
    "decide-appeal": lambda case, asking: [
        lambda: appeals.decide_appeal(case, appeals.DecideAppeal(outcome="dismissed", reason=WORD), by=asking.by)
    ],
    "reopen": lambda case, _: [lambda: closing.reopen(case, commands.ReopenCase(reason=WORD))],
    **trying_together.TRIALS,
}
"""The commands that gates guard, each with how it is tried."""
