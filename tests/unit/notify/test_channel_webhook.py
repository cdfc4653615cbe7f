"""A POST of JSON, against real servers."""

import asyncio
import ipaddress
import json

import pytest

from services.notify.channels.webhook import WebhookChannel
from services.notify.domain import Delivered, GiveUp, Outcome, TryAgain
from shared.open_net import is_open
from tests.unit.notify.given import letter
from tests.unit.notify.servers import LOOPBACK, Hook, hang_up, raw_server, silence, unused_port

channel = WebhookChannel(timeout=1, allowed_hosts=frozenset({LOOPBACK}))
strict = WebhookChannel(timeout=2)


def at(port: int) -> str:
    return f"http://{LOOPBACK}:{port}/news"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("200 OK", Delivered("http-200")),
        ("204 No Content", Delivered("http-204")),
        ("301 Moved Permanently", GiveUp("http-301")),
        ("307 Temporary Redirect", GiveUp("http-307")),
        ("400 Bad Request", GiveUp("http-400")),
        ("404 Not Found", GiveUp("http-404")),
        ("408 Request Timeout", TryAgain("http-408")),
        ("410 Gone", GiveUp("http-410")),
        ("429 Too Many Requests", TryAgain("http-429")),
        ("500 Internal Server Error", TryAgain("http-500")),
        ("503 Service Unavailable", TryAgain("http-503")),
        ("599 Whatever", TryAgain("http-599")),
    ],
)
async def test_the_status_decides(status: str, outcome: Outcome) -> None:
    async with raw_server(Hook(status)) as port:
        assert await channel.deliver(letter(at(port))) == outcome


async def test_the_text_arrives_with_its_id_and_nothing_else() -> None:
    hook = Hook()
    async with raw_server(hook) as port:
        await channel.deliver(letter(at(port)))
    ((head, body),) = hook.requests
    assert head.startswith("POST /news HTTP/1.1\r\n")
    assert f"idempotency-key: {letter().id}" in head.lower()
    assert json.loads(body) == {
        "id": str(letter().id),
        "language": "th",
        "subject": letter().subject,
        "body": letter().body,
    }


async def test_no_redirect_is_followed() -> None:
    elsewhere = Hook()
    async with (
        raw_server(elsewhere) as other,
        raw_server(Hook("308 Permanent Redirect", f"Location: {at(other)}\r\n")) as port,
    ):
        assert await channel.deliver(letter(at(port))) == GiveUp("http-308")
    assert elsewhere.requests == []


async def test_nobody_listens() -> None:
    assert await channel.deliver(letter(at(await unused_port()))) == TryAgain("connect")


async def test_the_server_hangs_up() -> None:
    async with raw_server(hang_up) as port:
        assert await channel.deliver(letter(at(port))) == TryAgain("http-protocol")


async def test_the_server_never_answers() -> None:
    async with raw_server(silence) as port:
        assert await channel.deliver(letter(at(port))) == TryAgain("timeout")


async def test_an_answer_that_trickles_is_not_waited_for() -> None:
    async def trickle(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for sign in b"HTTP/1.1 200 OK\r\n" * 20:
            writer.write(bytes([sign]))
            await writer.drain()
            await asyncio.sleep(0.05)

    async with raw_server(trickle) as port:
        assert await channel.deliver(letter(at(port))) == TryAgain("timeout")


@pytest.mark.parametrize(
    "address",
    ["ftp://example.org/x", "file:///etc/passwd", "example.org/news", "javascript:alert(1)", "http://", ""],
)
async def test_only_addresses_of_the_web_are_called(address: str) -> None:
    assert await channel.deliver(letter(address)) == GiveUp("invalid-address")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f.1",
        "0.0.0.0",
        "10.0.0.8",
        "172.16.5.4",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "[::1]",
        "[::]",
        "[fe80::1]",
        "[fc00::1]",
        "[fec0::1]",
        "[ff02::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
    ],
)
async def test_nothing_inside_is_called(host: str) -> None:
    hook = Hook()
    async with raw_server(hook) as port:
        assert await strict.deliver(letter(f"http://{host}:{port}/latest/meta-data")) == GiveUp("address-refused")
    assert hook.requests == []


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:4700::6810:84e5", "::ffff:8.8.8.8"])
def test_the_open_net_may_be_called(address: str) -> None:
    assert is_open(ipaddress.ip_address(address))
