"""A policy pack as typed values, and the reading of one."""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from shared.errors import SettingsError
from shared.events.cases import EscalationLevel
from shared.events.questions import Otherwise, RuledKind
from shared.policy.terms import WEEKDAYS, Calendar, Term, read_term
from shared.rights import Role

Unit = Literal["money", "workers", "documents", "sites", "services", "employers"]


class Severity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How grave, and within which time somebody must take the case up. Codes sort from gravest to lightest."""

    label: str
    respond_within: Term


class Issue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a grievance is about; `indicator` is the ILO indicator of forced labour that it may be a clue to."""

    label: str
    group: str
    severity: str
    indicator: str | None = None


class Remedy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What can put things right; `worker_money` tells money that reaches workers from penalties to a state."""

    label: str
    units: tuple[Unit, ...]
    worker_money: bool
    verified_when: str

    @property
    def is_money(self) -> bool:
        """Whether a report of this remedy must name an amount."""
        return "money" in self.units


class Durations(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long the duties take that do not depend on severity."""

    acknowledge: Term
    answer: Term
    appeal: Term = Term(1, "months")
    feedback: Term | None = None


class Safeguards(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Numbers that protect people: `attempts` on a safe channel before somebody counts as unreachable.

    `recheck_after`: how long after it was verified a remedy is looked at again; None, never.
    """

    attempts: Annotated[int, msgspec.Meta(ge=1)]
    recheck_after: timedelta | None = None


class Watch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long after an organisation learned of a case the workers are asked whether anybody suffers for it."""

    checks: tuple[timedelta, ...] = (timedelta(days=14), timedelta(days=30), timedelta(days=90))


class Asking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long after what it is about a question is asked by itself; less than nothing: before that is due.

    `otherwise`: what is done where a message may not ask.
    """

    wait: timedelta
    otherwise: Otherwise = "nothing"


class Patterns(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From how many cases in which while something counts as coming back."""

    cases: Annotated[int, msgspec.Meta(ge=2)] = 5
    window: timedelta = timedelta(days=90)


_FIVE_YEARS = timedelta(days=5 * 365)
_ONE_YEAR = timedelta(days=365)


class Retention(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long what people said is kept: cases after they closed, by reason; reports after they were dismissed."""

    cases: Mapping[str, timedelta] = {}
    reports: Mapping[str, timedelta] = {}

    def of_case(self, close_reason: str) -> timedelta:
        """Return how long a case is kept that was closed for this reason."""
        return self.cases.get(close_reason) or self.cases.get("default") or _FIVE_YEARS

    def of_report(self, dismiss_reason: str) -> timedelta:
        """Return how long a report is kept that was dismissed for this reason."""
        return self.reports.get(dismiss_reason) or self.reports.get("default") or _ONE_YEAR


class Restricted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What only few may read: cases of these issues, read by these roles and by whoever handles the case."""

    issues: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()


class Ladder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a missed answer leads to: from the levels in `escalates` on, the next party is asked; else alerts."""

    escalates: tuple[EscalationLevel, ...] = ()


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One version of the rules."""

    version: str
    durations: Durations
    safeguards: Safeguards
    severities: Mapping[str, Severity]
    indicators: Mapping[str, str]
    issues: Mapping[str, Issue]
    remedies: Mapping[str, Remedy]
    retention: Retention = Retention()
    restricted: Restricted = Restricted()
    watch: Watch = Watch()
    patterns: Patterns = Patterns()
    ladder: Ladder = Ladder()
    asking: Mapping[RuledKind, Asking] = {}
    name: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]{0,39}$")] = "unnamed"
    basis: str = ""
    calendar: Calendar = Calendar()

    @property
    def label(self) -> str:
        """Name and version, as clocks keep them."""
        return f"{self.name} {self.version}"

    def due(self, term: Term, start: datetime) -> datetime:
        """Return when a span that begins now is over, by the calendar of the pack."""
        return term.after(start, self.calendar)

    def is_restricted(self, issues: Iterable[str]) -> bool:
        """Whether one of these issues is of a kind that only few may read."""
        return not set(self.restricted.issues).isdisjoint(issues)

    def worst_severity(self, issues: Iterable[str]) -> str:
        """Return the gravest default severity among known issue codes."""
        return min(self.issues[code].severity for code in issues)


FORESEEN_BY_NOBODY: tuple[RuledKind, ...] = ("remedy-arrived", "satisfaction")
"""Questions about what has no due time before it happens."""

SHIPPED: Mapping[str, str] = {
    "ngo-hotline": "default.toml",
    "eu-2019-1937": "eu-2019-1937.toml",
    "fla": "fla.toml",
    "world-bank-grs": "world-bank-grs.toml",
}
"""Packs that come with the product: name -> file."""


def read_policy(toml: bytes) -> Policy:
    """Read a pack; one with unknown fields or with codes that point nowhere is a `SettingsError`."""
    try:
        policy = msgspec.convert(_whole(toml), Policy, dec_hook=decoded)
    except (msgspec.MsgspecError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"The policy pack cannot be read: {error}.") from error
    _workable(policy.calendar)
    for code, issue in policy.issues.items():
        _known(code, "severity", issue.severity, policy.severities)
        if issue.indicator is not None:
            _known(code, "indicator", issue.indicator, policy.indicators)
    for code in policy.restricted.issues:
        if code not in policy.issues:
            raise SettingsError(f"The policy pack restricts the issue {code}, which it does not define.")
    for kind in FORESEEN_BY_NOBODY:
        if kind in policy.asking and policy.asking[kind].wait < timedelta():
            raise SettingsError(f"The policy pack: 'asking.{kind}.wait' is before what is asked about has happened.")
    for role in policy.restricted.readers:
        if role not in {known.value for known in Role}:
            raise SettingsError(f"The policy pack lets '{role}' read restricted issues; there is no such role.")
    return policy


def read_policy_file(file: Path | None, setting: str) -> Policy:
    """Read the pack that a setting names, or return the one that comes with the product."""
    if file is None:
        return default_policy()
    try:
        return read_policy(file.read_bytes())
    except OSError as error:
        raise SettingsError(f"{setting} names a file that cannot be read: {error.strerror}.") from error


@cache
def default_policy() -> Policy:
    """Return the pack that comes with the product."""
    return read_policy(shipped("ngo-hotline"))


def _whole(toml: bytes) -> dict[str, Any]:
    """Return the tables of a pack; what it leaves out comes from the pack that it extends."""
    own = tomllib.loads(toml.decode())
    base = own.pop("extends", None)
    if base is None:
        return own
    if base not in SHIPPED:
        raise SettingsError(f"The policy pack: 'extends' is one of {', '.join(SHIPPED)}.")
    return _laid_over(_whole(shipped(base)), own)


def _laid_over(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    both = (set(base) & set(own)) - {"holidays"}
    inner = {key: _laid_over(base[key], own[key]) for key in both if isinstance(base[key], dict)}
    return base | own | inner


def decoded(kind: type, value: object) -> object:
    """Read what a pack writes as text: spans."""
    if kind is Term:
        return read_term(value)
    raise NotImplementedError(kind)


def _workable(calendar: Calendar) -> None:
    try:
        ZoneInfo(calendar.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingsError(f"The policy pack: 'calendar.time_zone' {calendar.time_zone} is not a zone.") from error
    if set(calendar.weekend) == set(WEEKDAYS):
        raise SettingsError("The policy pack: 'calendar.weekend' leaves no business day.")


def shipped(name: str) -> bytes:
    """Return the text of a pack that comes with the product."""
    return files("shared.policy").joinpath(SHIPPED[name]).read_bytes()


def _known(issue: str, what: str, code: str, among: Mapping[str, object]) -> None:
    if code not in among:
        raise SettingsError(f"The policy pack gives the issue {issue} the {what} {code}, which it does not define.")
