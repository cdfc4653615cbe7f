"""Grievances that belong together, over the wire: joining, merging, splitting, patterns; and reprisals."""

import asyncio
from typing import Any

from shared.rights import Role, Scope
from shared.service import Background
from tests.http.cases_desk import BRIEF, ROOT, do, engaged, open_case, planned, refused, register, send, show
from tests.http.test_reach import settle
from tests.support.app import Client, System


def row(client: Client, case_id: str, position: str) -> dict[str, Any]:
    items = client.get(f"{ROOT}/cases", wait=position, limit=200).json()["items"]
    return next(one for one in items if one["case_id"] == case_id)


def test_the_same_worker_joins_two_cases_and_counts_once_when_they_are_merged(system: System) -> None:
    first, second = open_case(system.operator), open_case(system.operator)
    for reference in ("W-1", "W-2"):
        do(system.operator, first, "join-worker", reference=reference, name="Aye Aye Mon")
    for reference in ("w-2", "W-3"):
        do(system.operator, second, "join-worker", reference=reference)
    assert show(system.operator, first)["workers_affected"] == 2
    merged = do(system.operator, second, "merge", survivor_id=first, reason="The same matter.")
    survivor = show(system.operator, first)
    assert (survivor["workers_affected"], survivor["merged"]) == (3, [second])
    assert row(system.operator, first, merged["position"])["workers"] == 3
    assert row(system.operator, second, merged["position"])["merged_into"] == first
    refused(send(system.operator, second, "assign", assignee="operator"), "case-stands")
    do(system.operator, second, "unmerge", reason="Another month.")
    assert show(system.operator, first)["workers_affected"] == 2
    do(system.operator, second, "assign", assignee="operator")


def test_who_joined_is_named_only_for_a_purpose(system: System) -> None:
    case_id = open_case(system.operator)
    do(system.operator, case_id, "join-worker", reference="W-77", name="Aye Aye Mon")
    history = system.operator.get(f"{ROOT}/cases/{case_id}/events").text
    assert "Aye Aye Mon" not in history
    assert "W-77" not in history
    opened = system.operator.get(f"{ROOT}/cases/{case_id}/events", headers={"Redress-Purpose": "handling"}).text
    assert "Aye Aye Mon" in opened


def test_a_part_of_the_workers_goes_on_with_a_case_of_its_own_and_comes_back(system: System) -> None:
    case_id = open_case(system.operator, workers=5, summary="They took my fee.")
    do(system.operator, case_id, "split", workers=2)
    (split,) = [
        one["data"]["other_id"]
        for one in system.operator.get(f"{ROOT}/cases/{case_id}/events").json()["items"]
        if one["envelope"]["type"] == "cases.case-split"
    ]
    assert show(system.operator, case_id)["workers_affected"] == 3
    new = show(system.operator, split)
    assert (new["workers_affected"], new["links"][0]["other_id"], new["summary"]) == (2, case_id, None)
    do(system.operator, split, "merge", survivor_id=case_id, reason="It was one matter.")
    assert show(system.operator, case_id)["merged"] == [split]


def test_nobody_merges_what_they_may_not_know_of(system: System) -> None:
    mine = open_case(system.operator)
    own = system.client(Role.OPERATOR, scope=Scope.OWN)
    case_id = open_case(own)
    assert send(own, case_id, "merge", survivor_id=mine, reason="Same.").status_code == 422
    assert send(own, case_id, "link", other_id=mine).status_code == 422
    stranger = system.client(Role.OPERATOR, tenant="elsewhere")
    for command, body in (("join-worker", {"reference": "x"}), ("merge", {"survivor_id": case_id, "reason": "x"})):
        assert send(stranger, mine, command, **body).status_code == 404


def test_a_report_of_reprisals_stops_disclosure_until_a_new_consent(system: System) -> None:
    case_id, plant = engaged(system)
    partner = system.client(Role.PARTNER, organisation=plant, scope=Scope.ORGANISATION)
    settle(system, do(system.operator, case_id, "note", text="Careful."))
    assert partner.get(f"{ROOT}/cases/{case_id}").status_code == 200
    assert len(show(system.operator, case_id)["retaliation"]["checks"]) == 3
    told = do(system.operator, case_id, "report-retaliation", acts=["dismissal"], statement="Sent home.")
    settle(system, told)
    hurt = show(system.operator, case_id)
    assert (hurt["severity"], hurt["issues"][-1], hurt["retaliation"]["disclosure_rests_since"] is None) == (
        "S1",
        "RET-REP",
        False,
    )
    assert row(system.operator, case_id, told["position"])["severity"] == "S1"
    assert partner.get(f"{ROOT}/cases/{case_id}").status_code == 404
    assert partner.get(f"{ROOT}/cases").json()["total"] == 0
    refused(
        send(system.operator, case_id, "escalate", organisation_id=plant, level="employer", brief=BRIEF), "retaliation"
    )
    assert send(system.operator, case_id, "release-disclosure", reason="Safe now.").status_code == 403
    settle(system, do(system.supervisor, case_id, "release-disclosure", reason="They are in a shelter."))
    assert partner.get(f"{ROOT}/cases/{case_id}").status_code == 200
    assert partner.get(f"{ROOT}/cases").json()["total"] == 1


def test_checks_are_done_one_after_the_other(system: System) -> None:
    case_id, _ = engaged(system)
    for left in (2, 1, 0):
        do(system.operator, case_id, "check-retaliation", outcome="none")
        checks = show(system.operator, case_id)["retaliation"]["checks"]
        assert sum(one.get("done_at") is None for one in checks) == left
    refused(send(system.operator, case_id, "check-retaliation", outcome="none"), "watch-running")


async def once_more(look: Background) -> None:
    await look()


def test_what_keeps_coming_back_is_told_to_supervisors_once(system: System) -> None:
    plant = register(system.operator)
    for _ in range(5):
        case_id = open_case(system.operator)
        position = do(system.operator, case_id, "name-respondent", organisation_id=plant, role="employer")["position"]
    assert row(system.operator, case_id, position)
    (look,) = [once for name, once, _ in system.house.services["cases"].background if name == "patterns"]
    for _ in range(2):
        asyncio.run(once_more(look))
        do(system.operator, case_id, "note", text="Looked.")
    asked: dict[str, Any] = {"organisation_id": plant, "kind": "organisation"}
    position = do(system.operator, case_id, "note", text="Again.")["position"]
    found = system.supervisor.get(f"{ROOT}/patterns", wait=position, **asked).json()["items"]
    assert [(one["cases"], one["times"]) for one in found] == [(5, 1)]
    assert system.operator.get(f"{ROOT}/patterns").status_code == 403
    stranger = system.client(Role.SUPERVISOR, tenant="elsewhere")
    assert stranger.get(f"{ROOT}/patterns").json()["total"] == 0


def test_clocks_stand_still_while_the_work_goes_on_elsewhere(system: System) -> None:
    first, second = open_case(system.operator), open_case(system.operator)

    def clocks(case_id: str) -> list[str]:
        answer = system.operator.get(f"{ROOT}/cases/{case_id}/clocks")
        return [f"{one['duty']} {one['state']}" for one in answer.json()["items"]]

    do(system.operator, second, "merge", survivor_id=first, reason="The same matter.")
    assert clocks(second) == ["acknowledge paused"]
    do(system.operator, second, "unmerge", reason="Another month.")
    assert clocks(second) == ["acknowledge running"]


def test_each_worker_gets_a_share_and_a_relapse_takes_the_case_up_again(system: System) -> None:
    case_id, item_id = planned(system)
    for reference in ("S-1", "S-2"):
        do(system.operator, case_id, "join-worker", reference=reference)
    members = show(system.operator, case_id)["members"]
    shares = [{"member_id": one, "amount": {"amount": "2500.00", "currency": "THB"}} for one in members]
    do(system.operator, case_id, "share-item", item_id=item_id, shares=shares)
    for share in shares:
        do(system.operator, case_id, "pay-worker", item_id=item_id, **share, evidence="receipt")
    (remedy,) = show(system.operator, case_id)["remedies"]
    assert (remedy["status"], remedy["paid"]["amount"], remedy["workers_reached"]) == ("completed", "5000.00", 2)
    assert [one["paid"]["amount"] for one in remedy["shares"]] == ["2500.00", "2500.00"]
    do(system.colleague, case_id, "verify-item", item_id=item_id, outcome="confirmed")
    assert show(system.operator, case_id)["remedies"][0]["recheck_at"] is not None
    do(system.supervisor, case_id, "close", reason="remedied", explanation="All paid.")
    do(system.operator, case_id, "recheck-item", item_id=item_id, outcome="relapsed", statement="They took it back.")
    reopened = show(system.operator, case_id)
    assert (reopened["state"], reopened["remedies"][0]["status"]) == ("remediating", "refuted")
    assert reopened["money"]["workers"][0]["paid"] == "5000.00"
