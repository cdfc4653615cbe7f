"""Gates that several decisions share."""

from collections.abc import Collection, Iterable

from services.cases.domain.state import Case
from shared.errors import GateClosedError, InvalidError
from shared.policy import Policy


def still_open(case: Case) -> None:
    """Let pass only what happens to an open case."""
    if case.state == "closed":
        raise GateClosedError("case-open", "The case is closed.", opens="Reopen the case, with a reason.")
    if case.state == "appealed":
        raise GateClosedError("appeal-decided", "An appeal waits for its decision.", opens="Decide the appeal first.")
    if case.crew.merged_into is not None:
        raise GateClosedError(
            "case-stands",
            "The case is merged into another, on which the work goes on.",
            opens=f"Work on the case {case.crew.merged_into}, or unmerge this one.",
        )


def another_person(case: Case | None, actor: str, handlers: Collection[str | None], detail: str, *, opens: str) -> None:
    """Let pass only somebody who is none of these: four eyes."""
    if actor in handlers:
        unless_overridden(case, GateClosedError("four-eyes", detail, opens=opens))


def triaged(case: Case) -> None:
    """Let pass only what was found to be ours to handle."""
    if case.triage is None:
        raise GateClosedError("triaged", "The case was not triaged yet.", opens="Triage the case first.")
    admissible(case)


def admissible(case: Case) -> None:
    """Let pass what the last triage did not find inadmissible."""
    if case.triage is not None and not case.triage.decided.admissible:
        raise GateClosedError(
            "admissible",
            "The last triage found the case not admissible.",
            opens="Triage the case again as admissible, with the reason.",
        )


def every_item_verified(case: Case, detail: str) -> None:
    """Let pass only a case with a plan of which every promise was verified."""
    if not case.items or any(item.status != "verified" for item in case.items):
        unless_overridden(
            case,
            GateClosedError(
                "items-verified",
                detail,
                opens="Verify every item of the plan, or close as 'partial' and say what is outstanding.",
            ),
        )


OVERRIDABLE = frozenset(
    {"attempts", "checks-scheduled", "complainant-consulted", "four-eyes", "items-verified", "pressure"}
)
"""Gates that a person with the right to do so may pass, with a reason. Consent and what hides a person never."""


def unless_overridden(case: Case | None, closed: GateClosedError) -> None:
    """Refuse, but where somebody passes this gate of a case by their right."""
    if case is None or case.overriding != closed.gate:
        raise closed


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
