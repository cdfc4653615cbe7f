"""Who somebody is to us, and how far their eyes reach: roles, scopes, and what decides about a case."""

from collections.abc import Collection, Container
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import msgspec

from shared.events.envelope import Actor

DEFAULT_TENANT = "default"


class Role(StrEnum):
    """What a key or token is for."""

    CHANNEL = "channel"
    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    SAFEGUARDING = "safeguarding"
    PARTNER = "partner"
    AUDITOR = "auditor"
    ADMIN = "admin"


class Scope(StrEnum):
    """Which rows of their tenant somebody sees, each wider than the one before, but for `organisation`.

    `own`: what they handle, or took in while nobody handles it. `team`: also what their team handles.
    `organisation`: what a live consent lets their organisation learn of. `all`: everything of the tenant.
    """

    OWN = "own"
    TEAM = "team"
    ORGANISATION = "organisation"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever is behind a request; `id` is the name that the record shows as actor.

    `channels` limits what is taken in and what of intake is seen to these channels; `organisation` is the id of the
    registered organisation that a partner speaks for.
    """

    id: str
    role: Role
    team: str | None = None
    tenant: str = DEFAULT_TENANT
    scope: Scope = Scope.ALL
    channels: tuple[str, ...] | None = None
    organisation: str | None = None
    may_override: bool = False
    """A right of its own, beside the role: to pass a gate of the procedure, with a reason."""

    @property
    def actor(self) -> Actor:
        """The caller as the envelope of an event names it."""
        return Actor(self.id, self.role.value, self.team)


class Override(msgspec.Struct, frozen=True):
    """The wish to pass a gate of the procedure by a right of one's own, and why."""

    gate: str
    reason: str


class Reachable(Protocol):
    """What decides who may know of a case: a state, or a row of a view."""

    @property
    def opened_by(self) -> str:
        """Who took it in."""
        ...

    @property
    def assignee(self) -> str | None:
        """Who handles it."""
        ...

    @property
    def team(self) -> str | None:
        """Whose team handles it."""
        ...

    @property
    def restricted(self) -> bool:
        """Whether it is of a kind that only few may read."""
        ...

    @property
    def shared_with(self) -> Collection[str]:
        """Ids of the organisations that a live consent lets learn of it."""
        ...

    @property
    def kept_out(self) -> Collection[str]:
        """Who has a conflict of interest in it."""
        ...


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """The plain form of `Reachable`."""

    opened_by: str
    assignee: str | None = None
    team: str | None = None
    restricted: bool = False
    shared_with: tuple[str, ...] = ()
    kept_out: tuple[str, ...] = ()


def in_conflict(case: Reachable, caller: Caller) -> bool:
    """Whether a conflict of interest keeps the caller out, whatever else lets them in."""
    return caller.id in case.kept_out


def reaches(case: Reachable, caller: Caller, readers: Container[str]) -> bool:
    """Whether a caller of the case's tenant may know of it; `readers` are the roles that read restricted kinds."""
    if in_conflict(case, caller):
        return False
    handles = case.assignee == caller.id
    if case.restricted and caller.role not in readers and not handles:
        return False
    return handles or _in_scope(case, caller)


def _in_scope(case: Reachable, caller: Caller) -> bool:
    took_in = case.assignee is None and case.opened_by == caller.id
    match caller.scope:
        case Scope.ALL:
            return True
        case Scope.TEAM:
            return took_in or (caller.team is not None and case.team == caller.team)
        case Scope.ORGANISATION:
            return caller.organisation is not None and caller.organisation in case.shared_with
        case Scope.OWN:
            return took_in
