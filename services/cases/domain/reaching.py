"""Who may know of a case, and who is kept out: reach, conflicts of interest, and the glass that may be broken."""

from collections.abc import Sequence

from services.cases.domain.commands import DeclareConflict, LiftConflict
from services.cases.domain.course import DISCLOSING
from services.cases.domain.gates import another_person, said
from services.cases.domain.state import Case
from shared.errors import ForbiddenError, InvalidError, NotFoundError
from shared.events import cases as facts
from shared.events.envelope import Event
from shared.policy import Policy
from shared.rights import Caller, Reach, in_conflict, reaches

SHORTEST_REASON = 10


def reach_of(case: Case, policy: Policy) -> Reach:
    """Return what decides who may know of the case."""
    live = (consent.given for consent in case.consents if consent.withdrawn_at is None and not consent.rests)
    return Reach(
        opened_by=case.opened_by.id,
        assignee=case.assignee,
        team=case.team,
        restricted=policy.is_restricted(case.issues),
        shared_with=tuple({given.recipient for given in live if given.purpose in DISCLOSING}),
        kept_out=case.kept_out,
    )


def is_within_reach(case: Case, caller: Caller, policy: Policy) -> bool:
    """Whether the caller may know of the case; one with a conflict of interest in it is told so and sent away."""
    reach = reach_of(case, policy)
    if in_conflict(reach, caller):
        raise ForbiddenError(
            "A conflict of interest is on record for you in this case; another person may lift it.",
            reason="conflict-of-interest",
        )
    return reaches(reach, caller, policy.restricted.readers)


def demand_reach(case: Case, caller: Caller | None, policy: Policy) -> None:
    """Pass for who may know of the case; for all others there is none. The system itself may know of every case."""
    if caller is not None and not is_within_reach(case, caller, policy):
        raise NotFoundError(f"There is no case with the id {case.case_id}.")


def declare_conflict(case: Case, command: DeclareConflict) -> Sequence[Event]:
    """Keep somebody out, of a closed case too; who is kept out already stays so."""
    reason = said(command.reason, "reason")
    if command.handler in case.kept_out:
        return []
    return [facts.ConflictDeclared(handler=said(command.handler, "handler"), reason=reason)]


def lift_conflict(case: Case, command: LiftConflict, *, by: str) -> Sequence[Event]:
    """Let somebody in again, on another person's word."""
    reason = said(command.reason, "reason")
    another_person(
        None, by, (command.handler,), "Nobody lifts their own conflict of interest.", opens="Another person lifts it."
    )
    return [facts.ConflictLifted(handler=command.handler, reason=reason)] if command.handler in case.kept_out else []


def break_glass(case: Case, reason: str) -> Sequence[Event]:
    """Put on record that the case is read out of reach, and why."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise InvalidError(
            f"Say in at least {SHORTEST_REASON} letters why the case must be read now.", field="Redress-Break-Glass"
        )
    return [facts.GlassBroken(number=case.opening.number, reason=reason.strip())]
