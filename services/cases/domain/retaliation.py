"""Protecting people after a disclosure: asking at intervals, and what a report of reprisals stops."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.cases.domain.attempts import tried
from services.cases.domain.commands import Command
from services.cases.domain.gates import said, still_open
from services.cases.domain.state import Case
from shared.errors import GateClosedError, InvalidError
from shared.events import cases as facts
from shared.events import protection as told
from shared.events.envelope import Event
from shared.policy import Policy


class ReportRetaliation(Command, frozen=True, kw_only=True):
    """Somebody suffers for the complaint."""

    acts: tuple[told.Reprisal, ...]
    statement: str
    organisation_id: UUID | None = None


class CheckRetaliation(Command, frozen=True, kw_only=True):
    """The workers were asked whether anybody suffers for the complaint, or could not be reached."""

    outcome: told.CheckOutcome
    statement: str | None = None
    acts: tuple[told.Reprisal, ...] = ()


class ReleaseDisclosure(Command, frozen=True, kw_only=True):
    """Let consents hold again that rest since retaliation was reported."""

    reason: str


def watch_after(case: Case, escalated: Sequence[Event], *, at: datetime, policy: Policy) -> Sequence[Event]:
    """Return the watch that begins when an organisation learns of the case for the first time."""
    return [
        told.RetaliationWatchStarted(
            organisation_id=sent.organisation_id, check_at=tuple(at + wait for wait in policy.watch.checks)
        )
        for sent in escalated
        if isinstance(sent, facts.CaseEscalated)
        and policy.watch.checks
        and not case.watch.watches(sent.organisation_id)
    ]


def report(case: Case, command: ReportRetaliation, *, policy: Policy) -> Sequence[Event]:
    """Put a reprisal on record, of a closed case too: it ends no duty to protect."""
    if not command.acts:
        raise InvalidError("'acts' names at least one kind of reprisal.", field="acts")
    return [
        told.RetaliationReported(
            number=case.opening.number,
            acts=tuple(dict.fromkeys(command.acts)),
            severity=min(policy.severities),
            statement=said(command.statement, "statement"),
            organisation_id=command.organisation_id,
        )
    ]


def check(case: Case, command: CheckRetaliation, *, policy: Policy) -> Sequence[Event]:
    """Put on record that the workers were asked; what they report is a report."""
    if not any(one.done_at is None for one in case.watch.checks):
        raise GateClosedError(
            "watch-running",
            "No check waits: nothing was disclosed yet, or every check is done.",
            opens="Escalate the case first; what a worker reports is taken by 'report-retaliation' at any time.",
        )
    attempts = tried(case, policy) if command.outcome == "not-reached" else None
    checked = told.RetaliationChecked(outcome=command.outcome, attempts=attempts, statement=command.statement)
    if command.outcome != "reported":
        return [checked]
    reporting = ReportRetaliation(acts=command.acts, statement=command.statement or "")
    return [checked, *report(case, reporting, policy=policy)]


def release(case: Case, command: ReleaseDisclosure) -> Sequence[Event]:
    """Let consents hold again that rested."""
    still_open(case)
    if case.watch.resting_since is None:
        raise GateClosedError("resting", "No consent rests.", opens="Only what rests can be released.")
    return [told.DisclosureReleased(reason=said(command.reason, "reason"))]
