"""Messages over HTTP: taken once, answered always the same, refused clearly."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import pytest

from shared.events.intake import MessageReceived
from tests.support.app import Client, System

PATH = "/intake/v1/messages"
_numbers = count(1)


def message(**changes: object) -> dict[str, Any]:
    base = {
        "channel": "app",
        "account": "golden",
        "external_id": f"m-{next(_numbers)}",
        "text": "They keep our passports",
    }
    return base | changes


def messages_on_record(system: System) -> int:
    facts = asyncio.run(system.house.stores["intake"].read(0, 100_000))
    return sum(isinstance(fact.event, MessageReceived) for fact in facts)


def test_a_message_is_acknowledged_with_receipt_and_position(system: System) -> None:
    answer = system.channel.post(PATH, message())
    assert answer.status_code == 202
    assert set(answer.json()) == {"message_id", "receipt", "position"}
    assert answer.headers["Redress-Position"] == answer.json()["position"]


def test_the_same_message_again_is_the_same_message(system: System) -> None:
    sent = message(sender="user-1")
    first = system.channel.post(PATH, sent)
    again = system.channel.post(PATH, sent | {"text": "changed meanwhile"})
    assert again.status_code == 200
    assert again.json() == first.json()


def test_of_many_deliveries_at_once_one_is_new(system: System) -> None:
    sent = message(sender="user-2")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: system.channel.post(PATH, sent), range(40)))
    assert sorted({answer.status_code for answer in answers}) == [200, 202]
    assert sum(answer.status_code == 202 for answer in answers) == 1
    assert len({answer.text for answer in answers}) == 1


def test_a_message_shows_its_report_once_it_is_filed(system: System) -> None:
    answer = system.channel.post(PATH, message()).json()
    shown = system.channel.get(f"{PATH}/{answer['message_id']}", wait=answer["position"]).json()
    assert shown["report_id"] is not None
    assert shown["receipt"] == answer["receipt"]
    assert "text" not in shown


def test_messages_of_one_sender_join_their_open_report(system: System) -> None:
    answers = [system.channel.post(PATH, message(sender="user-3")).json() for _ in range(3)]
    reports = {
        system.channel.get(f"{PATH}/{answer['message_id']}", wait=answers[-1]["position"]).json()["report_id"]
        for answer in answers
    }
    assert len(reports) == 1
    report = system.operator.get(f"/intake/v1/reports/{reports.pop()}", wait=answers[-1]["position"]).json()
    assert [said["message_id"] for said in report["messages"]] == [answer["message_id"] for answer in answers]


def test_messages_without_a_sender_stay_apart(system: System) -> None:
    answers = [system.channel.post(PATH, message()).json() for _ in range(2)]
    reports = {
        system.channel.get(f"{PATH}/{answer['message_id']}", wait=answers[-1]["position"]).json()["report_id"]
        for answer in answers
    }
    assert len(reports) == 2


REFUSED: list[tuple[dict[str, object], str]] = [
    ({"surprise": 1}, "surprise"),
    ({"text": 7}, "text"),
    ({"text": ""}, "text"),
    ({"text": "a\x00b"}, "text"),
    ({"text": "x" * 20_001}, "text"),
    ({"occurred_at": "2026-03-01T09:30:00"}, "occurred_at"),
    ({"occurred_at": "2999-03-01T09:30:00Z"}, "occurred_at"),
    ({"occurred_at": "yesterday"}, "occurred_at"),
    ({"channel": "has space"}, "channel"),
    ({"external_id": None}, "external_id"),
    ({"language": "??"}, "language"),
    ({"grievance": {"workers": -1}}, "grievance"),
    ({"grievance": {"surprise": 1}}, "grievance"),
]


@pytest.mark.parametrize(("change", "field"), REFUSED)
def test_a_broken_field_is_named_and_changes_nothing(system: System, change: dict[str, object], field: str) -> None:
    before = messages_on_record(system)
    answer = system.channel.post(PATH, message(**change))
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert field in answer.text
    assert messages_on_record(system) == before


@pytest.mark.parametrize(
    ("body", "media", "status"),
    [
        (b"{", "application/json", 400),
        (b'{"text": "\xff"}', "application/json", 400),
        (b"[]", "application/json", 422),
        (b"", "application/json", 400),
        (b"text=hello", "application/x-www-form-urlencoded", 415),
        (json.dumps({"text": "x" * 10_000_000}).encode(), "application/json", 413),
    ],
)
def test_unreadable_bodies_are_refused_and_change_nothing(system: System, body: bytes, media: str, status: int) -> None:
    before = messages_on_record(system)
    headers = {"Authorization": f"Bearer {system.channel.key}", "content-type": media}
    answer = system.http.post(PATH, content=body, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert messages_on_record(system) == before


def test_an_undeclared_length_does_not_pass_the_limit(system: System) -> None:
    headers = {"Authorization": f"Bearer {system.channel.key}", "content-type": "application/json"}
    answer = system.http.post(PATH, content=(b" " * 1_000_000 for _ in range(10)), headers=headers)
    assert answer.status_code == 413


@pytest.mark.parametrize("who", ["auditor", "nobody"])
def test_only_channels_and_operators_submit(system: System, who: str) -> None:
    client: Client = getattr(system, who)
    assert client.post(PATH, message()).status_code == (401 if who == "nobody" else 403)


def test_an_unknown_message_is_not_found(system: System) -> None:
    assert system.channel.get(f"{PATH}/00000000-0000-0000-0000-000000000000").status_code == 404
    assert system.channel.get(f"{PATH}/not-an-id").status_code == 422


@pytest.mark.parametrize(
    "token", ["intake", "intake:", "intake:x", "intake:-1", "intake:" + "9" * 30, "intake:999999", "cellar:1"]
)
def test_a_garbled_position_is_refused(system: System, token: str) -> None:
    assert system.operator.get("/intake/v1/reports", wait=token).status_code == 422
