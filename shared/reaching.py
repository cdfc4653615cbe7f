"""Who may know of a case, as a view keeps it: the fields, their fold, and the demands that a caller puts to rows.

Two services list what belongs to cases; both keep the same fields by the same fold, so that none shows what the other
hides.
"""

from collections.abc import Container

from shared.documents.folding import Projection
from shared.documents.port import Among, AnyOf, Collection, Condition, Demand, Row
from shared.events import cases as facts
from shared.events import protection
from shared.events.envelope import Recorded
from shared.policy import Policy
from shared.rights import Caller, Scope

DISCLOSING = frozenset({"disclose-facts", "disclose-identity"})
"""The purposes of a consent that let an organisation learn of a case."""

COLUMNS = ("assignee", "team", "opened_by")
CARRIED = ("restricted", "assignee", "team", "opened_by")
MANY = ("shared_with", "kept_out")
"""What a collection of such rows declares."""


class ReachRow(Row, kw_only=True, omit_defaults=True):
    """The row of a case with what decides who may know of it. `consents` are live: recipient and purpose;

    `resting` are those that do not hold since retaliation was reported.
    """

    opened_by: str = ""
    assignee: str | None = None
    team: str | None = None
    restricted: bool = False
    consents: tuple[tuple[str, str], ...] = ()
    resting: tuple[tuple[str, str], ...] = ()
    shared_with: tuple[str, ...] = ()
    kept_out: tuple[str, ...] = ()


CASE_REACH: Collection[ReachRow] = Collection("case_reach", 2, ReachRow, columns=COLUMNS, many=MANY, carried=CARRIED)
"""For services that list what belongs to cases, but have no rows of cases themselves."""


def reach_projection(policy: Policy) -> Projection[ReachRow]:
    """Return the view that keeps `CASE_REACH` from the facts of cases."""

    def fold(row: ReachRow | None, recorded: Recorded) -> ReachRow:
        row = row or ReachRow(id=recorded.envelope.stream_id)
        fold_reach(row, recorded, policy)
        return row

    return Projection(CASE_REACH, "cases", facts.CASE, fold)


def fold_reach(row: ReachRow, recorded: Recorded, policy: Policy) -> None:
    """Take one more fact of a case into the row."""
    match recorded.event:
        case facts.CaseOpened(issues=issues):
            row.opened_by = recorded.envelope.actor.id
            row.restricted = policy.is_restricted(issues)
        case facts.CaseTriaged(issues=issues):
            row.restricted = policy.is_restricted(issues)
        case facts.CaseAssigned(assignee=assignee, team=team):
            row.assignee, row.team = assignee, team
        case facts.ConsentRecorded(recipient=recipient, purpose=purpose) if purpose in DISCLOSING:
            _consent(row, {*row.consents, (recipient, purpose)})
        case facts.ConsentWithdrawn(recipient=recipient, purpose=purpose):
            row.resting = tuple(one for one in row.resting if one != (recipient, purpose))
            _consent(row, set(row.consents) - {(recipient, purpose)})
        case protection.RetaliationReported():
            row.resting = tuple(sorted({*row.resting, *row.consents}))
            row.restricted = row.restricted or policy.is_restricted([protection.REPRISAL])
            _consent(row, set())
        case protection.DisclosureReleased():
            _consent(row, {*row.consents, *row.resting})
            row.resting = ()
        case facts.ConflictDeclared(handler=handler):
            row.kept_out = tuple(sorted({*row.kept_out, handler}))
        case facts.ConflictLifted(handler=handler):
            row.kept_out = tuple(one for one in row.kept_out if one != handler)
        case _:
            pass


def _consent(row: ReachRow, consents: set[tuple[str, str]]) -> None:
    row.consents = tuple(sorted(consents))
    row.shared_with = tuple(dict.fromkeys(recipient for recipient, _ in row.consents))


def of_tenant(caller: Caller) -> Condition:
    """Return the demand that a row belongs to the caller's tenant."""
    return Condition("tenant", "eq", caller.tenant)


def within_reach(caller: Caller, readers: Container[str]) -> tuple[Demand, ...]:
    """Return the demands that a row of a case meets when the caller may know of it: `rights.reaches`, put to rows."""
    handled = (Condition("assignee", "eq", caller.id),)
    demands: list[Demand] = [of_tenant(caller), Condition("kept_out", "lacks", caller.id)]
    if caller.role not in readers:
        demands.append(AnyOf(((Condition("restricted", "eq", value=False),), handled)))
    if caller.scope is not Scope.ALL:
        demands.append(AnyOf((handled, *_scoped(caller))))
    return tuple(demands)


def _scoped(caller: Caller) -> tuple[tuple[Condition, ...], ...]:
    took_in = (Condition("assignee", "eq", None), Condition("opened_by", "eq", caller.id))
    match caller.scope:
        case Scope.TEAM if caller.team is not None:
            return took_in, (Condition("team", "eq", caller.team),)
        case Scope.OWN | Scope.TEAM:
            return (took_in,)
        case Scope.ORGANISATION if caller.organisation is not None:
            return ((Condition("shared_with", "has", caller.organisation),),)
        case _:
            return ()


def of_reached_case(caller: Caller, readers: Container[str]) -> AnyOf:
    """Return the demand that a row's `case_id` names a case that the caller may know of, or none that is known here."""
    reached = Condition("case_id", "among", Among(CASE_REACH, within_reach(caller, readers)))
    return AnyOf(((reached,), (Condition("case_id", "not-among", Among(CASE_REACH)),)))
