"""A policy pack as typed values, and the reading of one."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from shared.errors import SettingsError
from shared.events.cases import EscalationLevel
from shared.rights import Role

Unit = Literal["money", "workers", "documents", "sites", "services", "employers"]


class Severity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How grave, and within which time somebody must take the case up. Codes sort from gravest to lightest."""

    label: str
    respond_within: timedelta


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

    acknowledge: timedelta
    answer: timedelta


class Safeguards(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Numbers that protect people: `attempts` on a safe channel before somebody counts as unreachable."""

    attempts: Annotated[int, msgspec.Meta(ge=1)]


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
    ladder: Ladder = Ladder()

    def is_restricted(self, issues: Iterable[str]) -> bool:
        """Whether one of these issues is of a kind that only few may read."""
        return not set(self.restricted.issues).isdisjoint(issues)

    def worst_severity(self, issues: Iterable[str]) -> str:
        """Return the gravest default severity among known issue codes."""
        return min(self.issues[code].severity for code in issues)


def read_policy(toml: bytes) -> Policy:
    """Read a pack; one with unknown fields or with codes that point nowhere is a `SettingsError`."""
    try:
        policy = msgspec.toml.decode(toml, type=Policy)
    except msgspec.MsgspecError as error:
        raise SettingsError(f"The policy pack cannot be read: {error}.") from error
    for code, issue in policy.issues.items():
        _known(code, "severity", issue.severity, policy.severities)
        if issue.indicator is not None:
            _known(code, "indicator", issue.indicator, policy.indicators)
    for code in policy.restricted.issues:
        if code not in policy.issues:
            raise SettingsError(f"The policy pack restricts the issue {code}, which it does not define.")
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
    return read_policy(files("shared.policy").joinpath("default.toml").read_bytes())


def _known(issue: str, what: str, code: str, among: Mapping[str, object]) -> None:
    if code not in among:
        raise SettingsError(f"The policy pack gives the issue {issue} the {what} {code}, which it does not define.")
