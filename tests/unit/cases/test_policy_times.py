"""Packs, their times and calendars: when a span is over, which pack holds for a case, what another would change."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from services.cases.domain import handling, opening
from services.cases.domain.commands import Acknowledge, OpenCase
from services.cases.domain.evolve import evolve
from shared.errors import SettingsError
from shared.policy import default_policy, read_packs, read_policy
from shared.policy.pack import SHIPPED, shipped
from shared.policy.simulating import simulate
from shared.policy.terms import Calendar, Term, read_term
from tests.support.given_when_then import START, Given, history
from tests.unit.cases.stories import ACKNOWLEDGED, CLOSED, ENGAGED_CASE, OPENED

PACKS = {name: read_policy(shipped(name)) for name in SHIPPED}
BRUSSELS = Calendar("Europe/Brussels")


@pytest.mark.parametrize(
    ("text", "start", "calendar", "end"),
    [
        ("P7D", "2026-03-25T09:00+01:00", BRUSSELS, "2026-04-01T09:00+02:00"),
        ("PT24H", "2026-03-28T09:00+01:00", BRUSSELS, "2026-03-29T10:00+02:00"),
        ("P3M", "2026-11-30T09:00+01:00", BRUSSELS, "2027-02-28T09:00+01:00"),
        ("P1W", "2026-10-20T09:00+02:00", BRUSSELS, "2026-10-27T09:00+01:00"),
        ("2 business days", "2026-07-03T16:00+00:00", Calendar(), "2026-07-08T00:00+00:00"),
        ("1 business day", "2026-03-27T23:30+01:00", BRUSSELS, "2026-03-31T00:00+02:00"),
    ],
)
def test_a_span_ends_by_the_clock_on_the_wall_of_its_zone(text: str, start: str, calendar: Calendar, end: str) -> None:
    assert read_term(text).after(datetime.fromisoformat(start), calendar) == datetime.fromisoformat(end)


def test_holidays_and_another_weekend_are_no_business_days() -> None:
    friday = datetime(2026, 12, 24, 10, tzinfo=UTC)
    christmas = Calendar(holidays=(datetime(2026, 12, 25, tzinfo=UTC).date(),))
    assert Term(1, "business days").after(friday, christmas) == datetime(2026, 12, 29, tzinfo=UTC)
    gulf = Calendar("Asia/Qatar", weekend=("fri", "sat"))
    thursday = datetime(2026, 3, 5, 9, tzinfo=ZoneInfo("Asia/Qatar"))
    assert Term(1, "business days").after(thursday, gulf) == datetime(2026, 3, 9, tzinfo=ZoneInfo("Asia/Qatar"))


@pytest.mark.parametrize("text", ["soon", "P7", "P0D", "7 days", "business days", "P99999D", 7])
def test_a_span_that_is_not_written_as_one_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="span"):
        read_term(text)


def test_the_shipped_packs_say_what_their_schemes_say() -> None:
    assert {name: policy.name for name, policy in PACKS.items()} == {name: name for name in SHIPPED}
    eu, fla, grs = PACKS["eu-2019-1937"], PACKS["fla"], PACKS["world-bank-grs"]
    assert (eu.durations.acknowledge, eu.durations.feedback) == (Term(7, "days"), Term(3, "months"))
    assert (fla.durations.answer, fla.ladder.escalates) == (Term(45, "days"), ("employer",))
    assert grs.durations.acknowledge == Term(2, "business days")
    assert all(policy.issues == default_policy().issues for policy in PACKS.values())


@pytest.mark.parametrize(
    ("own", "named"),
    [
        ('[durations]\nacknowledge = "soon"', "durations.acknowledge"),
        ('[durations]\nacknowlege = "P7D"', "acknowlege"),
        ('[calendar]\ntime_zone = "Mars/Olympus"', "calendar.time_zone"),
        ('[calendar]\nweekend = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]', "calendar.weekend"),
        ('[ladder]\nescalates = ["moon"]', "ladder.escalates"),
    ],
)
def test_a_wrong_pack_is_refused_with_the_key_that_is_wrong(own: str, named: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_policy(f'extends = "ngo-hotline"\nname = "own"\nversion = "1"\n{own}'.encode())
    assert named in refused.value.detail


def test_a_table_chooses_the_pack_by_tenant_country_and_buyer(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text('extends = "fla"\nname = "own"\nversion = "7"\n')
    table = tmp_path / "packs.toml"
    table.write_text(
        '[[rule]]\nbuyer = "sea-and-co"\npack = "own.toml"\n'
        '[[rule]]\ntenant = "acme"\ncountry = "DE"\npack = "eu-2019-1937"\n'
    )
    packs = read_packs(default_policy(), table, "REDRESS_CASES_POLICIES")
    assert packs.chosen("acme", "DE").label == "eu-2019-1937 2026.1"
    assert packs.chosen("acme", "TH").name == packs.chosen("other", "DE").name == "ngo-hotline"
    assert packs.chosen("acme", "DE", ["sea-and-co"]).label == "own 7"
    assert packs.chosen("acme", "TH", ["sea-and-co"]).durations.answer == Term(45, "days")
    table.write_text('[[rule]]\npack = "none.toml"\n')
    with pytest.raises(SettingsError):
        read_packs(default_policy(), table, "REDRESS_CASES_POLICIES")


def test_under_the_directive_feedback_is_owed_from_the_acknowledgement_on_and_ends_with_it_or_with_the_case() -> None:
    (opened,) = opening.open_case(
        OpenCase(channel="hotline", language="de"), number="R-0", at=START, policy=PACKS["eu-2019-1937"]
    )
    acknowledged = opening.acknowledge(
        Given(evolve, opened).state,
        Acknowledge(channel="hotline"),
        at=START + timedelta(hours=1),
        policy=PACKS["eu-2019-1937"],
    )
    case = Given(evolve, opened, *acknowledged)
    (feedback,) = case.state.course.open_duties
    assert (feedback.duty, feedback.due_at.month - START.month) == ("feedback", 3)
    told = handling.give_feedback(case.state, handling.GiveFeedback(channel="hotline"))
    assert Given(evolve, opened, *acknowledged, *told).state.course.open_duties == []
    ended = Given(evolve, opened, *acknowledged, CLOSED).state.course.duties[-1]
    assert ended.met_at is not None


def test_feedback_comes_after_the_acknowledgement() -> None:
    words = handling.GiveFeedback(channel="hotline")
    Given(evolve, OPENED).when(lambda case: handling.give_feedback(case, words)).then_refused("acknowledged")


def test_a_simulation_says_which_deadlines_and_misses_would_differ() -> None:
    facts = list(history(ENGAGED_CASE))
    late = facts[0].envelope.occurred_at + timedelta(days=20)
    as_is = {kind.duty: kind for kind in simulate(facts, default_policy(), late)}
    assert (as_is["answer"].begun, as_is["answer"].missed, as_is["answer"].would_be_missed) == (1, 1, 1)
    fla = {kind.duty: kind for kind in simulate(facts, PACKS["fla"], late)}
    assert (fla["answer"].later, fla["answer"].missed, fla["answer"].would_be_missed) == (1, 1, 0)
    assert simulate(history([OPENED, ACKNOWLEDGED]), PACKS["world-bank-grs"], late) is not None
    grs = {kind.duty: kind for kind in simulate(history([OPENED, ACKNOWLEDGED]), PACKS["world-bank-grs"], late)}
    assert (grs["acknowledge"].earlier, grs["acknowledge"].would_be_missed) == (1, 0)
