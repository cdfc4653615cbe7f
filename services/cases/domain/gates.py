"""Gates that several decisions share."""

from collections.abc import Collection, Iterable

from services.cases.domain.state import Case
from shared.errors import GateClosedError, InvalidError
from shared.policy import Policy


def still_open(case: Case) -> None:
    """Let pass only what happens to an open case."""
    if case.state == "closed":
        raise GateClosedError("case-open", "The case is closed.", opens="Reopen the case, with a reason.")
    if case.crew.merged_into is not None:
        raise GateClosedError(
            "case-stands",
            "The case is merged into another, on which the work goes on.",
            opens=f"Work on the case {case.crew.merged_into}, or unmerge this one.",
        )


def another_person(actor: str, handlers: Collection[str | None], detail: str, *, opens: str) -> None:
    """Let pass only somebody who is none of these: four eyes."""
    if actor in handlers:
        raise GateClosedError("four-eyes", detail, opens=opens)


def said(text: str | None, field: str) -> str:
    """Return a text that says something."""
    if text is None or not text.strip():
        raise InvalidError(f"'{field}' must say something.", field=field)
    return text


def known_issues(issues: Iterable[str], policy: Policy) -> tuple[str, ...]:
    """Return the codes without repetition, in their order; every one must be in the taxonomy."""
    codes = tuple(dict.fromkeys(issues))
    unknown = [place for place, code in enumerate(codes) if code not in policy.issues]
    if unknown:
        raise InvalidError(f"'issues' has codes that the taxonomy {policy.version} does not know.", field="issues")
    return codes
