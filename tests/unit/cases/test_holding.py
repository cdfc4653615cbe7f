"""A case on hold: what the office owes rests and gets its time back, what others owe goes on."""

from datetime import timedelta

import pytest

from services.cases.domain import handling
from services.cases.domain.evolve import evolve
from shared.errors import InvalidError
from shared.events.handling import CaseHeld, CaseReleased
from tests.support.given_when_then import START, Given
from tests.unit.cases.stories import ACKNOWLEDGED, ANSWERED, CLOSED, ENGAGED_CASE, OPENED, REOPENED, TRIAGED
from tests.unit.cases.test_clocks import followed, kinds

UNTIL = START + timedelta(days=30)
HELD = CaseHeld(waits_for="authority", until=UNTIL, reason="The court sits in April.")
HOLD = handling.Hold(waits_for="authority", until=UNTIL, reason="The court sits in April.")
RELEASE = handling.Release()


def test_a_case_rests_until_a_date_and_is_taken_up_again() -> None:
    Given(evolve, OPENED).when(lambda case: handling.hold(case, HOLD, at=START)).then(HELD)
    Given(evolve, OPENED, HELD).when(lambda case: handling.release(case, RELEASE)).then(CaseReleased())


def test_only_an_open_case_that_rests_not_yet_can_rest_and_only_one_that_rests_is_released() -> None:
    Given(evolve, OPENED, HELD).when(lambda case: handling.hold(case, HOLD, at=START)).then_refused("not-held")
    Given(evolve, OPENED).when(lambda case: handling.release(case, RELEASE)).then_refused("held")
    Given(evolve, OPENED, CLOSED).when(lambda case: handling.hold(case, HOLD, at=START)).then_refused("case-open")
    Given(evolve, OPENED, HELD, CLOSED, REOPENED).when(lambda case: handling.release(case, RELEASE)).then_refused(
        "held"
    )


@pytest.mark.parametrize("days", [0, -1, 400])
def test_the_date_lies_ahead_and_within_a_year(days: int) -> None:
    wrong = handling.Hold(waits_for="other", until=START + timedelta(days=days), reason="-")
    Given(evolve, OPENED).when(lambda case: handling.hold(case, wrong, at=START)).then_fails(InvalidError, "until")


def test_clocks_of_the_office_stand_still_meanwhile_and_the_hold_has_one_of_its_own() -> None:
    clocks, said = followed([OPENED, ACKNOWLEDGED, TRIAGED, HELD])
    assert kinds(said)[3:] == ["assess paused", "hold started"]
    assert clocks.wakes_at == UNTIL
    clocks, said = followed([OPENED, ACKNOWLEDGED, TRIAGED, HELD, CaseReleased()])
    assert kinds(said)[5:] == ["assess resumed", "hold met"]
    assert TRIAGED.assess_by is not None
    assert clocks.wakes_at == TRIAGED.assess_by + timedelta(hours=1)


def test_what_the_employer_owes_goes_on() -> None:
    _, said = followed([*ENGAGED_CASE, HELD, ANSWERED])
    assert kinds(said)[-2:] == ["hold started", "answer met"]


def test_a_second_hold_has_a_clock_that_runs() -> None:
    clocks, said = followed([OPENED, ACKNOWLEDGED, HELD, CaseReleased(), HELD])
    assert kinds(said)[2:] == ["hold started", "hold met", "hold started"]
    assert clocks.wakes_at == UNTIL
