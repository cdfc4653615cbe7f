"""Answers that still hold: the same while nothing changes, never over rows that did."""

from pathlib import Path

import pytest

from services.reporting.views.answered import KEPT, Answers
from services.reporting.views.engine import encode
from services.reporting.views.warehouse import LIVE, Warehouse
from shared.rights import DEFAULT_TENANT
from tests.unit.reporting.figuring import ROWS, House, folded, house
from tests.unit.reporting.lives import Log, hour, message, tell
from tests.unit.reporting.test_engine import life

COUNT = "select count(*) from cases where workers < $most"


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    made = Warehouse(tmp_path, ROWS, memory="256MB", threads=1)
    made.create(LIVE)
    return made


@pytest.fixture
def told(tmp_path: Path) -> House:
    return house(tmp_path)


def put(warehouse: Warehouse, number: int) -> None:
    log = Log("cases")
    tell(log, life(number))
    warehouse.put(LIVE, "cases", [encode(row) for row in folded(log.facts)])


def test_an_answer_holds_until_the_rows_are_said_to_have_changed(warehouse: Warehouse) -> None:
    answers = Answers(warehouse)
    put(warehouse, 1)
    assert answers.run(LIVE, COUNT, {"most": 9}, DEFAULT_TENANT)[1] == [(1,)]
    put(warehouse, 2)

    assert answers.run(LIVE, COUNT, {"most": 9}, DEFAULT_TENANT)[1] == [(1,)]
    answers.forget("past_1")
    assert answers.run(LIVE, COUNT, {"most": 9}, DEFAULT_TENANT)[1] == [(1,)]
    answers.forget(LIVE)
    assert answers.run(LIVE, COUNT, {"most": 9}, DEFAULT_TENANT)[1] == [(2,)]


def test_another_value_or_tenant_is_another_question(warehouse: Warehouse) -> None:
    answers = Answers(warehouse)
    put(warehouse, 1)

    assert answers.run(LIVE, COUNT, {"most": 9}, DEFAULT_TENANT)[1] == [(1,)]
    assert answers.run(LIVE, COUNT, {"most": 0}, DEFAULT_TENANT)[1] == [(0,)]
    assert answers.run(LIVE, COUNT, {"most": 9}, "other")[1] == [(0,)]


def test_who_changes_a_returned_answer_changes_no_other(warehouse: Warehouse) -> None:
    answers = Answers(warehouse)
    answers.run(LIVE, COUNT, {"most": 9}, DEFAULT_TENANT)[1].clear()

    assert answers.run(LIVE, COUNT, {"most": 9}, DEFAULT_TENANT)[1] == [(0,)]


def test_only_so_many_are_kept(warehouse: Warehouse) -> None:
    answers = Answers(warehouse)
    for most in range(KEPT + 1):
        answers.run(LIVE, COUNT, {"most": most}, DEFAULT_TENANT)
    put(warehouse, 1)

    assert answers.run(LIVE, COUNT, {"most": KEPT}, DEFAULT_TENANT)[1] == [(0,)]
    assert answers.run(LIVE, COUNT, {"most": 2}, DEFAULT_TENANT)[1] == [(0,)]
    assert answers.run(LIVE, COUNT, {"most": 0}, DEFAULT_TENANT)[1] == [(0,)]
    assert answers.run(LIVE, "select count(*) from cases", {}, DEFAULT_TENANT)[1] == [(1,)]


async def test_a_figure_never_lags_behind_its_rows(told: House) -> None:
    for number in range(3):
        tell(told.logs["cases"], life(number))
        message(told.logs["intake"], number, "sms", hour(number))
        await told.catch_up()

        assert await told.ask("volume", "total") == [("total", number + 1, number + 1, number + 1)]
        assert await told.ask("volume", "total") == [("total", number + 1, number + 1, number + 1)]
