"""Providers post what workers send: verified over the bytes, stored once, kept where it cannot be read."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from linebot.v3.webhook import SignatureValidator
from standardwebhooks.webhooks import Webhook as StandardSigner
from twilio.request_validator import RequestValidator
from viberbot import Api, BotConfiguration

from services.intake.channels.port import Arrival, Delivery, Edited, Kept, Reported, Said, Withdrawn
from shared.clock import system_clock
from shared.errors import MalformedError
from tests.support.app import System
from tests.support.providers import BASIC, OLD, SECRET, TYPES, called_by_providers, nothing_waiting, vouched

SAMPLES = Path(__file__).parents[3] / "shared" / "channels"
KINDS = {Said: "said", Edited: "edited", Withdrawn: "withdrawn", Reported: "reported", Kept: "kept"}
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples of the providers are not beside the code")


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """An account on every channel."""
    with called_by_providers(tmp_path_factory.mktemp("channels")) as started:
        yield started


def post(system: System, path: str, body: object, **headers: str) -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return system.http.post(f"/intake/v1/channels/{path}", content=raw, headers=named)


def meta(raw: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


def whatsapp(*keys: str, to: str = "111", **more: Any) -> bytes:
    messages = [{"id": key, "from": "66811112222", "type": "text", "text": {"body": f"said {key}"}} for key in keys]
    value = {"metadata": {"phone_number_id": to}, "messages": messages, **more}
    return json.dumps({"entry": [{"changes": [{"value": value}]}]}).encode()


def kept_of(system: System, account: str) -> list[dict[str, Any]]:
    """Wait until the quarantine shows something of an account."""
    for _ in range(200):
        items = system.supervisor.get("/intake/v1/quarantine").json()["items"]
        if found := [one for one in items if one["account"] == account]:
            return found
        time.sleep(0.05)
    raise AssertionError("nothing was kept")


async def facts(system: System) -> list[Any]:
    return [one.event for one in await system.house.stores["intake"].read(0, 100_000)]


def stored(system: System, topic: str) -> list[Any]:
    portal = system.http.portal
    assert portal is not None
    nothing_waiting(system)
    return [one for one in portal.call(facts, system) if topic == one.TOPIC]


def test_the_providers_question_is_answered(system: System) -> None:
    asked = {"hub.mode": "subscribe", "hub.verify_token": "meaty", "hub.challenge": "1158201444"}
    answer = system.http.get("/intake/v1/channels/whatsapp", params=asked)
    assert (answer.status_code, answer.text) == (200, "1158201444")
    asked["hub.verify_token"] = "wrong"
    assert system.http.get("/intake/v1/channels/whatsapp/111", params=asked).status_code == 401
    origin = {"WebHook-Request-Origin": "example.org"}
    answer = system.http.options("/intake/v1/channels/cloudevents/desk", headers=origin)
    assert answer.headers["webhook-allowed-origin"] == "example.org"


def test_every_message_of_a_batch_is_stored_once_and_the_bad_one_is_kept(system: System) -> None:
    raw = whatsapp("b-1", "b-2", to="222", statuses=[{"id": "ours", "status": "read"}]).replace(b"said b-2", b"said b")
    tree = json.loads(raw)
    tree["entry"][0]["changes"][0]["value"]["messages"].insert(1, {"id": 5.5, "type": ["?"]})
    raw = json.dumps(tree).encode()
    before = len(stored(system, "intake.message-received"))
    noticed = [len(stored(system, f"intake.{topic}")) for topic in ("delivery-reported", "payload-quarantined")]
    for secret in (SECRET, OLD, SECRET):
        assert post(system, "whatsapp", raw, x_hub_signature_256=meta(raw, secret)).status_code == 200
    said = stored(system, "intake.message-received")[before:]
    assert [(one.account, one.language, one.country) for one in said] == [("222", "my", "TH")] * 2
    after = [len(stored(system, f"intake.{topic}")) for topic in ("delivery-reported", "payload-quarantined")]
    assert after == [one + 1 for one in noticed]
    assert system.operator.get("/intake/v1/quarantine").status_code == 403
    (one,) = kept_of(system, "222")
    path = f"/intake/v1/quarantine/{one['id']}"
    assert "5.5" not in system.supervisor.get(path).json()["raw"]
    shown = system.supervisor.get(path, headers={"Redress-Purpose": "handling"}).json()
    assert json.loads(shown["raw"]) == {"id": 5.5, "type": ["?"]}


def test_a_wrong_signature_learns_nothing_and_leaves_nothing(system: System) -> None:
    raw = whatsapp("w-1")
    good = meta(raw)
    bad = good[:-1] + ("0" if good[-1] != "0" else "1")
    before = len(stored(system, "intake.message-received"))
    answers = [post(system, path, raw, x_hub_signature_256=bad) for path in ("whatsapp/111", "whatsapp/none", "no/no")]
    answers.append(post(system, "whatsapp/111", raw))
    assert {(one.status_code, one.content) for one in answers} == {(401, b"")}
    assert len(stored(system, "intake.message-received")) == before


def test_edits_and_withdrawals_are_facts_of_their_own(system: System) -> None:
    events = [
        {"type": "message", "message": {"id": "9007199254740993", "type": "text", "text": "x"}, "source": {}},
        {"type": "unsend", "unsend": {"messageId": "9007199254740993"}, "webhookEventId": "e1"},
        {"type": "messageEdited", "message": {"id": "9007199254740993", "type": "text", "text": "y"}},
    ]
    raw = json.dumps({"destination": "U1", "events": events}).encode()
    signature = base64.b64encode(hmac.digest(SECRET.encode(), raw, "sha256")).decode()
    assert SignatureValidator(SECRET).validate(raw.decode(), signature)
    before = len(stored(system, "intake.message-withdrawn"))
    for _ in range(2):
        assert post(system, "line/desk", raw, x_line_signature=signature).status_code == 200
    (withdrawn,) = stored(system, "intake.message-withdrawn")[before:]
    edited = stored(system, "intake.message-edited")[-1]
    assert withdrawn.message_id == edited.message_id
    path = f"/intake/v1/messages/{withdrawn.message_id}"
    assert system.operator.get(path).json()["channel"] == "line"
    report = reported(system, str(withdrawn.message_id))
    assert [one["change"] for one in report["changes"]] == ["withdrawn", "edited"]
    assert report["changes"][1]["text"] != "y", "sealed until somebody says what for"


def reported(system: System, message_id: str) -> dict[str, Any]:
    """Wait until a message is filed, and return its report."""
    for _ in range(200):
        if report_id := system.operator.get(f"/intake/v1/messages/{message_id}").json().get("report_id"):
            answer = system.operator.get(f"/intake/v1/reports/{report_id}")
            if answer.status_code == 200:
                return dict(answer.json())
        time.sleep(0.05)
    raise AssertionError("the message was not filed")


def test_the_channels_are_shown_without_their_secrets(system: System) -> None:
    answer = system.supervisor.get("/intake/v1/channels")
    shown = answer.json()
    assert {one["type"] for one in shown["kinds"]} == set(TYPES)
    assert {one["path"] for one in shown["accounts"]} >= {"/intake/v1/channels/whatsapp/111"}
    assert all(one["secrets"] == 2 for one in shown["accounts"])
    assert SECRET not in answer.text


def test_what_the_providers_own_kits_sign_is_taken(system: System) -> None:
    url = "http://testserver/intake/v1/channels/sms/desk"
    form = {"MessageSid": "SM1", "From": "+66811112222", "Body": "ကူညီပါ", "To": "+1800010180"}
    signature = RequestValidator(SECRET).compute_signature(url, form)
    answer = system.http.post(url, data=form, headers={"X-Twilio-Signature": signature})
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, "text/xml")
    assert (
        system.http.post(url, data=form | {"Body": "x"}, headers={"X-Twilio-Signature": signature}).status_code == 401
    )

    raw = (
        b'{"event":"message","message_token":5098034272017990000,"sender":{"id":"v"},'
        b'"message":{"type":"text","text":"x"}}'
    )
    kit = Api(BotConfiguration(name="desk", avatar="", auth_token=SECRET))
    signature = kit._calculate_message_signature(raw)
    assert post(system, "viber/desk", raw, x_viber_content_signature=signature).status_code == 200
    assert post(system, "viber/desk", raw + b" ", x_viber_content_signature=signature).status_code == 401

    now = system_clock()
    signature = StandardSigner(base64.b64encode(SECRET.encode()).decode()).sign("msg_1", now, '{"text": "help"}')
    head = {"webhook-id": "msg_1", "webhook-timestamp": str(int(now.timestamp())), "webhook-signature": signature}
    assert post(system, "standard/desk", b'{"text": "help"}', **head).status_code == 200
    assert post(system, "standard/desk", b'{"text": "help!"}', **head).status_code == 401
    old = head | {"webhook-timestamp": str(int(now.timestamp()) - 400)}
    assert post(system, "standard/desk", b'{"text": "help"}', **old).status_code == 401


def test_forms_and_mail_come_in_with_a_shared_secret(system: System) -> None:
    before = len(stored(system, "intake.message-received"))
    xml = "<data id='f'><group><q1>no wages</q1></group><meta><instanceID>uuid:2</instanceID></meta></data>"
    mail = {"MessageID": "m-1", "FromFull": {"Email": "a@example.org"}, "TextBody": "help"}
    bodies = {
        "kobo": {"_uuid": "k-1", "group/question": "no wages"},
        "odk": {"type": "submission.create", "id": "uuid:2", "data": {"xml": xml}},
        "rapidpro": {"contact": {"uuid": "c"}, "run": {"uuid": "r"}, "results": {"q": {"value": "no wages"}}},
        "email": mail,
        "cloudevents": {"specversion": "1.0", "id": "1", "source": "s", "type": "t", "data": {"text": "help"}},
    }
    for kind, body in bodies.items():
        media = "application/cloudevents+json" if kind == "cloudevents" else "application/json"
        answer = post(system, f"{kind}/desk", body, Authorization=BASIC, Content_Type=media)
        assert answer.status_code == (202 if kind == "cloudevents" else 200), kind
        again = post(system, f"{kind}/desk", body, Authorization=BASIC, Content_Type=media)
        assert kind == "email" or (again.json()["repeated"], again.json()["message_ids"]) == (
            True,
            answer.json()["message_ids"],
        )
        assert post(system, f"{kind}/desk", body, Authorization="Basic eDp5", Content_Type=media).status_code == 401
    mime = b"From: a@example.org\r\nMessage-ID: <2@x>\r\nSubject: wages\r\n\r\nnot paid"
    assert post(system, "email/desk", mime, Authorization=BASIC, Content_Type="message/rfc822").status_code == 200
    assert len(stored(system, "intake.message-received")) == before + 6


def test_entities_and_compressed_bodies_are_not_opened(system: System) -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>'
    before = len(stored(system, "intake.payload-quarantined"))
    assert post(system, "kobo/desk", bomb, Authorization=BASIC, Content_Type="text/xml").status_code == 200
    assert post(system, "kobo/desk", b"[" * 5000, Authorization=BASIC).status_code == 200
    assert len(stored(system, "intake.payload-quarantined")) == before + 2
    assert post(system, "kobo/desk", b"x", Authorization=BASIC, Content_Encoding="gzip").status_code == 415


def test_a_delivery_of_three_megabytes_is_taken(system: System) -> None:
    raw = whatsapp("large").replace(b"said large", b"x" * 3_000_000)
    assert post(system, "whatsapp/111", raw, x_hub_signature_256=meta(raw)).status_code == 200


def test_a_thousand_redeliveries_from_eight_connections_leave_each_message_once(system: System) -> None:
    raw = whatsapp("r-1", "r-2", "r-3")
    signature = meta(raw)
    before = len(stored(system, "intake.message-received"))
    with ThreadPoolExecutor(8) as crowd:
        sent = [crowd.submit(post, system, "whatsapp", raw, x_hub_signature_256=signature) for _ in range(1000)]
    assert {one.result().status_code for one in sent} == {200}
    assert len(stored(system, "intake.message-received")) == before + 3


EXPECTED = {
    "whatsapp_cloud/pywa_call_connect": "kept",
    "whatsapp_cloud/pywa_contacts": "kept",
    "whatsapp_cloud/pywa_deleted_message": "withdrawn",
    "whatsapp_cloud/pywa_edited_message": "edited",
    "whatsapp_cloud/pywa_interactive_message_with_err": "kept",
    "whatsapp_cloud/pywa_reaction": "kept",
    "whatsapp_cloud/pywa_system": "kept",
    "whatsapp_cloud/pywa_unsupported": "kept",
    "whatsapp_cloud/pywa_unsupported_with_type": "kept",
    "telegram/generated_ptb_edited": "edited",
}
"""What a sample holds, where it is not one message."""


def read(kind: str, raw: bytes) -> list[str]:
    found = TYPES[kind].parse(Delivery("POST", "http://x/", {"content-type": "application/json"}, {}, raw))
    return [KINDS[type(one)] for one in found]


@needs_samples
@pytest.mark.parametrize("kind", ["whatsapp_cloud", "telegram"])
def test_every_sample_is_read_as_what_it_is(kind: str) -> None:
    for file in sorted((SAMPLES / kind).glob("[gp]*.json")):
        wanted = EXPECTED.get(f"{kind}/{file.stem}", "said")
        assert read(kind.partition("_")[0], file.read_bytes()) == [wanted], file.stem


@needs_samples
def test_all_events_of_lines_own_sample_are_read_or_kept() -> None:
    found = read("line", (SAMPLES / "line" / "sdk_webhook_27_events.json").read_bytes())
    assert (len(found), found.count("said"), found.count("withdrawn")) == (27, 15, 1)


CLOUDEVENTS = {
    "00": ["kept"],
    "01": ["said"],
    "02": ["said"],
    "03": ["said"],
    "04": ["said"],
    "05": ["said"],
    "06": ["kept", "said"],
    "07": [],
}
"""What the examples of the JSON format hold; the first has data that is no text."""


@needs_samples
@pytest.mark.parametrize("number", sorted(CLOUDEVENTS))
def test_the_examples_of_cloudevents_are_read_as_what_they_are(number: str) -> None:
    raw = (SAMPLES / "cloudevents" / f"json_format_{number}.json").read_bytes()
    media = "application/cloudevents-batch+json" if raw.startswith(b"[") else "application/cloudevents+json"
    found = TYPES["cloudevents"].parse(Delivery("POST", "http://x/", {"content-type": media}, {}, raw))
    assert [KINDS[type(one)] for one in found] == CLOUDEVENTS[number]


@needs_samples
def test_every_sample_that_there_is_is_taken_by_whom_it_was_made_for(system: System) -> None:
    sent = 0
    for file in sorted(SAMPLES.glob("*/*.*")):
        kind = {"whatsapp_cloud": "whatsapp", "odk_central": "odk", "standard_webhooks": "standard"}.get(
            file.parent.name, {"twilio": "sms", "email_inbound": "email"}.get(file.parent.name, file.parent.name)
        )
        path, headers = vouched(kind, file.read_bytes())
        for media in ("application/json", "application/cloudevents+json"):
            answer = post(system, path.partition("channels/")[2], file.read_bytes(), **headers, Content_Type=media)
            assert answer.status_code in {200, 202}, file.name
            sent += 1
    assert sent > 100


@pytest.mark.parametrize("kind", sorted(TYPES))
@settings(max_examples=30, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.recursive(st.none() | st.text() | st.integers(), st.lists).map(
            lambda tree: json.dumps({"events": tree, "entry": tree, "message": tree, "data": tree, "id": "x"}).encode()
        ),
    )
)
def test_any_bytes_are_read_or_refused(kind: str, raw: bytes) -> None:
    for media in ("application/json", "text/xml", "message/rfc822", "application/cloudevents-batch+json"):
        try:
            found = TYPES[kind].parse(Delivery("POST", "http://x/?y", {"content-type": media}, {}, raw))
        except MalformedError:
            continue
        assert all(isinstance(one, Arrival) for one in found)
