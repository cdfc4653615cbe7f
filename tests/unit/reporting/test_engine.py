"""Asking: the present, the past, and questions that are refused."""

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import duckdb
import pytest

from services.reporting.api.answers import as_json
from services.reporting.projections import CASE_FACTS, CLOCK_FACTS, CONTACT_FACTS, ORGANISATION_FACTS
from services.reporting.views import engine
from services.reporting.views.questions import Question
from shared.bus.projecting import project, rebuild
from shared.documents.folding import Projection, fold_batch
from shared.errors import InvalidError, NotFoundError
from shared.events import cases
from tests.support.partitions import Partitions
from tests.unit.reporting.figuring import House, house
from tests.unit.reporting.lives import START, Life, hour, message, stream_of, tell


@pytest.fixture
def told(tmp_path: Path) -> House:
    return house(tmp_path)


@pytest.fixture
def apart(tmp_path: Path) -> tuple[House, Partitions]:
    parts = Partitions("cases")
    return house(tmp_path / "apart", cases=parts), parts


TURNS = ("cases intake", "intake cases", "intake cases intake cases")


@pytest.fixture
def houses(tmp_path: Path) -> Sequence[House]:
    """One for each order of turns."""
    return [house(tmp_path / str(number)) for number in range(len(TURNS))]


def life(number: int, **fields: object) -> Life:
    usual: dict[str, object] = {
        "channel": "line",
        "country": "TH",
        "workers": 1,
        "opened": 0,
        "acknowledge_by": None,
        "acknowledged": None,
        "triaged": None,
        "assess_by": None,
        "severity": "S2",
        "issues": ("WAG-NON",),
        "assigned": None,
    }
    return Life(number=number, **{**usual, **fields})  # type: ignore[arg-type]  # the fields of a life


async def test_a_figure_says_how_far_it_has_read_each_log(told: House) -> None:
    tell(told.logs["cases"], life(1))
    message(told.logs["intake"], 1, "sms", START)
    message(told.logs["intake"], 2, "sms", START)
    await told.catch_up()

    figure = await told.figures.answer(Question(report="volume"))

    assert figure.positions == {"cases": 1, "intake": 2, "reporting": 0}


async def test_what_changed_since_the_last_question_replaces_its_row(told: House) -> None:
    log = told.logs["cases"]
    tell(log, life(1))
    await told.catch_up()
    assert await told.ask("disposition", "state") == [("received", 1, 1, 0)]

    log.tell(stream_of(life(1)), cases.CaseAcknowledged(channel="line"), hour(1))
    tell(log, life(2))
    await told.catch_up()

    assert await told.ask("disposition", "state") == [("acknowledged", 1, 1, 0), ("received", 1, 1, 0)]


async def test_rows_that_are_loaded_in_pieces_are_counted_once_each(
    told: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "AT_ONCE", 2)
    for number in range(9):
        tell(told.logs["cases"], life(number))
        await told.catch_up()
    assert await told.ask("volume", "total") == [("total", 0, 9, 9)]
    told.logs["cases"].tell(stream_of(life(3)), cases.CaseAcknowledged(channel="line"), hour(1))
    await told.catch_up()
    assert await told.ask("disposition", "state") == [("acknowledged", 1, 1, 0), ("received", 8, 8, 0)]


async def test_rows_that_a_rebuild_no_longer_finds_are_no_longer_counted(told: House) -> None:
    tell(told.logs["cases"], life(1))
    tell(told.logs["cases"], life(2))
    await told.catch_up()
    assert await told.ask("volume", "total") == [("total", 0, 2, 2)]
    others = dataclasses.replace(CASE_FACTS, stream="no such stream")

    assert not (await rebuild(others, told.logs["cases"], told.documents, lambda _done: None)).equal
    assert await told.ask("volume", "total") == []

    assert not (await rebuild(CASE_FACTS, told.logs["cases"], told.documents, lambda _done: None)).equal
    assert await told.ask("volume", "total") == [("total", 0, 2, 2)]


async def test_a_log_in_several_feeds_with_repeated_facts_is_counted_as_one(
    told: House, apart: tuple[House, Partitions]
) -> None:
    parted, parts = apart
    for number in range(6):
        tell(told.logs["cases"], life(number, opened=number, acknowledged=number + 10))
    await told.catch_up()
    parts.send(told.logs["cases"].facts)
    for feed in parts.parts:
        assert await project([CASE_FACTS, CLOCK_FACTS, ORGANISATION_FACTS], feed, parted.documents) == len(feed.facts)

    for then in (None, hour(12)):
        assert await parted.ask("disposition", "state", as_of=then) == await told.ask(
            "disposition", "state", as_of=then
        )
        figure = await parted.figures.answer(Question(report="volume", as_of=then))
        assert figure.positions == {"intake": 0, "reporting": 0} | {
            f"cases/{feed.name}": len(feed.facts) for feed in parts.parts
        }


async def test_as_of_folds_the_log_again_up_to_what_was_true_then(told: House) -> None:
    tell(told.logs["cases"], life(1, opened=0, acknowledged=10, closed=50))
    tell(told.logs["cases"], life(2, opened=30))
    message(told.logs["intake"], 1, "sms", hour(40))
    await told.catch_up()

    assert await told.ask("disposition", "state", as_of=hour(5)) == [("received", 1, 1, 0)]
    assert await told.ask("disposition", "state", as_of=hour(10)) == [("acknowledged", 1, 1, 0)]
    assert await told.ask("disposition", "state", as_of=hour(30)) == [("acknowledged", 1, 1, 0), ("received", 1, 1, 0)]
    assert await told.ask("disposition", "state") == [("closed", 1, 1, 0), ("received", 1, 1, 0)]
    assert await told.ask("volume", "total", as_of=hour(39)) == [("total", 0, 2, 2)]
    assert await told.ask("volume", "total", as_of=hour(40)) == [("total", 1, 2, 2)]


async def test_a_fact_that_comes_late_changes_the_past_that_it_belongs_to(told: House) -> None:
    log = told.logs["cases"]
    tell(log, life(1))
    assert await told.ask("disposition", "state", as_of=hour(20)) == [("received", 1, 1, 0)]

    log.tell(stream_of(life(1)), cases.CaseAcknowledged(channel="line"), hour(10), hour(500))

    assert await told.ask("disposition", "state", as_of=hour(20)) == [("acknowledged", 1, 1, 0)]


async def test_known_at_leaves_out_what_came_to_be_known_later(told: House) -> None:
    log = told.logs["cases"]
    tell(log, life(1))
    log.tell(stream_of(life(1)), cases.CaseAcknowledged(channel="line"), hour(10), hour(500))

    assert await told.ask("disposition", "state", as_of=hour(20)) == [("acknowledged", 1, 1, 0)]
    assert await told.ask("disposition", "state", as_of=hour(20), known_at=hour(499)) == [("received", 1, 1, 0)]
    assert await told.ask("disposition", "state", known_at=hour(500)) == [("acknowledged", 1, 1, 0)]


async def test_corrections_appear_as_corrections(told: House) -> None:
    log = told.logs["cases"]
    tell(log, life(1, acknowledged=10))
    closed = cases.CaseClosed(reason="withdrawn", explanation="asked to end it")
    log.tell(stream_of(life(1)), closed, hour(12), hour(500))

    figure = await told.figures.answer(
        Question(report="disposition", group_by=("state",), as_of=hour(20), known_at=hour(400), compare="known")
    )

    assert figure.columns[:4] == ("state", "cases", "cases_before", "cases_change")
    assert [row[:4] for row in figure.rows] == [("acknowledged", 0, 1, -1), ("closed", 1, 0, 1)]


async def test_the_same_request_gets_the_same_bytes_however_the_record_has_grown(told: House) -> None:
    question = Question(report="issues", group_by=("employer", "month"), as_of=hour(40), known_at=hour(50))
    tell(told.logs["cases"], life(1, acknowledged=30))
    message(told.logs["intake"], 1, "sms", hour(20))
    first = as_json(await told.figures.answer(question))

    tell(told.logs["cases"], life(2, opened=60))
    late = cases.CaseAssigned(assignee="operator-1")
    told.logs["cases"].tell(stream_of(life(1)), late, hour(35), hour(70))
    message(told.logs["intake"], 2, "sms", hour(90))
    await told.catch_up()

    assert as_json(await told.figures.answer(question)) == first


async def test_a_period_stands_beside_the_one_before(told: House) -> None:
    for number, (channel, opened) in enumerate((("line", 10), ("line", 30), ("sms", 10), ("line", 31), ("web", 30))):
        tell(told.logs["cases"], life(number, channel=channel, opened=opened))
    await told.catch_up()

    figure = await told.figures.answer(
        Question(report="issues", group_by=("channel",), since=hour(24), until=hour(48), compare="previous")
    )

    assert figure.columns[:4] == ("channel", "cases", "cases_before", "cases_change")
    assert [row[:4] for row in figure.rows] == [("line", 2, 1, 1), ("sms", 0, 1, -1), ("web", 1, 0, 1)]


async def test_the_order_in_which_topics_arrive_changes_no_figure(houses: Sequence[House]) -> None:
    """Given the same facts of two topics, when they are folded in any order between topics, then figures are equal."""
    answers = []
    for told, turns in zip(houses, TURNS, strict=True):
        for one in range(4):
            tell(told.logs["cases"], life(one, opened=one, acknowledged=one + 5))
            message(told.logs["intake"], one, "sms", hour(one))
        for turn, source in enumerate(turns.split()):
            log = told.logs[source]
            projection: Projection[Any] = CASE_FACTS if source == "cases" else CONTACT_FACTS
            half = len(log.facts) // 2 if len(turns.split()) == 4 and turn < 2 else len(log.facts)
            begun = await told.documents.position(projection.collection)
            await fold_batch(projection, told.documents, log.facts[begun:half], half)
        questions = [Question(report=name) for name in told.figures.definitions]
        answers.append([(one.columns, one.rows, one.positions) for one in await told.figures.answers(questions)])

    assert answers[0] == answers[1] == answers[2]


async def test_pasts_are_forgotten_and_can_be_asked_again(told: House) -> None:
    tell(told.logs["cases"], life(1))

    for _ in range(2):
        for at in (1, 2, 3, 4):
            assert await told.ask("disposition", "state", as_of=hour(at)) == [("received", 1, 1, 0)]


async def test_overdue_depends_on_the_moment_that_is_asked(told: House) -> None:
    tell(told.logs["cases"], life(1, acknowledge_by=48))

    assert await told.ask("overdue", "duty", as_of=hour(48)) == [("acknowledge", 1, 0, 0)]
    assert await told.ask("overdue", "duty", as_of=hour(48 + 25)) == [("acknowledge", 1, 1, 1)]


async def test_a_period_begins_with_from_and_ends_before_to(told: House) -> None:
    for number, opened in enumerate((0, 24, 48)):
        tell(told.logs["cases"], life(number, opened=opened))
    await told.catch_up()

    found = await told.ask("volume", "total", since=hour(24), until=hour(48))

    assert found == [("total", 0, 1, 1)]


async def test_moments_of_other_zones_are_the_same_moments(told: House) -> None:
    bangkok = timezone(timedelta(hours=7))
    stream = stream_of(life(1))
    opened = cases.CaseOpened(number="RG-1", channel="line", language="th")
    told.logs["cases"].tell(stream, opened, datetime(2025, 2, 1, 3, tzinfo=bangkok))
    await told.catch_up()

    assert await told.ask("volume", "month") == [("2025-01", 0, 1, 1)]
    edge = datetime(2025, 2, 1, 3, tzinfo=bangkok)
    assert await told.ask("volume", "total", since=edge, until=edge + timedelta(seconds=1)) == [("total", 0, 1, 1)]


@pytest.mark.parametrize(
    ("question", "field"),
    [
        (Question(report="volume", group_by=("mood",)), "group_by"),
        (Question(report="volume", group_by=("month", "month")), "group_by"),
        (Question(report="volume", as_of=datetime(2030, 1, 1, tzinfo=UTC)), "as_of"),
        (Question(report="volume", known_at=datetime(2030, 1, 1, tzinfo=UTC)), "known_at"),
        (Question(report="volume", group_by=("channel",), compare="year"), "compare"),
        (Question(report="volume", compare="known"), "known_at"),
        (Question(report="volume", group_by=("month",), since=hour(1), until=hour(5), compare="year"), "group_by"),
        (Question(report="volume", since=hour(5), until=hour(5)), "from"),
        (Question(report="virginia-wage-claims", since=hour(5)), "from"),
    ],
)
async def test_a_question_that_makes_no_sense_is_refused(told: House, question: Question, field: str) -> None:
    with pytest.raises(InvalidError) as refused:
        await told.figures.answer(question)
    assert refused.value.fields["field"] == field


async def test_an_unknown_report_is_answered_with_those_there_are(told: House) -> None:
    with pytest.raises(NotFoundError, match="volume"):
        await told.figures.answer(Question(report="gossip"))


async def test_every_report_answers_on_an_empty_record_in_every_grouping(told: House) -> None:
    for definition in told.figures.definitions.values():
        for name in definition.group_by:
            figure = await told.figures.answer(Question(report=definition.name, group_by=(name,)))
            assert name in figure.columns
            figure.definition.sha256.encode("ascii")


async def test_the_database_of_figures_reads_no_other_file(told: House) -> None:
    await told.ask("volume", "total")

    with pytest.raises(duckdb.PermissionException):
        told.figures._warehouse.run("live", "select * from read_csv('/etc/hosts')", {})
