"""The heads of the SQL files: complete, true to the SQL, and hashed with it."""

import hashlib
from pathlib import Path

import msgspec
import pytest

from services.reporting.views.columns import columns_of
from services.reporting.views.declarations import read_measures, read_publications, read_sums
from services.reporting.views.definitions import FOLDER, Definition, read_definition
from services.reporting.views.dimensions import FILE
from services.reporting.views.engine import Figures
from services.reporting.views.facts import CaseFacts
from services.reporting.views.questions import Question
from shared.errors import InvalidError
from tests.unit.reporting.figuring import DEFINITIONS, house

EXPECTED = {
    "volume",
    "issues",
    "time-to-close",
    "overdue",
    "money",
    "responsiveness",
    "disposition",
    "escalation",
    "contact-ratio",
    "workers",
    "closed-within",
    "money-amounts",
    "acknowledged",
    "deadlines",
    "reopening",
    "year-on-year",
    "caseload",
    "organisation-score",
    "data-quality",
    "self-report",
    "satisfaction",
    "suppressed-cells",
    "reporting-delay",
    "retaliation",
    "recruitment-fees",
    "workers-covered",
    "published-wage-claims",
    "virginia-wage-claims",
}


@pytest.fixture
def figures(tmp_path: Path) -> Figures:
    return house(tmp_path).figures


def test_all_reports_are_there() -> None:
    assert set(DEFINITIONS) == EXPECTED


@pytest.mark.parametrize("definition", DEFINITIONS.values(), ids=DEFINITIONS)
def test_a_definition_says_what_counts_and_what_does_not(definition: Definition) -> None:
    words = (definition.title, definition.definition, definition.unit, definition.counts, definition.leaves_out)
    assert all(len(text) > 3 for text in words)
    assert set(definition.default) | set(definition.always) <= set(definition.group_by)
    assert definition.default or definition.always


async def test_a_definition_declares_every_column_that_is_not_a_group(figures: Figures) -> None:
    for definition in DEFINITIONS.values():
        figure = await figures.answer(Question(report=definition.name))
        groups = {*definition.always, *definition.default}
        assert {*figure.columns} - groups == {one.name for one in definition.measures}
        known = {measure.name for measure in definition.measures}
        assert {name for one in definition.measures for name in one.of} <= known
        assert {name for one in definition.adds_up for name in (one.total, *one.parts)} <= known
        assert {axis for one in definition.published for axis in one.axes} <= set(definition.group_by)


async def test_nobody_may_ask_whose_number_it_is(figures: Figures) -> None:
    for definition in DEFINITIONS.values():
        with pytest.raises(InvalidError):
            await figures.answer(Question(report=definition.name, group_by=("contributor",)))


@pytest.mark.parametrize(
    ("published", "refusal"),
    [
        ("cross month: cases; cross month: cases", "subtracted"),
        ("cross month: workers", "tells only"),
        ("cross month: worst", "tells only"),
        ("total: worst", "tells only"),
        ("total: gossip", "tells only"),
        ("total: half, early", "middle"),
        ("cross a, b, c: cases", "columns of groups"),
        ("rows: cases", "columns of groups"),
        ("cross month: cases, early", "one count"),
        ("everything", "known words"),
    ],
)
def test_a_table_that_could_tell_too_much_is_not_published(published: str, refusal: str) -> None:
    measures = read_measures("cases count; workers sum; worst extreme; half median of cases; early count")

    with pytest.raises(msgspec.ValidationError, match=refusal):
        read_publications(published, measures, read_sums("cases > early"))


@pytest.mark.parametrize("definition", DEFINITIONS.values(), ids=DEFINITIONS)
def test_a_definition_asks_only_for_what_a_question_has(definition: Definition) -> None:
    assert definition.parameters <= {"group_by", "since", "until", "at", "by_cases"}
    assert definition.has_period == ("since" in definition.parameters)


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_the_hash_is_over_words_and_sql_alike(name: str) -> None:
    text = (FOLDER / f"{name}.sql").read_bytes()
    below = FILE.read_bytes() if b"keyed_cases" in text else b""
    assert DEFINITIONS[name].sha256 == hashlib.sha256(text + below).hexdigest()


def test_a_definition_without_its_words_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="definition"):
        read_definition("half", "-- title: Half\nselect 1\n")


def test_words_go_on_over_several_lines() -> None:
    keys = ("definition", "unit", "counts", "leaves_out", "period")
    head = "".join(f"-- {key}: one\n--   two\n" for key in keys)

    read = read_definition("long", f"-- title: Long\n{head}-- group_by: a, b\nselect $group_by\n")

    assert (read.counts, read.group_by, read.sql) == ("one two", ("a", "b"), "select $group_by")


def test_every_field_of_a_row_has_a_column() -> None:
    columns = columns_of(CaseFacts, moment="TIMESTAMP")

    assert list(columns) == list(CaseFacts.__struct_fields__)
    assert columns["issues"] == "VARCHAR[]"
    assert columns["imported"] == "MAP(VARCHAR, VARCHAR)"
    assert columns["claimed"] == 'STRUCT("amount" DECIMAL(28, 4), "currency" VARCHAR)'
