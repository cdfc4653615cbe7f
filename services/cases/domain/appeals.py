"""Against an ending: the look for pressure before a withdrawal counts, and appeals that another reviewer decides."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.cases.domain import retaliation
from services.cases.domain.commands import Command
from services.cases.domain.gates import another_person, said, still_open
from services.cases.domain.state import Case
from shared.errors import GateClosedError
from shared.events import cases as facts
from shared.events import procedure as told
from shared.events.envelope import Event
from shared.events.protection import Reprisal
from shared.policy import Policy


class CheckWithdrawal(Command, frozen=True, kw_only=True):
    """Take down whether the complainant, asked in private, gives up of their own will."""

    outcome: told.Pressure
    statement: str | None = None
    acts: tuple[Reprisal, ...] = ()


class FileAppeal(Command, frozen=True, kw_only=True):
    """Contest how a case ended."""

    by: told.Appellant
    grounds: str


class DecideAppeal(Command, frozen=True, kw_only=True):
    """Decide on an appeal, as somebody who had no part in the case."""

    outcome: told.AppealOutcome
    reason: str


def check_withdrawal(case: Case, command: CheckWithdrawal, *, by: str, policy: Policy) -> Sequence[Event]:
    """Record what was heard; the handler, whose work ends with the case, is not the one who asks."""
    still_open(case)
    another_person(
        case,
        by,
        {case.assignee},
        "The handler of a case cannot ask whether the complainant is pressed to give it up.",
        opens="Let somebody else ask in private, and write it down.",
    )
    checked = told.WithdrawalChecked(outcome=command.outcome, statement=command.statement)
    if command.outcome == "free":
        return [checked]
    reprisal = retaliation.ReportRetaliation(acts=command.acts, statement=command.statement or "")
    return [checked, *retaliation.report(case, reprisal, policy=policy)]


def file_appeal(case: Case, command: FileAppeal, *, at: datetime, appeal_id: UUID, policy: Policy) -> Sequence[Event]:
    """Contest the last ending; the clock of the decision starts."""
    if case.steps.appeal is not None:
        raise GateClosedError(
            "no-appeal", "An appeal waits already.", opens="Decide it first; notes can be added meanwhile."
        )
    if case.state != "closed":
        raise GateClosedError(
            "case-closed", "The case is open.", opens="Only an ending is appealed; until then, speak with the handler."
        )
    grounds, term = said(command.grounds, "grounds"), policy.durations.appeal
    return [told.AppealFiled(appeal_id=appeal_id, by=command.by, grounds=grounds, decide_by=policy.due(term, at))]


def decide_appeal(case: Case, command: DecideAppeal, *, by: str) -> Sequence[Event]:
    """Decide; an appeal that is upheld reopens the case."""
    waiting = case.steps.appeal
    if waiting is None:
        raise GateClosedError("appeal-filed", "No appeal waits.", opens="File one with 'appeal'.")
    if by in took_part(case):
        raise GateClosedError(
            "another-reviewer",
            "Who handled, triaged, planned, closed or reviewed the case before cannot decide on its appeal.",
            opens="Let a reviewer decide who had no part in the case.",
        )
    reason = said(command.reason, "reason")
    decided = told.AppealDecided(appeal_id=waiting.filed.appeal_id, outcome=command.outcome, reason=reason)
    reopens = command.outcome == "upheld" and case.state == "appealed"
    return [decided, facts.CaseReopened(reason=reason)] if reopens else [decided]


def took_part(case: Case) -> frozenset[str | None]:
    """Return who decided anything about the case so far, by key id."""
    deciders = {case.assignee, case.planned_by, case.triage.by if case.triage else None}
    deciders |= {closure.by for closure in case.closures} | {one.decided_by for one in case.steps.appeals}
    return frozenset(deciders) - {None}
