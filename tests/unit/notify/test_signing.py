"""Signatures that the reference library of Standard Webhooks verifies, also while a secret is being replaced."""

import json
from datetime import UTC, datetime
from typing import cast

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from services.notify.channels.signing import secret_text, signed_headers
from services.notify.channels.webhook import WebhookChannel
from services.notify.domain import Delivered
from shared.clock import system_clock
from tests.unit.notify.given import letter
from tests.unit.notify.servers import LOOPBACK, Hook, raw_server

OLD, NEW, OTHER = (secret_text(bytes([number]) * 32) for number in (1, 2, 3))
BODY = b'{"test": 2432232314}'


def test_the_example_of_the_specification_is_signed_alike() -> None:
    at = datetime.fromtimestamp(1614265330, UTC)
    headers = signed_headers(["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], "msg_p5jXN8AQM9LWM0D4loKWxJek", at, BODY)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("known", [OLD, NEW])
def test_while_secrets_change_either_verifies_and_another_does_not(known: str) -> None:
    headers = dict(signed_headers([NEW, OLD], "msg_1", system_clock(), BODY))
    assert Webhook(known).verify(BODY, headers) == json.loads(BODY)
    with pytest.raises(WebhookVerificationError):
        Webhook(OTHER).verify(BODY, headers)


async def test_a_letter_is_posted_with_a_signature_that_verifies() -> None:
    hook = Hook()
    channel = WebhookChannel(timeout=1, allowed_hosts=frozenset({LOOPBACK}), secrets=[NEW])
    async with raw_server(hook) as port:
        assert await channel.deliver(letter(f"http://{LOOPBACK}:{port}/news")) == Delivered("http-204")
    ((head, body),) = hook.requests
    headers = dict(line.split(": ", 1) for line in head.splitlines()[1:] if ": " in line)
    lower = {name.lower(): value for name, value in headers.items()}
    verified = cast("dict[str, str]", Webhook(NEW).verify(body, lower))
    assert verified["id"] == str(letter().id)
