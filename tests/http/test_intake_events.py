"""CloudEvents in: structured, batch and binary; each item of a batch stands for itself."""

from typing import Any

import pytest

from tests.http.test_intake_messages import messages_on_record
from tests.support.app import System

PATH = "/intake/v1/events"


def event(name: str, **changes: object) -> dict[str, Any]:
    base: dict[str, Any] = {
        "specversion": "1.0",
        "id": name,
        "source": "golden-app",
        "type": "redress.intake.message.submitted",
        "data": {"channel": "app", "text": "no pay since two months"},
    }
    return base | changes


def send(system: System, body: object, media: str) -> Any:
    return system.channel.post(PATH, body, headers={"content-type": media})


def test_a_structured_event_is_taken_once(system: System) -> None:
    first = send(system, event("s-1"), "application/cloudevents+json")
    again = send(system, event("s-1"), "application/cloudevents+json; charset=utf-8")
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json() == again.json()


def test_id_and_source_stand_in_for_what_the_message_leaves_out(system: System) -> None:
    taken = send(system, event("s-2"), "application/cloudevents+json").json()
    shown = system.channel.get(f"/intake/v1/messages/{taken['message_id']}").json()
    assert (shown["external_id"], shown["account"]) == ("s-2", "golden-app")


def test_a_binary_event_is_the_same_message_as_the_structured_one(system: System) -> None:
    structured = send(system, event("s-3"), "application/cloudevents+json").json()
    headers = {
        "content-type": "application/json",
        "ce-specversion": "1.0",
        "ce-id": "s-3",
        "ce-source": "golden-app",
        "ce-type": "redress.intake.message.submitted",
    }
    binary = system.channel.post(PATH, event("s-3")["data"], headers=headers)
    assert binary.status_code == 200
    assert binary.json() == structured


def test_one_bad_item_of_a_batch_does_not_cost_the_others(system: System) -> None:
    batch: list[object] = [
        event("b-1"),
        event("b-2", data={"channel": "app"}),
        event("b-3", type="com.example.other"),
        "not an event",
        event("b-4"),
        event("b-1"),
    ]
    answer = send(system, batch, "application/cloudevents-batch+json")
    assert answer.status_code == 207
    assert [item["status"] for item in answer.json()["items"]] == [202, 422, 422, 400, 202, 200]
    assert "data.text" in answer.text


@pytest.mark.parametrize(
    ("body", "media", "status"),
    [
        (event("x"), "application/json", 415),
        (event("x"), "application/cloudevents-batch+json", 400),
        (event("x", specversion="0.3"), "application/cloudevents+json", 422),
        (event("x", data="text"), "application/cloudevents+json", 422),
        ({"id": "x"}, "application/cloudevents+json", 422),
        ([event("x")], "application/cloudevents+json", 400),
        ([event(str(number)) for number in range(1001)], "application/cloudevents-batch+json", 422),
    ],
)
def test_what_is_no_submission_is_refused(system: System, body: object, media: str, status: int) -> None:
    before = messages_on_record(system)
    assert send(system, body, media).status_code == status
    assert messages_on_record(system) == before
