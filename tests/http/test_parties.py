"""Organisations in their company, over the wire: duplicates, relations, rates, reviews, fees, and brands."""

from typing import Any

from shared.rights import Role, Scope
from tests.http.cases_desk import ROOT, do, engaged, open_case, refused, register, show
from tests.support.app import Client, System


def party(client: Client, about: str, command: str, /, **body: Any) -> Any:
    return client.post(f"{ROOT}/organisations/{about}/{command}", body)


def done(answer: Any) -> str:
    assert answer.status_code in {200, 201}, answer.text
    position: str = answer.json()["position"]
    return position


def shown(client: Client, organisation_id: str, *, wait: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"{ROOT}/organisations/{organisation_id}", wait=wait).json()
    return found


def test_a_wrong_os_id_is_refused_and_a_right_one_is_registered_once(system: System) -> None:
    body = {"name": "Harbour Foods", "kind": "employer", "country": "IN", "os_id": "IN2019067X1K87E"}
    assert system.operator.post(f"{ROOT}/organisations", body).json()["field"] == "os_id"
    first = register(system.operator, name="Harbour Foods", country="IN", os_id="IN 2019067 X1K87 G")
    assert shown(system.operator, first)["os_id"] == "IN2019067X1K87G"
    again = system.operator.post(f"{ROOT}/organisations", {**body, "name": "Harbor", "os_id": "IN2019067X1K87G"})
    assert (again.status_code, again.json()["organisation_id"]) == (409, first)


def test_what_points_to_a_duplicate_is_shown_under_its_survivor_until_they_are_parted(system: System) -> None:
    survivor, duplicate = register(system.operator), register(system.operator)
    case_id = open_case(system.operator)
    do(system.operator, case_id, "name-respondent", organisation_id=duplicate, role="employer")

    def found(position: str) -> list[str]:
        page = system.operator.get(f"{ROOT}/cases", wait=position, respondent=survivor).json()
        return [one["case_id"] for one in page["items"]]

    def listed(position: str) -> set[str]:
        page = system.operator.get(f"{ROOT}/organisations", wait=position, limit=200).json()
        return {one["organisation_id"] for one in page["items"]} & {survivor, duplicate}

    assert party(system.operator, duplicate, "merge", survivor_id=survivor, reason="Same.").status_code == 403
    merged = done(party(system.supervisor, duplicate, "merge", survivor_id=survivor, reason="Same."))
    assert (found(merged), listed(merged)) == ([case_id], {survivor})
    assert shown(system.operator, survivor, wait=merged)["merged"] == [duplicate]
    refused(party(system.supervisor, survivor, "merge", survivor_id=duplicate, reason="Same."), "survivor-stands")
    parted = done(party(system.supervisor, duplicate, "unmerge", reason="Not the same."))
    assert (found(parted), listed(parted)) == ([], {survivor, duplicate})


def test_an_earlier_name_still_finds_an_organisation(system: System) -> None:
    organisation_id = register(system.operator, name="Old Harbour Canning")
    position = done(party(system.operator, organisation_id, "rename", name="New Harbour Canning"))
    page = system.operator.get(f"{ROOT}/organisations", wait=position, text="old harbour").json()
    assert [one["name"] for one in page["items"]] == ["New Harbour Canning"]
    assert [one["name"] for one in shown(system.operator, organisation_id)["names"]] == [
        "Old Harbour Canning",
        "New Harbour Canning",
    ]
    taken = system.operator.post(
        f"{ROOT}/organisations", {"name": "new harbour canning", "kind": "employer", "country": "TH"}
    )
    assert taken.status_code == 409


def test_cases_are_told_per_thousand_workers(system: System) -> None:
    plant = register(system.operator)
    done(party(system.operator, plant, "add-site", name="Plant 1"))
    (site,) = shown(system.operator, plant)["sites"]
    done(party(system.operator, plant, "count-heads", site_id=site["site_id"], workers=500, counted_on="2020-01-01"))
    time: dict[str, Any] = {"opened_from": "2020-01-01T00:00:00Z", "opened_to": "2099-01-01T00:00:00Z"}
    for _ in range(2):
        do(system.operator, open_case(system.operator), "name-respondent", organisation_id=plant, role="employer")
    position = do(system.operator, open_case(system.operator), "note", text="elsewhere")["position"]
    rate = system.auditor.get(f"{ROOT}/organisations/{plant}/rate", wait=position, **time).json()
    assert (rate["cases"], rate["mean_headcount"], rate["per_1000_workers"]) == (2, 500.0, 4.0)


def test_suppliers_and_recruiters_are_found_by_whom_they_serve(system: System) -> None:
    brand = register(system.operator, kind="brand")
    plant, broker = register(system.operator), register(system.operator, kind="broker")
    done(party(system.operator, plant, "relate", kind="supplies", organisation_id=brand))
    position = done(party(system.operator, broker, "relate", kind="recruits-for", organisation_id=plant))

    def ids(**asked: Any) -> list[str]:
        page = system.operator.get(f"{ROOT}/organisations", wait=position, **asked).json()
        return [one["organisation_id"] for one in page["items"]]

    assert (ids(supplies=brand), ids(recruits_for=plant)) == ([plant], [broker])


def test_a_brand_sees_its_suppliers_case_at_the_level_that_consent_allows(system: System) -> None:
    case_id, plant = engaged(system, complainant={"name": "Aye Aye Mon"})
    brand = register(system.operator, kind="brand")
    partner = system.client(Role.PARTNER, organisation=brand, scope=Scope.ORGANISATION)
    assert partner.get(f"{ROOT}/cases/{case_id}").status_code == 404
    do(system.operator, case_id, "consent", recipient=brand, purpose="disclose-facts")
    facts = partner.get(f"{ROOT}/cases/{case_id}", headers={"Redress-Purpose": "handling"}).json()
    assert (facts["disclosure"], "complainant" in facts) == ("facts", False)
    assert [one["organisation_id"] for one in facts["suppliers"]] == [plant]
    do(system.operator, case_id, "consent", recipient=brand, purpose="disclose-identity")
    whole = partner.get(f"{ROOT}/cases/{case_id}", headers={"Redress-Purpose": "handling"}).json()
    assert (whole["disclosure"], whole["complainant"]["name"]) == ("identity", "Aye Aye Mon")


def test_reviews_are_told_from_ten_workers_on_each_counted_once(system: System) -> None:
    plant = register(system.operator)
    path = f"{ROOT}/organisations/{plant}/reviews"

    def review(reviewer: str, stars: int) -> str:
        body = {"channel": "app", "reviewer": reviewer, "stars": {"no-fees": stars}, "text": "They took my passport."}
        answer = party(system.channel, plant, "review", **body)
        assert answer.status_code == 201, answer.text
        review_id: str = answer.json()["review_id"]
        return review_id

    def approve(review_id: str) -> str:
        return done(system.operator.post(f"{ROOT}/reviews/{review_id}/approve"))

    for number in range(9):
        position = approve(review(f"user-{number}", 2))
    waiting = review("user-9", 4)
    too_few = system.channel.get(path, wait=position).json()
    assert (too_few["published"], too_few["reviews"], too_few["stars"]) == (False, None, {})
    assert review("user-9", 4) == waiting
    told = system.channel.get(path, wait=approve(waiting)).json()
    assert (told["published"], told["reviews"], told["stars"]) == (True, 10, {"no-fees": 2.2})
    own = party(system.operator, plant, "review", channel="hotline", stars={"pay": 1}).json()["review_id"]
    refused(system.operator.post(f"{ROOT}/reviews/{own}/approve"), "four-eyes")


def test_a_fee_stands_in_its_case(system: System) -> None:
    case_id, broker = open_case(system.operator), register(system.operator, kind="broker")
    fee = {"amount": {"amount": "15000.00", "currency": "THB"}, "from_country": "MM", "to_country": "TH"}
    do(system.operator, case_id, "report-fee", **fee, paid_on="2025-11-01", workers=12, recruiter_id=broker)
    (told,) = show(system.operator, case_id)["fees"]
    assert (told["amount"], told["recruiter_id"]) == ({"amount": "15000.00", "currency": "THB"}, broker)


def test_another_tenants_organisation_is_none(system: System) -> None:
    plant = register(system.operator)
    stranger = system.client(Role.SUPERVISOR, tenant="elsewhere")
    theirs = register(stranger)
    assert party(stranger, plant, "rename", name="Ours").status_code == 404
    assert party(stranger, plant, "review", channel="app", stars={"pay": 1}).status_code == 404
    assert stranger.get(f"{ROOT}/organisations/{plant}/reviews").status_code == 404
    assert party(system.supervisor, plant, "merge", survivor_id=theirs, reason="Same.").status_code == 422
    review_id = party(system.channel, plant, "review", channel="app", stars={"pay": 1}).json()["review_id"]
    assert stranger.post(f"{ROOT}/reviews/{review_id}/approve").status_code == 404
