"""Whatever is sent in a provider's name and with its signature: taken, kept or refused, never an error of ours."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.intake.channels.port import Delivery, Kept, Said
from shared.errors import MalformedError
from tests.support.app import System
from tests.support.providers import TYPES, called_by_providers, nothing_waiting, vouched

FEW = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
_TOLD = {
    "body": "x",
    "id": "m",
    "caption": "c",
    "latitude": 1,
    "text": "b",
    "type": "button_reply",
    "button_reply": {"title": "t"},
    "original_message_id": "o",
    "message": {"type": "text", "text": {"body": "x"}},
}
_KINDS = ("text", "image", "location", "button", "interactive", "edit", "revoke", "system")
_SAID = [{"id": kind, "from": "1", "timestamp": "1700000000", "type": kind, kind: _TOLD} for kind in _KINDS]
_PAGE = {"sender": {"id": "1"}, "recipient": {"id": "2"}, "timestamp": 1700000000000}
_FILE = {"type": "image", "payload": {"url": "https://x.example"}}
_USER = {"type": "user", "userId": "u"}

SHAPES: dict[str, Any] = {
    "whatsapp": {
        "entry": [
            {
                "changes": [
                    {
                        "value": {
                            "metadata": {"phone_number_id": "111"},
                            "contacts": [{"user_id": "U"}],
                            "messages": _SAID,
                            "statuses": [{"id": "s", "status": "read", "timestamp": "1"}],
                        }
                    }
                ]
            }
        ]
    },
    "messenger": {
        "entry": [
            {
                "id": "p",
                "messaging": [
                    _PAGE | {"message": {"mid": "m", "text": "x", "attachments": [_FILE]}},
                    _PAGE | {"postback": {"mid": "1", "title": "t", "payload": "p"}},
                    _PAGE | {"delivery": {"mids": ["a"]}},
                    _PAGE | {"message_edit": {"mid": "m", "text": "x"}},
                ],
            }
        ]
    },
    "line": {
        "destination": "U",
        "events": [
            {"type": "message", "timestamp": 1, "source": _USER, "message": {"id": "1", "type": "text", "text": "x"}},
            {"type": "message", "message": {"id": "2", "type": "file", "fileName": "x"}},
            {"type": "unsend", "unsend": {"messageId": "1"}, "webhookEventId": "q"},
            {"type": "postback", "webhookEventId": "p", "postback": {"data": "x"}},
        ],
    },
    "viber": {
        "event": "message",
        "timestamp": 1,
        "message_token": 5098034272017990000,
        "sender": {"id": "v"},
        "message": {"type": "picture", "text": "x", "media": "https://x.example", "location": {"lat": 1, "lon": 2}},
    },
    "telegram": {
        "update_id": 1,
        "message": {
            "message_id": 1,
            "chat": {"id": 1},
            "from": {"id": 1, "language_code": "my"},
            "date": 1,
            "text": "x",
            "photo": [{"file_id": "p"}],
            "voice": {"file_id": "v", "mime_type": "m"},
            "location": {"latitude": 1},
            "contact": {"first_name": "a"},
        },
        "callback_query": {"id": "q", "data": "d", "from": {"id": 1}},
        "edited_message": {"message_id": 1, "chat": {"id": 1}, "edit_date": 1, "text": "y"},
    },
    "kobo": {"_uuid": "u", "a/b": "c", "_submission_time": "2026-01-01T00:00:00", "_attachments": [{"filename": "f"}]},
    "odk": {"type": "submission.create", "id": "u", "data": {"xml": "<data><a>x</a></data>"}},
    "rapidpro": {
        "contact": {"uuid": "c", "urn": "tel:1"},
        "run": {"uuid": "r", "created_on": "2026-01-01T00:00:00Z"},
        "input": {"text": "x", "uuid": "u"},
        "results": {"q": {"value": "v"}},
    },
    "standard": {"type": "t", "timestamp": "2026-01-01T00:00:00Z", "data": {"text": "x", "sender": "s"}},
    "cloudevents": {
        "specversion": "1.0",
        "id": "1",
        "source": "s",
        "type": "t",
        "time": "2026-01-01T00:00:00Z",
        "data": {"text": "x"},
    },
    "email": {
        "MessageID": "m",
        "FromFull": {"Email": "a@example.org"},
        "Subject": "s",
        "TextBody": "t",
        "Date": "2026-01-01T00:00:00Z",
        "Headers": [{"Name": "Message-ID", "Value": "<1>"}],
        "Attachments": [{"Name": "a", "Content": "aGk=", "ContentType": "x/y"}],
    },
}
FORMS = [b"CallSid=a&Digits=1", b"MessageSid=a&Body=%00%FF&From=%ff", b"MessageSid=a&NumMedia=1&MediaUrl0=x"]
SPECIAL = [None, True, 5.5, 1e300, 10**30, -(10**13), "", "\x00", "\ud800", "9" * 5000, "0001-01-01T00:00:00+14:00"]
MEDIA = ("application/json", "application/cloudevents+json", "application/x-www-form-urlencoded", "text/xml")

nested = st.recursive(
    st.sampled_from(SPECIAL) | st.text() | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with called_by_providers(tmp_path_factory.mktemp("hostile")) as started:
        yield started


def places(tree: Any, before: Sequence[Any] = ()) -> Iterator[Sequence[Any]]:
    """Return the way to every part of a tree."""
    yield before
    parts = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for name, part in parts:
        yield from places(part, (*before, name))


def with_part(tree: Any, place: Sequence[Any], part: Any) -> Any:
    """Return a tree with another part in a place."""
    if not place:
        return part
    copy = dict(tree) if isinstance(tree, dict) else list(tree)
    copy[place[0]] = with_part(tree[place[0]], place[1:], part)
    return copy


def put(system: System, kind: str, raw: bytes, media: str, **more: str) -> int:
    path, headers = vouched(kind, raw)
    return int(system.http.post(path, content=raw, headers={"Content-Type": media, **headers, **more}).status_code)


@pytest.mark.parametrize("kind", sorted(SHAPES))
def test_a_delivery_with_anything_in_any_place_is_taken(system: System, kind: str) -> None:
    shape = SHAPES[kind]
    media = "application/cloudevents+json" if kind == "cloudevents" else "application/json"
    assert put(system, kind, json.dumps(shape).encode(), media) in {200, 202}

    @FEW
    @given(st.sampled_from(sorted(places(shape), key=str)), nested)
    def changed(place: Sequence[Any], part: Any) -> None:
        raw = json.dumps(with_part(shape, place, part)).encode()
        assert put(system, kind, raw, media) in {200, 202}, raw

    changed()


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_any_bytes_under_a_good_signature_are_kept_or_refused(system: System, kind: str) -> None:
    @FEW
    @given(st.binary(max_size=300) | st.sampled_from([*FORMS, b"[" * 5000, b"<a>" * 500]), st.sampled_from(MEDIA))
    def sent(raw: bytes, media: str) -> None:
        status = put(system, kind, raw, media)
        assert 200 <= status < 300 or 400 <= status < 500, raw

    sent()


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_what_is_packed_too_large_or_called_otherwise_is_refused(system: System, kind: str) -> None:
    assert put(system, kind, b"x" * 20, "application/json", **{"Content-Encoding": "gzip"}) == 415
    assert put(system, kind, b" " * (4 * 1024 * 1024 + 1), "application/json") == 413
    path, _ = vouched(kind, b"")
    assert {system.http.request(method, path).status_code for method in ("PUT", "DELETE")} == {405}
    assert 200 <= system.http.get(path).status_code < 500


LONG = 500_000
MIXED = b"<d>" + b"x<b/>" * 1000 + b"</d>"
BOMBS = [
    ("email", b"From: a@example.org\r\nSubject: " + b"a " * LONG + b"\r\n\r\nx", "message/rfc822"),
    ("email", b"From: " + b"a@example.org," * 1000 + b"\r\n\r\nx", "message/rfc822"),
    ("email", b"Content-Type: text/plain; " + b"a=b; " * LONG + b"\r\n\r\nx", "message/rfc822"),
    (
        "email",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n"
        + (b"--x\r\nContent-Type: text/plain; " + b"a=b; " * 200 + b"\r\n\r\nx\r\n") * 500
        + b"--x--",
        "message/rfc822",
    ),
    ("kobo", b"<d><" + b"n" * LONG + b">" + b"<b>x</b>" * 50_000 + b"</" + b"n" * LONG + b"></d>", "text/xml"),
    ("kobo", b"<d>" + b"<b c='d'/>" * 150_000 + b"</d>", "text/xml"),
    ("kobo", json.dumps({"_uuid": "u", "n" * LONG: dict.fromkeys(map(str, range(LONG // 10)), 1)}).encode(), ""),
    ("kobo", json.dumps({"_uuid": "u", "n" * 4000: dict.fromkeys(map(str, range(LONG // 10)), 1)}).encode(), ""),
    ("standard", json.dumps({"data": {"n" * LONG: [None] * (LONG // 10)}}).encode(), ""),
]
"""Each is small enough to come in, and would take minutes or gigabytes if it were read to its end."""


@pytest.mark.parametrize(("kind", "raw", "media"), BOMBS, ids=range(len(BOMBS)))
def test_what_grows_while_it_is_read_is_not_read_to_its_end(kind: str, raw: bytes, media: str) -> None:
    headers = {"content-type": media or "application/json", "webhook-id": "m"}
    with pytest.raises(MalformedError):
        TYPES[kind].parse(Delivery("POST", "http://x/", headers, {}, raw))


def test_a_bad_event_of_a_batch_costs_no_other() -> None:
    told = {"specversion": "1.0", "source": "s", "type": "t"}
    bomb = {"n" * 4000: dict.fromkeys(map(str, range(10_000)), 1)}
    events = [told | {"id": "1", "data": bomb}, told | {"id": "2", "data": {"text": "no wages"}}]
    headers = {"content-type": "application/cloudevents-batch+json"}
    found = TYPES["cloudevents"].parse(Delivery("POST", "http://x/", headers, {}, json.dumps(events).encode()))
    assert [type(one) for one in found] == [Kept, Said]


def recorded(system: System, topic: str) -> int:
    portal = system.http.portal
    assert portal is not None
    nothing_waiting(system)
    facts = portal.call(system.house.stores["intake"].read, 0, 100_000)
    return sum(topic == one.event.TOPIC for one in facts)


def test_more_than_a_provider_sends_at_once_is_kept_as_one(system: System) -> None:
    many = [{"type": "message", "message": {"id": f"m-{n}", "type": "text", "text": "x"}} for n in range(2001)]
    files = [{"Name": "a", "Content": "aGk=", "ContentType": "x/y"}] * 201
    before = [recorded(system, f"intake.{topic}") for topic in ("payload-quarantined", "message-received")]
    assert put(system, "line", json.dumps({"events": many}).encode(), "application/json") == 200
    mail = {"MessageID": "many", "TextBody": "t", "Attachments": files}
    assert put(system, "email", json.dumps(mail).encode(), "application/json") == 200
    after = [recorded(system, f"intake.{topic}") for topic in ("payload-quarantined", "message-received")]
    assert after == [before[0] + 2, before[1]]
