"""Notifications over HTTP: an acknowledged case tells its complainant, and who may see that, without the address."""

import time
from typing import Any

import pytest

from shared.ids import new_id
from tests.support.app import Client, System

NOTIFICATIONS = "/notify/v1/notifications"


def open_case(system: System, address: str | None = "aye@example.org") -> str:
    body: dict[str, Any] = {"channel": "hotline", "language": "th", "summary": "Passports kept at the dormitory."}
    if address is not None:
        body["safe_contact"] = {"channel": "email", "address": address, "language": "th"}
    answer = system.operator.post("/cases/v1/cases", body)
    assert answer.status_code == 201, answer.text
    case_id: str = answer.json()["case_id"]
    return case_id


def acknowledged(system: System, address: str | None = "aye@example.org") -> tuple[str, str]:
    """Open and acknowledge a case; return its id and the position to wait for."""
    case_id = open_case(system, address)
    body = {"channel": "email"} if address else {"no_safe_channel_because": "None was given."}
    answer = system.operator.post(f"/cases/v1/cases/{case_id}/acknowledge", body)
    assert answer.status_code == 200, answer.text
    return case_id, answer.json()["position"]


def ask(client: Client, query: dict[str, Any], wait: str | None = None) -> Any:
    return client.get(NOTIFICATIONS, wait=wait, **query)


def only(client: Client, case_id: str, wait: str | None = None) -> dict[str, Any]:
    answer = client.get(NOTIFICATIONS, wait=wait, case_id=case_id)
    assert answer.status_code == 200, answer.text
    page = answer.json()
    assert (len(page["items"]), page["next"], page["total"]) == (1, None, 1)
    item: dict[str, Any] = page["items"][0]
    return item


def test_an_acknowledged_case_tells_its_complainant_in_their_language(system: System) -> None:
    case_id, position = acknowledged(system)
    item = only(system.operator, case_id, position)
    assert (item["occasion"], item["audience"], item["channel"]) == ("acknowledgement", "complainant", "email")
    assert (item["language"], item["template"]) == ("th", "th/acknowledgement.complainant")
    assert item["address"] == "*******"


def test_the_letter_goes_out_by_itself_and_its_attempts_can_be_read(system: System) -> None:
    case_id, position = acknowledged(system)
    item = only(system.operator, case_id, position)
    deadline = time.monotonic() + 10
    while item["state"] != "sent" and time.monotonic() < deadline:
        time.sleep(0.05)
        item = only(system.operator, case_id)
    one = system.auditor.get(f"{NOTIFICATIONS}/{item['notification_id']}").json()
    assert {**item, "attempts": one["attempts"], "left": []} == one
    assert one["state"] == "sent"
    assert [(attempt["attempt"], attempt["cause"]) for attempt in one["attempts"]] == [(1, None)]
    outbox = system.house.data / "notify" / "outbox"
    assert (outbox / f"{item['notification_id']}.eml").is_file()


def test_a_case_without_a_safe_contact_tells_nobody_and_says_so(system: System) -> None:
    case_id, position = acknowledged(system, None)
    item = only(system.supervisor, case_id, position)
    assert (item["state"], item["reason"], item["address"]) == ("suppressed", "no-safe-contact", None)


def test_the_address_is_nowhere_in_an_answer(system: System) -> None:
    case_id, position = acknowledged(system, "thiri.secret@shelter.example")
    item = only(system.operator, case_id, position)
    texts = [
        system.admin.get(NOTIFICATIONS, case_id=case_id).text,
        system.admin.get(f"{NOTIFICATIONS}/{item['notification_id']}").text,
    ]
    assert not [text for text in texts if "secret" in text or "shelter" in text]


def test_lists_are_filtered_and_paged_without_loss_or_repeat(system: System) -> None:
    _, position = [acknowledged(system, None) for _ in range(5)][-1]
    seen: list[str] = []
    query: dict[str, Any] = {"state": "suppressed", "limit": 2}
    page = ask(system.operator, query, position).json()
    while True:
        assert {item["state"] for item in page["items"]} == {"suppressed"}
        seen += [item["notification_id"] for item in page["items"]]
        if page["next"] is None:
            break
        page = ask(system.operator, query | {"after": page["next"]}).json()
    assert len(seen) == len(set(seen)) == page["total"] >= 5
    times = [system.operator.get(f"{NOTIFICATIONS}/{seen_id}").json()["created_at"] for seen_id in seen]
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize(
    "filter_",
    [
        {"audience": "respondent"},
        {"occasion": "closure"},
        {"channel": "webhook"},
        {"state": "failed"},
        {"case_id": str(new_id())},
    ],
)
def test_each_filter_leaves_out_what_does_not_match(system: System, filter_: dict[str, str]) -> None:
    case_id, position = acknowledged(system, None)
    page = ask(system.operator, {"case_id": case_id} | filter_, position).json()
    assert page == {"items": [], "next": None, "total": 0, "total_is": "exact"}


@pytest.mark.parametrize(
    "query",
    [
        {"colour": "red"},
        {"state": "lost"},
        {"case_id": "1"},
        {"limit": 0},
        {"limit": 201},
        {"after": "???"},
        {"audience": "public"},
        {"address": "aye@example.org"},
    ],
)
def test_a_question_that_is_not_understood_is_refused(system: System, query: dict[str, Any]) -> None:
    answer = ask(system.operator, query)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_unknown_notification_is_not_found(system: System) -> None:
    assert system.operator.get(f"{NOTIFICATIONS}/{new_id()}").status_code == 404


@pytest.mark.parametrize("path", [NOTIFICATIONS, f"{NOTIFICATIONS}/{new_id()}"])
def test_only_those_who_work_on_cases_or_check_the_work_may_see(system: System, path: str) -> None:
    assert system.nobody.get(path).status_code == 401
    assert system.channel.get(path).status_code == 403
    for client in (system.operator, system.supervisor, system.auditor, system.admin):
        assert client.get(path).status_code in {200, 404}


def test_both_routes_are_described_with_an_example(system: System) -> None:
    paths = system.openapi()["paths"]
    for path in (NOTIFICATIONS, NOTIFICATIONS + "/{notification_id}"):
        answer = paths[path]["get"]["responses"]["200"]["content"]["application/json"]
        assert set(answer["schema"]["required"]) <= set(answer["example"]) <= set(answer["schema"]["properties"])
