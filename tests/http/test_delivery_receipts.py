"""What a provider tells later of a message of ours moves its notification; what never arrived waits for a person."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.intake import bootstrap as intake
from services.intake.settings import Settings
from services.notify import bootstrap as notify
from services.notify.channels.port import Channel
from services.notify.domain import Delivered
from shared.events.values import ContactChannel
from tests.http.cases_desk import do, open_case, send, show
from tests.support.app import TESTED, System, embedded, running
from tests.unit.notify.given import ScriptedChannel, SetClock

SECRET = "a-secret-of-now"
REFERENCE = "wamid.HBgLNjY4MTExMTIyMjI"
MAIL = {"channel": "email", "address": "aye@example.org"}
WORKER = {"channel": "whatsapp", "address": "+66811112222", "language": "my"}


@pytest.fixture
def system(tmp_path: Path) -> Iterator[System]:
    file = tmp_path / "channels.toml"
    file.write_text(f'[[account]]\ntype = "whatsapp"\nname = "desk"\nsecrets = ["{SECRET}"]\n')
    file.chmod(0o600)
    told: dict[ContactChannel, Channel] = {
        "whatsapp": ScriptedChannel([Delivered(REFERENCE)]),
        "email": ScriptedChannel([Delivered("<1@test>")]),
    }
    builders = {
        **TESTED,
        "intake": lambda parts, _logs: intake.build(parts, Settings(channels=file)),
        "notify": lambda parts, logs: notify.build(parts, channels=told, log=logs["cases"]),
    }
    with running(embedded(tmp_path / "data", SetClock(), builders=builders)) as started:
        yield started


def reported(system: System, state: str, reference: str = REFERENCE) -> None:
    """Let the provider tell what became of a message."""
    value = {"metadata": {"phone_number_id": "1"}, "statuses": [{"id": reference, "status": state}]}
    raw = json.dumps({"entry": [{"changes": [{"value": value}]}]}).encode()
    signature = "sha256=" + hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()
    headers = {"X-Hub-Signature-256": signature}
    answer = system.http.post("/intake/v1/channels/whatsapp/desk", content=raw, headers=headers)
    assert answer.status_code == 200


def told(system: System, case_id: str, state: str) -> dict[str, Any]:
    """Wait until the acknowledgement of a case is in a state."""
    items: list[dict[str, Any]] = []
    for _ in range(200):
        items = system.operator.get("/notify/v1/notifications", case_id=case_id).json()["items"]
        if [one["state"] for one in items] == [state]:
            return items[0]
        time.sleep(0.05)
    raise AssertionError([one["state"] for one in items])


def acknowledged(system: System) -> str:
    case_id = open_case(system.operator, safe_contact=WORKER)
    do(system.operator, case_id, "acknowledge", channel="whatsapp")
    told(system, case_id, "sent")
    return case_id


def test_a_message_that_was_read_is_shown_so_whatever_comes_after(system: System) -> None:
    case_id = acknowledged(system)
    reported(system, "read")
    told(system, case_id, "read")
    reported(system, "delivered")
    reported(system, "read", "wamid.of-somebody-else")
    time.sleep(0.3)
    assert not told(system, case_id, "read")["person"]


def test_what_never_arrived_waits_for_a_person_until_somebody_saw_to_it(system: System) -> None:
    case_id = acknowledged(system)
    reported(system, "failed")
    item = told(system, case_id, "undelivered")
    assert item["person"]
    path = f"/notify/v1/notifications/{item['notification_id']}/see-to"
    assert system.operator.post(path, {"outcome": "told"}).status_code == 200
    assert system.operator.post(path, {"outcome": "told"}).status_code == 409


def test_what_never_arrived_goes_on_by_the_next_way_that_the_worker_allowed(system: System) -> None:
    case_id = open_case(system.operator, safe_contact=WORKER)
    profile = WORKER | {"further": [{"channel": "sms", "address": "+66811112222"}, MAIL]}
    do(system.operator, case_id, "safe-contact", safe_contact=profile)
    do(system.operator, case_id, "acknowledge", channel="whatsapp")
    told(system, case_id, "sent")
    reported(system, "failed")
    for _ in range(200):
        item = told(system, case_id, "sent")
        if item["channel"] == "email":
            break
        time.sleep(0.05)
    one = system.operator.get(f"/notify/v1/notifications/{item['notification_id']}").json()
    assert [(left["channel"], left["reason"]) for left in one["left"]] == [("whatsapp", "undelivered")]
    assert (one["channel"], one["person"], one["address"], one["attempt_count"]) == ("email", False, "*******", 2)
    reported(system, "read")
    time.sleep(0.3)
    told(system, case_id, "sent")
    assert "sms" in json.dumps(show(system.operator, case_id)["safe_contact"])
    assert MAIL["address"] not in json.dumps(show(system.operator, case_id))


def test_two_ways_on_one_channel_are_refused(system: System) -> None:
    case_id = open_case(system.operator)
    for further in ([{"channel": "whatsapp", "address": "+66"}], [MAIL, MAIL]):
        assert (
            send(system.operator, case_id, "safe-contact", safe_contact=WORKER | {"further": further}).status_code
            == 422
        )
