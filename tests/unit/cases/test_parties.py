"""Organisations in their company: ids with a check digit, names, duplicates, relations, counts of heads, reviews."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from services.cases.domain import disclosure, parties
from services.cases.domain.commands import NameRespondent
from services.cases.domain.organisations import Organisation, evolve
from services.cases.domain.os_id import check_digit, well_formed_os_id
from shared.errors import InvalidError
from shared.events import cases as facts
from shared.events import parties as told
from shared.events.envelope import Event
from shared.events.values import Money
from tests.support.given_when_then import By, Fact, Given, Outcome
from tests.unit.cases.stories import CLOSED, GOLDEN_PRAWN, OPENED, PLANT, case

OTHER = UUID("0190f2c4-7a3e-7c11-9c0e-0000000000c1")
SITE = UUID("0190f2c4-7a3e-7c11-9c0e-0000000000c2")
SECOND = UUID("0190f2c4-7a3e-7c11-9c0e-0000000000c3")
FEE = UUID("0190f2c4-7a3e-7c11-9c0e-0000000000c4")
REGISTERED = facts.OrganisationRegistered(name="Golden Prawn", kind="employer", country="TH")
BROKER = facts.OrganisationRegistered(name="Uncle Win", kind="broker", country="MM")
MERGED = told.OrganisationMerged(survivor_id=OTHER, reason="Same tax number.")
TODAY = date(2026, 3, 2)


def organisation(*story: Event) -> Given[Organisation]:
    return Given(evolve, REGISTERED, *story)


def another(**changes: UUID | None) -> Organisation:
    known: Organisation = organisation().state
    fields = {name: getattr(known, name) for name in known.__struct_fields__}
    return Organisation(**{**fields, "organisation_id": OTHER, **changes})


@pytest.mark.parametrize("os_id", ["CN2021250D1DTN7", "IN2019067X1K87G", "cn 2021250 d1dtn 7", "CN-2021250-D1DTN7"])
def test_an_os_id_with_its_right_check_digit_is_taken_in_one_spelling(os_id: str) -> None:
    assert well_formed_os_id(os_id) in {"CN2021250D1DTN7", "IN2019067X1K87G"}


@pytest.mark.parametrize(
    "os_id", ["IN2019067X1K87E", "CN2021250D1DTN8", "CN2021250D1DTI7", "CN202125D1DTN7", "C12021250D1DTN7", ""]
)
def test_an_os_id_that_was_copied_wrongly_is_refused(os_id: str) -> None:
    with pytest.raises(InvalidError):
        well_formed_os_id(os_id)


def test_one_changed_digit_is_always_seen() -> None:
    for place in range(2, 9):
        changed = "CN2021250D1DTN7"[:place] + "9" + "CN2021250D1DTN7"[place + 1 :]
        if changed != "CN2021250D1DTN7":
            assert check_digit(changed) != "7"


def test_a_new_name_keeps_the_earlier_ones() -> None:
    renamed = told.OrganisationRenamed(name="Silver Prawn", kind="employer", country="TH")
    organisation().when(lambda known: parties.rename(known, parties.Rename(name=" Silver  Prawn"))).then(renamed)
    organisation(renamed).when(lambda known: parties.rename(known, parties.Rename(name="Silver Prawn"))).then()
    assert [one.name for one in organisation(renamed).state.names] == ["Golden Prawn", "Silver Prawn"]


def merge(*story: Event, survivor: Organisation | None) -> Outcome:
    command = parties.Merge(survivor_id=OTHER, reason="Same tax number.")
    return organisation(*story).when(lambda known: parties.merge(known, command, survivor=survivor))


def test_a_duplicate_is_merged_and_parted_again() -> None:
    merge(survivor=another()).then(MERGED)
    assert organisation(MERGED).state.merged_into == OTHER
    parting = parties.Unmerge(reason="Other tax number.")
    parted = told.OrganisationUnmerged(survivor_id=OTHER, reason="Other tax number.")
    organisation(MERGED).when(lambda known: parties.unmerge(known, parting)).then(parted)
    assert organisation(MERGED, parted).state.merged_into is None
    organisation().when(lambda known: parties.unmerge(known, parting)).then_refused("merged")


def test_nothing_is_merged_twice_into_itself_or_into_what_is_merged() -> None:
    merge(MERGED, survivor=another()).then_refused("not-merged")
    merge(survivor=None).then_fails(InvalidError, "survivor_id")
    merge(survivor=another(merged_into=PLANT)).then_refused("survivor-stands")
    merge(survivor=organisation().state).then_fails(InvalidError, "survivor_id")


def test_a_merged_organisation_is_named_by_its_survivor() -> None:
    command = NameRespondent(organisation_id=PLANT, role="employer")

    def name(found: Organisation) -> Outcome:
        return case(OPENED).when(lambda state: disclosure.name_respondent(state, command, organisation=found))

    name(another(merged_into=SITE)).then_refused("organisation-stands")
    name(GOLDEN_PRAWN).then(
        facts.RespondentNamed(organisation_id=PLANT, name=GOLDEN_PRAWN.name, kind="employer", role="employer")
    )


def test_relations_hold_until_they_end() -> None:
    supplying = parties.Relate(kind="supplies", organisation_id=OTHER)
    recorded = told.RelationRecorded(kind="supplies", organisation_id=OTHER)
    ended = told.RelationEnded(kind="supplies", organisation_id=OTHER)
    ending = parties.EndRelation(kind="supplies", organisation_id=OTHER)
    organisation().when(lambda known: parties.relate(known, supplying, other=another())).then(recorded)
    organisation(recorded).when(lambda known: parties.relate(known, supplying, other=another())).then()
    organisation(recorded).when(lambda known: parties.end_relation(known, ending)).then(ended)
    organisation(recorded, ended).when(lambda known: parties.end_relation(known, ending)).then()
    organisation(recorded, ended).when(lambda known: parties.relate(known, supplying, other=another())).then(recorded)


def test_only_recruiters_recruit() -> None:
    command = parties.Relate(kind="recruits-for", organisation_id=OTHER)
    organisation().when(lambda known: parties.relate(known, command, other=another())).then_fails(InvalidError, "kind")
    Given(evolve, BROKER).when(lambda known: parties.relate(known, command, other=another())).then(
        told.RelationRecorded(kind="recruits-for", organisation_id=OTHER)
    )


def test_heads_are_counted_of_a_known_site_on_a_day_that_was() -> None:
    site = told.SiteRegistered(site_id=SITE, name="Plant 2", country="TH")
    organisation().when(lambda known: parties.add_site(known, parties.AddSite(name="Plant 2"), site_id=SITE)).then(site)
    again = parties.AddSite(name="PLANT 2")
    organisation(site).when(lambda known: parties.add_site(known, again, site_id=SECOND)).then_fails(
        InvalidError, "name"
    )
    count = parties.CountHeads(site_id=SITE, workers=400, counted_on=TODAY)
    counted = told.HeadcountRecorded(site_id=SITE, workers=400, counted_on=TODAY)
    organisation(site).when(lambda known: parties.count_heads(known, count, today=TODAY)).then(counted)
    organisation().when(lambda known: parties.count_heads(known, count, today=TODAY)).then_fails(
        InvalidError, "site_id"
    )
    early = date(2026, 3, 1)
    organisation(site).when(lambda known: parties.count_heads(known, count, today=early)).then_fails(
        InvalidError, "counted_on"
    )


def test_the_mean_headcount_weighs_every_count_by_its_days() -> None:
    story = (
        told.SiteRegistered(site_id=SITE, name="Plant 1"),
        told.SiteRegistered(site_id=SECOND, name="Plant 2"),
        told.HeadcountRecorded(site_id=SITE, workers=100, counted_on=date(2026, 1, 1)),
        told.HeadcountRecorded(site_id=SITE, workers=999, counted_on=date(2026, 1, 21)),
        told.HeadcountRecorded(site_id=SITE, workers=300, counted_on=date(2026, 1, 21)),
    )
    sites = organisation(*story).state.sites
    since, until = datetime(2026, 1, 11, tzinfo=UTC), datetime(2026, 1, 31, tzinfo=UTC)
    assert parties.mean_headcount(sites, since, until) == 200
    assert parties.mean_headcount(sites, datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 2, 1, tzinfo=UTC)) is None


def report(command: parties.ReportFee, *story: Event, recruiter: Organisation | None = None) -> Outcome:
    return case(OPENED, *story).when(
        lambda state: parties.report_fee(state, command, fee_id=FEE, recruiter=recruiter, today=TODAY)
    )


def fee(amount: str = "15000.00", currency: str = "THB", recruiter_id: UUID | None = None) -> parties.ReportFee:
    return parties.ReportFee(
        amount=Money(amount=Decimal(amount), currency=currency),
        from_country="MM",
        to_country="TH",
        paid_on=date(2025, 11, 1),
        workers=12,
        recruiter_id=recruiter_id,
    )


def test_a_fee_is_told_by_way_and_recruiter() -> None:
    report(fee(recruiter_id=OTHER), recruiter=another()).then(
        told.RecruitmentFeeReported(
            fee_id=FEE,
            amount=Money(amount=Decimal("15000.00"), currency="THB"),
            from_country="MM",
            to_country="TH",
            paid_on=date(2025, 11, 1),
            workers=12,
            recruiter_id=OTHER,
        )
    )
    report(fee(recruiter_id=OTHER)).then_fails(InvalidError, "recruiter_id")
    report(fee(), CLOSED).then_refused("case-open")


@pytest.mark.parametrize(("amount", "currency"), [("0", "THB"), ("1.005", "THB"), ("0.5", "JPY"), ("5", "ABC")])
def test_a_fee_that_no_cashier_could_take_is_refused(amount: str, currency: str) -> None:
    report(fee(amount, currency)).then_fails(InvalidError, "amount")


def test_currencies_have_their_own_decimals() -> None:
    for amount, currency in (("0.005", "KWD"), ("5000", "VND"), ("0.01", "MMK")):
        state, command = case(OPENED).state, fee(amount, currency)
        assert parties.report_fee(state, command, fee_id=FEE, recruiter=None, today=TODAY)


RECEIVED = told.ReviewReceived(organisation_id=PLANT, stars={"no-fees": 2}, channel="app")


def moderate(command: parties.ApproveReview | parties.RejectReview, *story: Fact, by: str = "reviewer") -> Outcome:
    given = Given(parties.evolve_review, By("app", RECEIVED), *story)
    return given.when(lambda known: parties.moderate(known, command, by=by))


def test_a_review_counts_when_somebody_else_has_looked_at_it() -> None:
    approved = told.ReviewApproved(organisation_id=PLANT)
    moderate(parties.ApproveReview()).then(approved)
    moderate(parties.ApproveReview(), approved).then()
    moderate(parties.ApproveReview(), by="app").then_refused("four-eyes")
    rejected = told.ReviewRejected(organisation_id=PLANT, reason="Spam.")
    moderate(parties.RejectReview(reason="Spam."), approved).then(rejected)
    moderate(parties.ApproveReview(), approved, By("app", RECEIVED)).then(approved)


def test_a_review_gives_stars() -> None:
    wrong: tuple[dict[str, int], ...] = ({}, {"no-fees": 0}, {"no-fees": 6})
    for stars in wrong:
        command = parties.ReviewOrganisation(stars=stars, channel="app")
        with pytest.raises(InvalidError):
            parties.review(command, PLANT)
