"""Who reaches which case over HTTP: scopes, restricted kinds, conflicts of interest, broken glass, partners."""

from typing import Any

import pytest

from shared.rights import Role, Scope
from tests.http.cases_desk import ROOT, TRIAGE, do, engaged, open_case, register, send
from tests.support.app import Client, System

GLASS = "Redress-Break-Glass"
HANDLING, REVIEW = {"Redress-Purpose": "handling"}, {"Redress-Purpose": "review"}
WHY = {GLASS: "The handler is ill and the worker calls for help."}
SEXUAL = TRIAGE | {"issues": ["VIO-SEX"]}


@pytest.fixture(scope="module")
def own(system: System) -> Client:
    return system.client(Role.OPERATOR, name="own", scope=Scope.OWN)


@pytest.fixture(scope="module")
def mekong(system: System) -> Client:
    return system.client(Role.OPERATOR, name="mekong", team="mekong", scope=Scope.TEAM)


def reads(client: Client, case_id: str) -> list[int]:
    """Return what the three ways to see a case answer."""
    listed = client.get(f"{ROOT}/cases", limit=200).json()["items"]
    return [
        client.get(f"{ROOT}/cases/{case_id}").status_code,
        client.get(f"{ROOT}/cases/{case_id}/events").status_code,
        200 if case_id in {item["case_id"] for item in listed} else 404,
    ]


def settle(system: System, done: Any) -> None:
    """Wait until the lists have what a command answered with."""
    for path in (f"{ROOT}/cases", "/notify/v1/notifications", "/intake/v1/reports"):
        assert system.admin.get(path, wait=done["position"]).status_code == 200


def test_a_case_out_of_scope_is_not_there_to_read_or_to_change(system: System, own: Client, mekong: Client) -> None:
    case_id = open_case(system.operator)
    settle(system, do(system.operator, case_id, "assign", assignee="operator", team="delta"))
    for stranger in (own, mekong):
        assert reads(stranger, case_id) == [404, 404, 404]
        for command, body in (("note", {"text": "Mine?"}), ("triage", TRIAGE), ("close", {})):
            answer = send(stranger, case_id, command, **body)
            assert answer.status_code in {404, 422}
        assert send(stranger, case_id, "note", text="Mine?").status_code == 404
        stale = stranger.post(f"{ROOT}/cases/{case_id}/note", {"text": "x"}, headers={"If-Match": '"99"'})
        assert stale.status_code == 404
    settle(system, do(system.operator, case_id, "assign", assignee="colleague", team="mekong"))
    assert reads(mekong, case_id) == [200, 200, 200]
    assert reads(own, case_id) == [404, 404, 404]
    settle(system, do(system.operator, case_id, "assign", assignee="own"))
    assert reads(own, case_id) == [200, 200, 200]
    do(own, case_id, "note", text="Mine now.")


def test_who_took_a_case_in_knows_it_until_somebody_handles_it(system: System, own: Client) -> None:
    case_id = open_case(own)
    settle(system, do(own, case_id, "note", text="A first call."))
    assert reads(own, case_id) == [200, 200, 200]
    settle(system, do(system.supervisor, case_id, "assign", assignee="operator"))
    assert reads(own, case_id) == [404, 404, 404]


def test_restricted_kinds_are_read_by_few_and_by_the_handler(system: System, mekong: Client) -> None:
    case_id = open_case(system.operator, issues=["WAG-NON"])
    settle(system, do(system.operator, case_id, "assign", assignee="mekong", team="mekong"))
    assert reads(system.operator, case_id) == reads(system.auditor, case_id) == [200, 200, 200]
    settle(system, do(system.operator, case_id, "triage", **SEXUAL))
    for few in (system.supervisor, system.safeguarding, system.admin, mekong):
        assert reads(few, case_id) == [200, 200, 200]
    for other in (system.operator, system.colleague, system.auditor):
        assert reads(other, case_id) == [404, 404, 404]
        assert send(system.operator, case_id, "note", text="Hm.").status_code == 404


def test_breaking_the_glass_opens_the_case_is_on_record_and_supervisors_are_told(system: System, own: Client) -> None:
    case_id = open_case(system.operator)
    settle(system, do(system.operator, case_id, "assign", assignee="operator"))
    refused = own.get(f"{ROOT}/cases/{case_id}", headers={GLASS: "curious"})
    assert (refused.status_code, refused.json()["field"]) == (422, GLASS)
    seen = own.get(f"{ROOT}/cases/{case_id}", headers=WHY)
    assert (seen.status_code, seen.json()["case_id"]) == (200, case_id)
    masked = system.auditor.get(f"{ROOT}/cases/{case_id}/events")
    assert WHY[GLASS] not in masked.text
    last = system.admin.get(f"{ROOT}/cases/{case_id}/events", headers=REVIEW).json()["items"][-1]
    assert last["envelope"]["type"] == "cases.glass-broken"
    assert last["envelope"]["actor"]["id"] == "own"
    assert last["data"]["reason"] == WHY[GLASS]
    position = f"cases:{last['position']}" if last["position"] else None
    told = alerts(system, case_id, position)
    assert [(one["audience"], one["state"], one["reason"]) for one in told] == [
        ("supervisor", "suppressed", "no-contact")
    ]
    assert reads(own, case_id) == [404, 404, 404]


def alerts(system: System, case_id: str, position: str | None) -> list[dict[str, Any]]:
    """Return what supervisors see in their list of alerts."""
    head = system.admin.post(f"{ROOT}/organisations", {"name": f"Plant {case_id}", "kind": "employer"}).json()
    wait = position or head["position"]
    found = system.supervisor.get("/notify/v1/notifications", wait=wait, case_id=case_id, occasion="break-glass")
    items: list[dict[str, Any]] = found.json()["items"]
    return items


def test_the_glass_needs_no_breaking_for_who_may_read_and_opens_nothing_for_others(system: System) -> None:
    case_id = open_case(system.operator)
    assert system.operator.get(f"{ROOT}/cases/{case_id}", headers=WHY).json()["version"] == 1
    assert system.auditor.get(f"{ROOT}/cases/{case_id}", headers=WHY).status_code == 403
    assert system.partner.get(f"{ROOT}/cases/{case_id}", headers=WHY).status_code == 403
    missing = system.operator.get(f"{ROOT}/cases/{case_id[:-4]}0000", headers=WHY)
    assert missing.status_code == 404


def test_a_conflict_of_interest_keeps_out_whoever_it_is(system: System) -> None:
    case_id = open_case(system.operator)
    do(system.operator, case_id, "assign", assignee="colleague")
    other = send(system.operator, case_id, "declare-conflict", handler="colleague", reason="I do not like them.")
    assert other.status_code == 403
    done = do(system.supervisor, case_id, "declare-conflict", handler="colleague", reason="A cousin is foreman.")
    settle(system, do(system.supervisor, case_id, "declare-conflict", handler="admin", reason="Holds shares."))
    assert (
        do(system.supervisor, case_id, "declare-conflict", handler="admin", reason="Again.")["version"]
        > done["version"]
    )
    for kept_out in (system.colleague, system.admin):
        answer = kept_out.get(f"{ROOT}/cases/{case_id}")
        assert (answer.status_code, answer.json()["reason"]) == (403, "conflict-of-interest")
        assert kept_out.get(f"{ROOT}/cases/{case_id}", headers=WHY).status_code == 403
        assert reads(kept_out, case_id) == [403, 403, 404]
        assert send(kept_out, case_id, "note", text="But I").status_code == 403
        assert send(kept_out, case_id, "lift-conflict", handler="colleague", reason="No.").status_code == 403
    assigned = send(system.supervisor, case_id, "assign", assignee="colleague")
    assert assigned.json()["gate"] == "conflict-of-interest"
    do(system.supervisor, case_id, "lift-conflict", handler="colleague", reason="The cousin left.")
    assert system.colleague.get(f"{ROOT}/cases/{case_id}").status_code == 200


def test_nobody_lifts_their_own_conflict(system: System) -> None:
    case_id = open_case(system.operator)
    do(system.operator, case_id, "declare-conflict", handler="operator", reason="A friend works there.")
    assert send(system.operator, case_id, "lift-conflict", handler="operator", reason="Was a joke.").status_code == 403
    do(system.safeguarding, case_id, "lift-conflict", handler="operator", reason="The friend left.")
    assert system.operator.get(f"{ROOT}/cases/{case_id}").status_code == 200


def test_a_partner_sees_the_shared_part_while_consent_lives_and_answers_for_themselves(system: System) -> None:
    case_id, plant = engaged(system, complainant={"name": "Aye Aye Mon"}, summary="They took my passport.")
    other = register(system.operator)
    partner = system.client(Role.PARTNER, organisation=plant)
    rival = system.client(Role.PARTNER, organisation=other)
    settle(system, do(system.operator, case_id, "note", text="Careful."))
    assert [one["brief"] for one in partner.get(f"{ROOT}/cases/{case_id}").json()["escalations"]] == ["*******"]
    shown = partner.get(f"{ROOT}/cases/{case_id}", headers=HANDLING)
    assert shown.status_code == 200
    assert [one["brief"] for one in shown.json()["escalations"]] == ["Workers paid recruitment fees. Please answer."]
    assert not {"complainant", "summary", "safe_contact", "assignee", "consents", "respondents"} & set(shown.json())
    (row,) = partner.get(f"{ROOT}/cases").json()["items"]
    assert row["case_id"] == case_id
    assert "assignee" not in row
    assert partner.get(f"{ROOT}/cases/{case_id}/events").status_code == 403
    assert rival.get(f"{ROOT}/cases/{case_id}").status_code == 404
    answer = {"position": "accepted", "text": "We will look."}
    assert send(rival, case_id, "respond", organisation_id=other, **answer).status_code == 404
    assert send(rival, case_id, "respond", organisation_id=plant, **answer).status_code == 403
    assert send(partner, case_id, "respond", organisation_id=other, **answer).status_code == 403
    do(partner, case_id, "respond", organisation_id=plant, **answer)
    settle(system, do(system.operator, case_id, "withdraw-consent", recipient=plant, purpose="disclose-facts"))
    assert partner.get(f"{ROOT}/cases/{case_id}").status_code == 404
    assert partner.get(f"{ROOT}/cases").json()["total"] == 0


def message(number: int, **words: Any) -> dict[str, Any]:
    return {"channel": "line", "account": "desk", "external_id": f"reach-{number}", "text": "Help.", **words}


def test_a_key_for_some_channels_takes_in_and_sees_nothing_of_others(system: System) -> None:
    bot = system.client(Role.CHANNEL, channels=["line"])
    clerk = system.client(Role.OPERATOR, channels=["sms"])
    taken = bot.post("/intake/v1/messages", message(1))
    assert taken.status_code == 202
    assert bot.post("/intake/v1/messages", message(2, channel="sms")).status_code == 403
    event = {"specversion": "1.0", "id": "e-1", "source": "x", "type": "redress.intake.message.submitted"}
    batch = [event | {"data": message(3, channel="sms")}, event | {"data": message(4)}]
    media = {"Content-Type": "application/cloudevents-batch+json"}
    items = bot.post("/intake/v1/events", batch, headers=media).json()["items"]
    assert [item["status"] for item in items] == [403, 202]
    message_id, position = taken.json()["message_id"], taken.json()["position"]
    told = system.operator.get(f"/intake/v1/messages/{message_id}", wait=position).json()
    assert bot.get(f"/intake/v1/messages/{message_id}").status_code == 200
    assert clerk.get(f"/intake/v1/messages/{message_id}").status_code == 404
    assert clerk.get(f"/intake/v1/reports/{told['report_id']}").status_code == 404
    assert clerk.get("/intake/v1/reports").json()["total"] == 0
    assert clerk.post(f"/intake/v1/reports/{told['report_id']}/dismiss", {"reason": "spam"}).status_code == 404


def test_a_report_follows_the_reach_of_its_case(system: System, own: Client) -> None:
    grievance = {"issues": ["CHI-LAB"]}
    taken = system.channel.post("/intake/v1/messages", message(5, sender="a child", grievance=grievance)).json()
    report_id = system.operator.get(f"/intake/v1/messages/{taken['message_id']}", wait=taken["position"]).json()[
        "report_id"
    ]
    path = f"/intake/v1/reports/{report_id}"
    assert system.operator.get(path).status_code == 404
    assert system.operator.post(f"{path}/accept", {}).status_code == 404
    accepted = system.safeguarding.post(f"{path}/accept", {})
    assert accepted.status_code == 200
    case_id, position = accepted.json()["case_id"], accepted.json()["position"]
    assert system.safeguarding.get(f"{ROOT}/cases/{case_id}", wait=position).status_code == 200
    settle(system, do(system.safeguarding, case_id, "assign", assignee="own"))
    assert own.get(path).status_code == 200
    assert system.colleague.get(path).status_code == 404
    settle(system, do(system.supervisor, case_id, "declare-conflict", handler="own", reason="A cousin."))
    assert own.get(path).status_code == 404


def test_notifications_follow_the_reach_of_their_case(system: System, own: Client) -> None:
    case_id = open_case(system.operator, safe_contact={"channel": "email", "address": "worker@example.org"})
    do(system.operator, case_id, "assign", assignee="operator")
    settle(system, do(system.operator, case_id, "acknowledge"))
    (told,) = system.operator.get("/notify/v1/notifications", case_id=case_id).json()["items"]
    path = f"/notify/v1/notifications/{told['notification_id']}"
    assert (system.operator.get(path).status_code, own.get(path).status_code) == (200, 404)
    assert own.get("/notify/v1/notifications", case_id=case_id).json()["total"] == 0
