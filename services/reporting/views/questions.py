"""What may be asked, what comes back, and the values that a definition's SQL gets from a question."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec

from services.reporting.views.definitions import Definition
from services.reporting.views.dimensions import dimensions
from shared.errors import InvalidError, NotFoundError
from shared.ledger.roots import SignedRoot
from shared.policy import Policy
from shared.rights import DEFAULT_TENANT

BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
END = datetime(9999, 12, 31, tzinfo=UTC)

Compared = Literal["previous", "year", "known"]
"""With the span of the same length just before, with the same span a year earlier, or with what was on record at
`known_at`: then what differs are corrections and facts that came late."""

_OF_CASES = frozenset(dimensions()) - {"total"} | {"organisation"}
"""What nobody can group by without the cases."""
_TIMES = frozenset({"month", "quarter", "year"})


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Which report of which tenant, grouped how, `only` which values of which dimensions, over which period.

    `as_of` is what was true then (None: now), `known_at` what was on record then (None: everything there is).
    """

    report: str
    tenant: str = DEFAULT_TENANT
    group_by: tuple[str, ...] = ()
    only: tuple[tuple[str, str], ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    as_of: datetime | None = None
    known_at: datetime | None = None
    compare: Compared | None = None

    @property
    def before(self) -> "Question":
        """The same question about the period that this one is compared with."""
        assert self.since is not None  # noqa: S101 - checked before anything is compared
        assert self.until is not None  # noqa: S101
        if self.compare == "year":
            earlier = {"since": _year_before(self.since), "until": _year_before(self.until)}
        else:
            earlier = {"since": self.since - (self.until - self.since), "until": self.since}
        return msgspec.structs.replace(self, compare=None, **earlier)


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """An answer with everything that it stands on. `positions` is how far each log was read: a number by its source,
    or one for each of its feeds by `source/feed`.
    """

    definition: Definition
    question: Question
    as_of: datetime
    positions: Mapping[str, int]
    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]
    policy: str
    """The version of the policy pack that codes were read by."""
    ledger: Mapping[str, SignedRoot] = {}
    """The signed roots of the logs: over as many facts as `positions` says, or over the newest that are sealed."""


def checked(question: Question, definitions: Mapping[str, Definition], now: datetime) -> Definition:
    """Return the definition that is asked for; a question that makes no sense is an error that says what would."""
    definition = definitions.get(question.report)
    if definition is None:
        known = ", ".join(definitions)
        raise NotFoundError(f"There is no report of this name. There are: {known}.")
    unknown = [name for name in question.group_by if name not in definition.group_by]
    if unknown or len(set(question.group_by)) != len(question.group_by):
        allowed = ", ".join(definition.group_by) or "nothing"
        raise InvalidError(f"'{definition.name}' is grouped by {allowed}, each once.", field="group_by")
    odd = [name for name, _ in question.only if name not in definition.narrowed_by]
    if odd or len({name for name, _ in question.only}) != len(question.only):
        allowed = ", ".join(definition.narrowed_by) or "nothing"
        raise InvalidError(f"'{definition.name}' is narrowed by {allowed}, each once.", field="only")
    for field in ("as_of", "known_at"):
        moment = getattr(question, field)
        if moment is not None and moment > now:
            raise InvalidError(f"'{field}' lies in the future.", field=field)
    if question.since is not None and question.until is not None and question.since >= question.until:
        raise InvalidError("'from' must lie before 'to'.", field="from")
    if (question.since is not None or question.until is not None) and not definition.has_period:
        raise InvalidError(f"'{definition.name}' is over the whole of its records.", field="from")
    if question.compare == "known" and question.known_at is None:
        raise InvalidError("Say what was known when: give 'known_at'.", field="known_at")
    if question.compare in {"previous", "year"}:
        _comparable(question, definition)
    return definition


def groups(question: Question, definition: Definition) -> tuple[str, ...]:
    """Return what the rows are grouped by: what is asked for, behind what the definition always tells apart."""
    chosen = question.group_by or definition.default
    return (*definition.always, *(name for name in chosen if name not in definition.always))


def values(question: Question, definition: Definition, as_of: datetime, policy: Policy) -> Mapping[str, object]:
    """Return the values that the statement asks for, by their names."""
    chosen = groups(question, definition)
    pointing = {code: issue.indicator for code, issue in policy.issues.items() if issue.indicator is not None}
    given: dict[str, object] = {
        "group_by": list(chosen),
        "since": plain(question.since or BEGINNING),
        "until": plain(question.until or END),
        "at": plain(as_of),
        "by_cases": bool(question.only) or not _OF_CASES.isdisjoint(chosen),
        "issue_codes": list(pointing),
        "issue_indicators": list(pointing.values()),
        **{f"only_{name}": value for name, value in question.only},
    }
    return {name: given[name] for name in definition.asked(chosen, [name for name, _ in question.only])}


def plain(moment: datetime) -> datetime:
    """Return a moment as the warehouse keeps it: UTC without a zone."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def _comparable(question: Question, definition: Definition) -> None:
    if question.since is None or question.until is None:
        raise InvalidError("A comparison needs a period: give 'from' and 'to'.", field="compare")
    if question.until - question.since > question.since - datetime(2, 1, 1, tzinfo=UTC):
        raise InvalidError("There is no period before this one.", field="compare")
    if _TIMES.intersection(groups(question, definition)):
        raise InvalidError(
            "Spans of time have nothing before them to be compared with: group by something else.", field="group_by"
        )


def _year_before(moment: datetime) -> datetime:
    try:
        return moment.replace(year=moment.year - 1)
    except ValueError:
        return moment.replace(year=moment.year - 1, day=28) + timedelta(days=1)
