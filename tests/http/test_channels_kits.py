"""What the providers' own kits make is believed and read; one bit of it turned, and nobody believes it."""

import base64
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from cloudevents.core.bindings.http import to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent
from linebot.v3.webhook import SignatureValidator
from pywa.utils import webhook_updates_validator
from standardwebhooks.webhooks import Webhook as StandardSigner
from telegram import Chat, Message, Update, User
from twilio.request_validator import RequestValidator
from viberbot import Api, BotConfiguration

from services.intake.channels.port import Account, Delivery, Kept, Said
from shared.clock import system_clock
from shared.errors import MalformedError
from tests.support.app import System
from tests.support.providers import BASIC, HOOKS, OLD, SECRET, TYPES, called_by_providers, vouched

SAMPLES = Path(__file__).parents[3] / "shared" / "channels"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples of the providers are not beside the code")
SIGNED = ("whatsapp", "messenger", "line", "viber", "sms", "voice", "standard")
ENOUGH = 9_007_199_254_740_993
"""The first whole number that a binary fraction of 64 bits cannot hold."""


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with called_by_providers(tmp_path_factory.mktemp("kits")) as started:
        yield started


def believed(kind: str, raw: bytes, headers: Mapping[str, str], url: str = "http://testserver/x") -> bool:
    """Ask an adapter whether one of two secrets, of which the kit knew the older, vouches for the bytes."""
    lower = {name.lower(): value for name, value in headers.items()}
    account = Account(kind, "desk", ("a-newer-one", SECRET))
    return TYPES[kind].verify(Delivery("POST", url, lower, {}, raw), account, system_clock())


def send(system: System, path: str, raw: bytes, headers: Mapping[str, str]) -> Any:
    return system.http.post(path, content=raw, headers=dict(headers))


def turned(raw: bytes, place: int) -> bytes:
    """Return the bytes with one bit turned."""
    return raw[: place // 8] + bytes([raw[place // 8] ^ (1 << place % 8)]) + raw[place // 8 + 1 :]


@pytest.mark.parametrize("kind", SIGNED)
def test_one_bit_turned_anywhere_is_not_believed(kind: str) -> None:
    raw = b'{"id":"x"}'
    path, headers = vouched(kind, raw)
    url = f"http://testserver{path}"
    assert believed(kind, raw, headers, url)
    assert not any(believed(kind, turned(raw, place), headers, url) for place in range(len(raw) * 8))
    name = next(name for name in headers if "signature" in name.lower())
    for place in range(len(headers[name]) * 8):
        other = turned(headers[name].encode(), place).decode("latin-1")
        assert not believed(kind, raw, {**headers, name: other}, url), other


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_both_secrets_are_valid_while_they_are_changed(system: System, kind: str) -> None:
    raw = b'{"events":[],"event":"webhook"}'
    for secret, wanted in ((SECRET, True), (OLD, True), ("neither", False)):
        answer = send(system, *_put(kind, raw, secret))
        assert (answer.status_code < 300) is wanted, (kind, answer.status_code)


def _put(kind: str, raw: bytes, secret: str) -> tuple[str, bytes, Mapping[str, str]]:
    path, headers = vouched(kind, raw, secret)
    return path, raw, headers


def test_meta_and_line_agree_with_us(system: System) -> None:
    raw = json.dumps({"entry": [], "to": "ကူညီပါ"}).encode()
    _, headers = vouched("whatsapp", raw)
    assert webhook_updates_validator(SECRET, raw, headers["X-Hub-Signature-256"])
    assert believed("whatsapp", raw, headers)
    assert believed("messenger", raw, headers)
    path, headers = vouched("line", b'{"destination":"U1","events":[]}')
    assert SignatureValidator(SECRET).validate('{"destination":"U1","events":[]}', headers["x-line-signature"])
    assert send(system, path, b'{"destination":"U1","events":[]}', headers).status_code == 200


@pytest.mark.parametrize("algorithm", ["HMAC_SHA1", "HMAC_SHA256"])
@pytest.mark.parametrize(
    "address", ["https://x.example/sms", "https://x.example:443/sms?a=1", "http://x.example:1234/s"]
)
def test_twilios_forms_are_believed_at_every_spelling_of_the_address(algorithm: str, address: str) -> None:
    class Form(dict[str, Any]):
        def getall(self, name: str) -> list[str]:
            return list(self[name])

    form = Form(Body=["ကူညီပါ & +1"], From=["+66811112222"], MediaUrl=["b", "a", "a"], New_one=[""])
    signature = RequestValidator(SECRET).compute_signature(address, form, algorithm)
    headers = {"X-Twilio-Signature": signature}
    if algorithm == "HMAC_SHA256":
        headers["X-Twilio-Webhooks-Signature-Settings"] = "key=webhooks_1,algorithm=HMAC_SHA256"
    for spelling in (address, address.replace(":443", "")):
        assert believed("sms", urlencode(form, doseq=True).encode(), headers, spelling)
    form["Body"] = ["x"]
    assert not believed("sms", urlencode(form, doseq=True).encode(), headers, address)


def test_twilios_json_is_believed_by_its_hash() -> None:
    raw = '{"MessageSid": "SM1"}'
    kit = RequestValidator(SECRET)
    url = f"https://x.example/sms?bodySHA256={kit.compute_hash(raw)}"
    headers = {"X-Twilio-Signature": kit.compute_signature(url, {})}
    assert kit.validate(url, raw, headers["X-Twilio-Signature"])
    assert believed("sms", raw.encode(), headers, url)
    assert not believed("sms", raw.encode() + b" ", headers, url)


def test_a_digit_pressed_twice_is_said_twice_and_once_when_it_is_sent_again() -> None:
    form = urlencode({"CallSid": "CA1", "From": "+66811112222", "Digits": "1"}).encode()
    tokens = ("t-1", "t-2", "t-1")
    found = [
        TYPES["voice"].parse(Delivery("POST", "http://x/", {"i-twilio-idempotency-token": one}, {}, form))[0].key
        for one in tokens
    ]
    assert found[0] == found[2] != found[1]


def test_vibers_and_standard_webhooks_kits_are_believed() -> None:
    raw = b'{"event":"message","message_token":5098034272017990000}'
    kit = Api(BotConfiguration(name="desk", avatar="", auth_token=SECRET))
    assert believed("viber", raw, {"X-Viber-Content-Signature": kit._calculate_message_signature(raw)})
    now = system_clock()
    signature = StandardSigner(base64.b64encode(SECRET.encode()).decode()).sign("msg_1", now, raw.decode())
    told = {"webhook-id": "msg_1", "webhook-timestamp": str(int(now.timestamp()))}
    several = f"v2,{signature[3:]} v1a,{signature[3:]} v1,AAAA {signature}"
    assert believed("standard", raw, told | {"webhook-signature": several})
    assert not believed("standard", raw, told | {"webhook-signature": several.rpartition(" ")[0]})
    assert not believed("standard", raw, told | {"webhook-timestamp": "hello", "webhook-signature": signature})


@needs_samples
def test_the_worked_examples_of_the_providers_are_believed() -> None:
    line = json.loads((SAMPLES / "line" / "docs_signature_vector.json").read_bytes())
    meta = json.loads((SAMPLES / "messenger" / "x_hub_signature_256_vector.json").read_bytes())
    for kind, one in (("line", line), ("messenger", meta)):
        secret = one.get("channel_secret") or one["secret"]
        delivery = Delivery("POST", "http://x/", {one["header"].lower(): one["value"]}, {}, one["body"].encode())
        assert TYPES[kind].verify(delivery, Account(kind, "desk", (secret,)), system_clock())
    for one in json.loads((SAMPLES / "standard_webhooks" / "vectors.json").read_bytes()):
        delivery = Delivery("POST", "http://x/", one, {}, one["body"].encode())
        account = Account("standard", "desk", (one["secret"],))
        sent = system_clock().fromtimestamp(int(one["webhook-timestamp"]), tz=system_clock().tzinfo)
        assert TYPES["standard"].verify(delivery, account, sent)
        assert not TYPES["standard"].verify(delivery, account, system_clock()), "too long ago"


def test_telegrams_updates_are_read_with_ids_of_any_size() -> None:
    said = Message(7, system_clock(), Chat(ENOUGH, "private"), from_user=User(ENOUGH, "Ma", is_bot=False), text="ကူညီ")
    (found,) = TYPES["telegram"].parse(
        Delivery("POST", "http://x/", {}, {}, Update(1, message=said).to_json().encode())
    )
    assert isinstance(found, Said)
    assert (found.key, found.sender, found.text) == (f"{ENOUGH}/7", str(ENOUGH), "ကူညီ")


def test_cloudevents_of_both_modes_are_one_message(system: System) -> None:
    told = {"type": "com.example.said", "source": "https://x.example/Euro €", "id": "k-1", "specversion": "1.0"}
    event = CloudEvent(attributes={**told, "datacontenttype": "application/json"}, data={"text": "no wages"})
    sent = [
        send(system, f"{HOOKS}/cloudevents/desk", one.body, one.headers | {"Authorization": BASIC})
        for one in (to_structured_event(event), to_binary_event(event))
    ]
    assert [one.status_code for one in sent] == [202, 200]
    assert sent[0].json()["message_ids"] == sent[1].json()["message_ids"]


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({"data": "no wages"}, "no wages"),
        ({"data_base64": base64.b64encode(b"no wages").decode()}, "no wages"),
        ({"data_base64": base64.b64encode(b'{"text":"a"}').decode(), "datacontenttype": "text/json"}, "a"),
        ({"data": {"q": {"a": 1}}, "subject": None}, "q/a: 1"),
        ({"data_base64": base64.b64encode(b"\xff\xfe").decode()}, None),
        ({"data": {}}, None),
    ],
)
def test_data_of_an_event_is_read_or_kept(event: dict[str, Any], said: str | None) -> None:
    raw = json.dumps({"specversion": "1.0", "id": "1", "source": "s", "type": "t"} | event).encode()
    (found,) = TYPES["cloudevents"].parse(
        Delivery("POST", "http://x/", {"content-type": "application/cloudevents+json"}, {}, raw)
    )
    assert isinstance(found, Said if said else Kept)
    assert getattr(found, "text", None) == said


def binary(raw: bytes, media: str = "application/json", **more: str) -> Any:
    headers = {"ce-specversion": "1.0", "ce-id": "1", "ce-source": "s", "ce-type": "t", "content-type": media}
    return TYPES["cloudevents"].parse(Delivery("POST", "http://x/", headers | more, {}, raw))


def test_headers_of_an_event_are_decoded_or_refused() -> None:
    (found,) = binary(b"no wages", "text/plain; charset=utf-8", **{"ce-id": "Euro%20%E2%82%AC%20%F0%9F%98%80"})
    assert (found.key, found.text) == ("s\x1fEuro € 😀", "no wages")
    (found,) = binary(b'{"text":"x"}', **{"ce-source": '"a \\"b\\" c"'})
    assert found.key == 'a "b" c\x1f1'
    with pytest.raises(MalformedError):
        binary(b'{"text":"x"}', **{"ce-subject": "%C0%A0"})
    with pytest.raises(MalformedError):
        binary(b"[" * 100_000)
