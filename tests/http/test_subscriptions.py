"""A partner is posted what they may follow: signed, in order, again when it failed, and no more once they say 410."""

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from shared.rights import Role
from tests.http.cases_desk import register
from tests.http.test_feed import story
from tests.support.app import Client, System

SUBSCRIPTIONS = "/notify/v1/subscriptions"
ALL = ["cases.case-triaged", "cases.case-escalated", "cases.case-closed"]


class Partner(ThreadingHTTPServer):
    """Takes what is posted and answers with the next of `answers`, then 204 for ever."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taker)
        self.answers: list[int] = []
        self.taken: list[tuple[dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/redress"

    @property
    def types(self) -> list[str]:
        return [json.loads(body)["type"] for _, body in self.taken]


class _Taker(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        if isinstance(self.server, Partner):
            self.server.taken.append(({name.lower(): value for name, value in self.headers.items()}, content))
            self.send_response(self.server.answers.pop(0) if self.server.answers else 204)
        self.end_headers()

    def log_message(self, *_words: object) -> None:
        """Stay quiet."""


@pytest.fixture
def partner() -> Iterator[Partner]:
    """An application of a partner."""
    with Partner() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def told(system: System) -> Client:
    """A partner with whom a closed case is shared."""
    plant, other = register(system.operator), register(system.operator)
    story(system, plant, other)
    return system.client(Role.PARTNER, organisation=plant)


def until(holds: Callable[[], bool], seconds: float = 15) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert holds()


def subscribed(client: Client, partner: Partner, **more: Any) -> tuple[str, str]:
    answer = client.post(SUBSCRIPTIONS, {"url": partner.url, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()["subscription_id"], answer.json()["secret"]


def signed_by(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """Whether one of the signatures is of this secret, by the words of Standard Webhooks."""
    said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    wanted = "v1," + base64.b64encode(hmac.digest(key, said, hashlib.sha256)).decode()
    return wanted in headers["webhook-signature"].split(" ")


def listed(client: Client, subscription_id: str) -> dict[str, Any]:
    items: list[dict[str, Any]] = client.get(SUBSCRIPTIONS).json()["items"]
    return next((one for one in items if one["subscription_id"] == subscription_id), {})


def test_everything_from_the_first_fact_on_is_posted_signed_and_again_on_request(
    told: Client, partner: Partner
) -> None:
    subscription_id, secret = subscribed(told, partner)
    until(lambda: partner.types == ALL)
    assert all(signed_by(secret, *one) for one in partner.taken)
    assert not any(b"Passport" in body or b"Aye Aye" in body for _, body in partner.taken)
    until(lambda: listed(told, subscription_id)["taken"] == len(ALL))

    new = told.post(f"{SUBSCRIPTIONS}/{subscription_id}/rotate").json()["secret"]
    assert new != secret
    assert told.post(f"{SUBSCRIPTIONS}/{subscription_id}/replay", {"after": None}).status_code == 200
    until(lambda: partner.types == ALL * 2)
    first, again = partner.taken[: len(ALL)], partner.taken[len(ALL) :]
    assert [one["webhook-id"] for one, _ in first] == [one["webhook-id"] for one, _ in again]
    assert all(signed_by(key, *one) for one in again for key in (secret, new))

    assert told.post(f"{SUBSCRIPTIONS}/{subscription_id}/end").status_code == 200
    until(lambda: listed(told, subscription_id)["state"] == "ended")
    assert told.post(f"{SUBSCRIPTIONS}/{subscription_id}/rotate").status_code == 409


def test_what_failed_is_posted_again_and_nothing_behind_it_before(told: Client, partner: Partner) -> None:
    partner.answers = [204, 503]
    subscription_id, _ = subscribed(told, partner)
    until(lambda: listed(told, subscription_id).get("state") == "retrying")
    row = listed(told, subscription_id)
    assert (row["attempts"], row["reason"], row["taken"], partner.types) == (1, "http-503", 1, ALL[:2])
    until(lambda: partner.types == [*ALL[:2], *ALL[1:]])


def test_a_partner_who_is_gone_is_posted_nothing_more(told: Client, partner: Partner) -> None:
    partner.answers = [410]
    subscription_id, _ = subscribed(told, partner, types=["cases.case-closed"])
    until(lambda: listed(told, subscription_id).get("state") == "ended")
    assert (listed(told, subscription_id)["reason"], partner.types) == ("gone", ["cases.case-closed"])


def test_whose_key_was_revoked_is_posted_nothing_more(system: System, partner: Partner) -> None:
    holder = f"partner-{secrets.token_hex(4)}"
    key = system.house.keys.create(Role.ADMIN, name=holder)[1]
    admin = Client(system.http, key)
    opened = admin.post(SUBSCRIPTIONS, {"url": partner.url, "types": ["cases.case-closed"]})
    assert opened.status_code == 201, opened.text
    assert system.house.keys.revoke(holder)
    until(lambda: listed(system.admin, opened.json()["subscription_id"]).get("state") == "ended")
    assert listed(system.admin, opened.json()["subscription_id"])["reason"] == "revoked"


@pytest.mark.parametrize("url", ["https://10.0.0.8/x", "https://localhost/x", "http://example.org/x", "mailto:a@b.org"])
def test_no_private_place_is_ever_subscribed(told: Client, url: str) -> None:
    refused = told.post(SUBSCRIPTIONS, {"url": url})
    assert (refused.status_code, refused.json()["field"]) == (422, "url")


def test_another_partner_neither_sees_nor_turns_it(system: System, told: Client, partner: Partner) -> None:
    subscription_id, _ = subscribed(told, partner)
    until(lambda: bool(listed(told, subscription_id)))
    subscribed(system.partner, partner)
    until(lambda: partner.types == ALL)
    assert listed(system.partner, subscription_id) == {}
    for turn, body in (("rotate", {}), ("replay", {"after": None}), ("end", {})):
        assert system.partner.post(f"{SUBSCRIPTIONS}/{subscription_id}/{turn}", body).status_code == 404
