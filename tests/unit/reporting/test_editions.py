"""Editions: who is counted in them, what is withheld, and that nothing that comes later changes them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from services.reporting.domain.audience import Audience
from services.reporting.domain.quarters import Quarter
from services.reporting.domain.tables import ALL, WITHHELD
from services.reporting.settings import Settings
from services.reporting.views.editions import SETTLING, Edition
from shared.errors import NotFoundError
from shared.events import cases
from tests.unit.reporting.publishing import QUARTER, Complaint, Office, numbers

LATE = QUARTER.end + timedelta(days=30)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


async def public(office: Office, quarter: Quarter = QUARTER) -> Edition:
    return await office.editions().edition(quarter, Audience.PUBLIC)


async def test_the_closed_list_of_tables(office: Office) -> None:
    office.take([Complaint()])

    edition = await public(office)

    assert [table.name for table in edition.tables] == [
        "issues",
        "issues-by-channel-severity",
        "issues-by-country",
        "issues-by-issue",
        "money-by-currency",
        "responsiveness",
        "time-to-close",
        "time-to-close-by-close-reason",
    ]


async def test_only_those_who_agreed_to_statistics_are_counted(office: Office) -> None:
    office.take([Complaint(workers=2)] * 30 + [Complaint(consent=False)] * 17)
    withdrawn = office.take([Complaint(country="KH")] * 11)
    for case in withdrawn:
        office.log.tell(
            case, cases.ConsentWithdrawn(recipient="anybody", purpose="statistics"), QUARTER.end - timedelta(days=1)
        )

    edition = await public(office)

    assert edition.named("issues").table.rows == ((30, 60),)


async def test_too_few_cases_tell_nothing_at_all(office: Office) -> None:
    office.take([Complaint(reason="remedied", answered=(True,) * 5, claimed=Decimal(10))] * 9)

    edition = await public(office)

    values = [
        value for table in edition.tables for row in table.table.rows for value in row[len(table.publication.axes) :]
    ]
    assert set(values) == {WITHHELD}
    assert edition.named("money-by-currency").table.rows == ()
    assert sum(table.table.withheld for table in edition.tables) == len(values)


async def test_a_zero_is_withheld_like_any_small_number_and_is_never_written_as_zero(office: Office) -> None:
    office.take([Complaint(channel="line", country="TH")] * 40 + [Complaint(channel="phone", country="VN")] * 20)

    countries = numbers(await public(office), "issues-by-country")

    assert countries == {"TH": 40, "KH": WITHHELD, "other": WITHHELD, ALL: 60}


async def test_partners_see_smaller_numbers_and_never_less_than_the_public(office: Office) -> None:
    office.take([Complaint(country="TH")] * 40 + [Complaint(country="KH")] * 7 + [Complaint(country="VN")] * 6)
    editions = office.editions()

    partner = numbers(await editions.edition(QUARTER, Audience.PARTNER), "issues-by-country")
    anybody = numbers(await editions.edition(QUARTER, Audience.PUBLIC), "issues-by-country")

    assert partner == {"TH": 40, "KH": 7, "other": 6, ALL: 53}
    assert anybody == {"TH": 40, "KH": WITHHELD, "other": WITHHELD, ALL: 53}


async def test_an_issue_that_nearly_all_raise_is_withheld_with_those_that_few_raise(office: Office) -> None:
    office.take(
        [Complaint(issues=("WAG-NON",))] * 25
        + [Complaint(issues=("WAG-NON", "DOC-RET"))] * 12
        + [Complaint(issues=("REC-FEE",))] * 3
    )

    issues = numbers(await public(office), "issues-by-issue")

    assert (issues["WAG-NON"], issues["DOC-RET"], issues["REC-FEE"]) == (WITHHELD, 12, WITHHELD)
    assert ALL not in issues


async def test_money_of_few_or_mostly_of_one_is_withheld(office: Office) -> None:
    office.take([Complaint(claimed=Decimal(100))] * 12)
    assert (await public(office)).named("money-by-currency").table.rows == (
        ("THB", Decimal(1200), WITHHELD, WITHHELD, 12),
    )

    office.take([Complaint(claimed=Decimal(90_000))])

    assert (await public(office)).named("money-by-currency").table.rows == (("THB", WITHHELD, WITHHELD, WITHHELD, 13),)


async def test_a_rate_is_withheld_with_what_it_is_a_rate_of(office: Office) -> None:
    office.take([Complaint(answered=(True,))] * 20 + [Complaint(answered=(False,))] * 3)
    assert (await public(office)).named("responsiveness").table.rows == ((23, WITHHELD, WITHHELD),)

    office.take([Complaint(answered=(False,))] * 17)

    assert (await public(office)).named("responsiveness").table.rows == ((40, 20, Decimal("50.0")),)


async def test_many_requests_of_few_cases_are_few(office: Office) -> None:
    office.take([Complaint(answered=(True, True, False, False))] * 9)

    assert (await public(office)).named("responsiveness").table.rows == ((WITHHELD, WITHHELD, WITHHELD),)


async def test_a_median_is_told_of_enough_closed_cases(office: Office) -> None:
    office.take([Complaint(reason="remedied", days=4)] * 9 + [Complaint()] * 9)
    assert (await public(office)).named("time-to-close").table.rows == ((WITHHELD, WITHHELD),)

    office.take([Complaint(reason="partial", days=4)] * 11)

    edition = await public(office)
    assert edition.named("time-to-close").table.rows == ((20, Decimal("4.0")),)
    assert numbers(edition, "time-to-close-by-close-reason")[ALL] == 20


async def test_nothing_that_becomes_known_later_changes_an_edition(office: Office) -> None:
    cohort = office.take([Complaint()] * 25 + [Complaint(country="KH")] * 15)
    before = await public(office)

    for case in cohort[:3]:
        office.log.tell(case, cases.ConsentWithdrawn(recipient="anybody", purpose="statistics"), LATE)
        office.log.tell(case, cases.CaseClosed(reason="withdrawn", explanation="so it was"), QUARTER.start, LATE)
    stranger = cases.CaseOpened(number="RG-late", channel="line", language="th", statistics_consent=True)
    office.log.tell(UUID(int=5), stranger, QUARTER.start + timedelta(days=3), LATE)

    assert (await public(office)) == before


async def test_only_whole_quarters_that_are_over_have_an_edition(office: Office) -> None:
    office.take([Complaint()])
    editions = office.editions(QUARTER.next.end + SETTLING)

    assert await editions.quarters() == [QUARTER.next, QUARTER]
    assert await office.editions(QUARTER.end).quarters() == []
    for quarter in (Quarter(2025, 4), QUARTER.next.next):
        with pytest.raises(NotFoundError, match="quarter"):
            await editions.edition(quarter, Audience.PUBLIC)


async def test_an_empty_record_has_no_editions(office: Office) -> None:
    assert await office.editions(datetime(2030, 1, 1, tzinfo=UTC)).quarters() == []


async def test_no_table_that_shares_its_total_tells_another_one(office: Office) -> None:
    office.take([Complaint()] * 31)
    edition = await public(office)

    assert edition.named("issues").table.rows[0][0] == 31
    assert numbers(edition, "issues-by-country")[ALL] == 31
    assert numbers(edition, "issues-by-channel-severity")[ALL, ALL] == 31


@pytest.mark.parametrize("wrong", [{"public_threshold": 4}, {"partner_threshold": 4}, {"partner_threshold": 11}])
def test_settings_that_protect_nobody_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="threshold"):
        Settings.model_validate(wrong)
