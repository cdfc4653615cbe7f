"""How a case ends, and how it begins again."""

from collections.abc import Sequence
from datetime import datetime

from services.cases.domain.attempts import tried
from services.cases.domain.commands import CloseCase, ReopenCase
from services.cases.domain.gates import another_person, every_item_verified, said, still_open, unless_overridden
from services.cases.domain.state import Case
from shared.errors import GateClosedError, InvalidError
from shared.events import cases as facts
from shared.events.envelope import Event
from shared.policy import Policy


def close(case: Case, command: CloseCase, *, by: str, survivor_known: bool, policy: Policy) -> Sequence[Event]:
    """End the case for one of nine reasons, each with its own demand, and never by the handler alone."""
    still_open(case)
    attempts: int | None = None
    explanation = said(command.explanation, "explanation")
    match command.reason:
        case "remedied":
            every_item_verified(case, "A case is remedied only with a plan of which every item is verified.")
        case "unreachable":
            attempts = tried(case, policy)
        case "duplicate":
            _survivor(case, command, known=survivor_known)
        case "withdrawn":
            _of_free_will(case)
        case _:
            pass
    another_person(
        case,
        by,
        _handlers(case),
        "The handler of a case cannot close it alone.",
        opens="Another person than the handler closes the case.",
    )
    return [
        facts.CaseClosed(
            reason=command.reason,
            explanation=explanation,
            surviving_case_id=command.surviving_case_id,
            attempts=attempts,
        )
    ]


def reopen(case: Case, command: ReopenCase) -> Sequence[Event]:
    """Take a closed case up again; the earlier closure stays on the record."""
    if case.state == "appealed":
        raise GateClosedError("appeal-decided", "An appeal waits for its decision.", opens="Decide the appeal.")
    if case.state != "closed":
        raise GateClosedError("case-closed", "The case is open.", opens="Only a closed case can be reopened.")
    return [facts.CaseReopened(reason=said(command.reason, "reason"))]


def retire(case: Case, *, at: datetime, policy: Policy) -> Sequence[Event]:
    """Say that a closed case was kept long enough; one that was taken up again, or not yet long enough, is kept on."""
    if case.state != "closed" or case.retired:
        return []
    last = case.closures[-1]
    if last.at + policy.retention.of_case(last.ended.reason) > at:
        return []
    return [facts.CaseRetired(report_id=case.opening.report_id)]


def _handlers(case: Case) -> frozenset[str | None]:
    if case.assignee is not None:
        return frozenset({case.assignee})
    return frozenset({case.triage.by if case.triage else None, case.planned_by})


def _of_free_will(case: Case) -> None:
    if case.steps.checked_by is None:
        unless_overridden(
            case,
            GateClosedError(
                "pressure",
                "Nobody asked the complainant in private whether they are pressed to give up.",
                opens="Let somebody other than the handler ask, and record it with 'check-withdrawal'.",
            ),
        )


def _survivor(case: Case, command: CloseCase, *, known: bool) -> None:
    if command.surviving_case_id is None or command.surviving_case_id == case.case_id:
        raise InvalidError("A duplicate names the other case that goes on.", field="surviving_case_id")
    if not known:
        raise InvalidError("There is no case with this id.", field="surviving_case_id")
