"""Folding is total: every kind of fact, and every selection of facts that starts with the opening."""

from hypothesis import given
from hypothesis import strategies as st

from services.cases.domain.evolve import replay
from services.cases.domain.reaching import reach_of
from services.cases.projections import fold_case
from services.cases.views.rows import CaseRow
from services.cases.views.showing import show
from shared.events import cases as facts
from shared.events.envelope import Event
from shared.policy import default_policy
from tests.support.given_when_then import START, history
from tests.unit.cases.stories import (
    ACKNOWLEDGED,
    ANSWERED,
    ASSIGNED,
    CLOSED,
    CONSENTED,
    ESCALATED,
    NAMED,
    OPENED,
    PAID,
    PART_PAID,
    PLANNED,
    REFUTED,
    REOPENED,
    TRIAGED,
    VERIFIED,
    WITHDRAWN,
)

LATER: tuple[Event, ...] = (
    ACKNOWLEDGED,
    TRIAGED,
    ASSIGNED,
    facts.NoteAdded(text="They called."),
    facts.SatisfactionRecorded(stars=4),
    NAMED,
    CONSENTED,
    WITHDRAWN,
    ESCALATED,
    ANSWERED,
    PLANNED,
    PART_PAID,
    PAID,
    VERIFIED,
    REFUTED,
    CLOSED,
    REOPENED,
    facts.SatisfactionRecorded(stars=4),
    facts.ConflictDeclared(handler="somebody", reason="A relative works there."),
    facts.ConflictLifted(handler="somebody", reason="They moved away."),
    facts.GlassBroken(number="R-7K2QF-0M9XA", reason="The handler fell ill."),
    facts.LegacyRecordImported(source="register", reference="1", fields={}, dated=False),
    facts.CaseRetired(),
)


def test_every_kind_of_fact_of_a_case_is_among_the_stories() -> None:
    kinds = {kind for kind in facts.EVENTS if kind.STREAM == facts.CASE}
    assert {type(event) for event in (OPENED, *LATER)} == kinds


@given(st.lists(st.sampled_from(LATER), max_size=40))
def test_any_facts_behind_an_opening_fold_and_can_be_shown(later: list[Event]) -> None:
    case = replay(history([OPENED, *later]))
    assert case is not None
    assert case.version == len(later) + 1
    assert show(case, START)["version"] == case.version


@given(st.lists(st.sampled_from(LATER), max_size=40))
def test_the_row_of_the_list_says_what_the_case_says(later: list[Event]) -> None:
    story = list(history([OPENED, *later]))
    case = replay(story)
    row: CaseRow | None = None
    for recorded in story:
        row = fold_case(row, recorded, default_policy())
    assert case is not None
    assert row is not None
    shown = show(case, START)
    assert row.id == case.case_id
    assert (row.state, row.severity, row.issues, row.assignee) == (
        case.state,
        case.severity,
        case.issues,
        case.assignee,
    )
    assert (row.number, row.level, row.next_due) == (shown["number"], shown["level"], case.course.next_due)
    assert set(row.respondents) == {str(one.organisation_id) for one in case.respondents}
    reach = reach_of(case, default_policy())
    assert {name: getattr(row, name) for name in ("opened_by", "assignee", "team", "restricted")} == {
        "opened_by": reach.opened_by,
        "assignee": reach.assignee,
        "team": reach.team,
        "restricted": reach.restricted,
    }
    assert (set(row.shared_with), set(row.kept_out)) == (set(reach.shared_with), set(reach.kept_out))
    assert (row.close_reason if row.state == "closed" else None) == shown["close_reason"]


def test_no_row_holds_anything_personal() -> None:
    story = list(history([OPENED, *LATER]))
    row: CaseRow | None = None
    for recorded in story:
        row = fold_case(row, recorded, default_policy())
    text = repr(row).casefold()
    assert not [secret for secret in ("aye", "w-2041", "example.org", "fees were taken", "called.") if secret in text]
