"""Each provider as its published answers have it: taken, refused, busy, down, slow, cut off."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import pytest

from services.notify.bootstrap import provider_channels
from services.notify.channels.calling import Api, Breaker, Pace
from services.notify.channels.line import LineChannel
from services.notify.channels.messenger import MessengerChannel
from services.notify.channels.port import Channel
from services.notify.channels.telegram import TelegramChannel
from services.notify.channels.twilio import TwilioSms, TwilioVoice
from services.notify.channels.viber import ViberChannel
from services.notify.channels.whatsapp import WhatsAppChannel
from services.notify.domain import Delivered, GiveUp, Outcome, TryAgain
from services.notify.settings import Providers
from tests.unit.notify.given import letter
from tests.unit.notify.servers import LOOPBACK, Serving, hang_up, raw_server, silence, unused_port

Make = Callable[[Api], Channel]
TOKEN = "token-of-the-office"

MAKE: dict[str, Make] = {
    "sms": lambda api: TwilioSms(api=api, account="AC1", token=TOKEN, sender="+15005550006"),
    "voice": lambda api: TwilioVoice(
        api=api, account="AC1", token=TOKEN, sender="+15005550006", prompts={"th": "https://sounds.example/th.mp3"}
    ),
    "whatsapp": lambda api: WhatsAppChannel(api=api, token=TOKEN, phone_number_id="106540352242922", template="news"),
    "messenger": lambda api: MessengerChannel(api=api, token=TOKEN),
    "line": lambda api: LineChannel(api=api, token=TOKEN),
    "viber": lambda api: ViberChannel(api=api, token=TOKEN, name="Messages"),
    "telegram": lambda api: TelegramChannel(api=api, token=TOKEN),
}
TAKEN: dict[str, tuple[int, dict[str, Any], str]] = {
    "sms": (
        201,
        {"sid": "SM87105da94bff44b999e4e6eb90d8eb6a", "status": "queued"},
        "SM87105da94bff44b999e4e6eb90d8eb6a",
    ),
    "voice": (
        201,
        {"sid": "CA42ed11f93dc08b952027ffbc406d0868", "status": "queued"},
        "CA42ed11f93dc08b952027ffbc406d0868",
    ),
    "whatsapp": (200, {"messaging_product": "whatsapp", "messages": [{"id": "wamid.HBgL"}]}, "wamid.HBgL"),
    "messenger": (200, {"recipient_id": "1254477777772919", "message_id": "AG5Hz2U"}, "AG5Hz2U"),
    "line": (200, {"sentMessages": [{"id": "461230966842064897", "quoteToken": "IStG5h1Tz7b"}]}, "461230966842064897"),
    "viber": (200, {"status": 0, "status_message": "ok", "message_token": 5741311803571721087}, "5741311803571721087"),
    "telegram": (200, {"ok": True, "result": {"message_id": 1365, "date": 1441645532}}, "1365"),
}
REFUSED: list[tuple[str, int, dict[str, Any], Outcome]] = [
    ("sms", 400, {"code": 21211, "message": "The 'To' number is not valid."}, GiveUp("twilio-400-21211")),
    ("sms", 400, {"code": 21610, "message": "Unsubscribed recipient"}, GiveUp("opted-out")),
    ("sms", 429, {"code": 20429, "message": "Too Many Requests"}, TryAgain("twilio-429-20429", 7)),
    ("sms", 401, {"code": 20003, "message": "Authenticate"}, TryAgain("twilio-401-20003", 7)),
    ("whatsapp", 400, {"error": {"code": 131047, "message": "Re-engagement"}}, GiveUp("whatsapp-unreached-131047")),
    ("whatsapp", 400, {"error": {"code": 131056, "message": "Pair rate"}}, TryAgain("whatsapp-400-131056", 7)),
    ("whatsapp", 400, {"error": {"code": 132001, "message": "No template"}}, GiveUp("whatsapp-400-132001")),
    ("messenger", 400, {"error": {"code": 10, "error_subcode": 2018278}}, GiveUp("messenger-400-10")),
    ("messenger", 400, {"error": {"code": 613}}, TryAgain("messenger-400-613", 7)),
    ("line", 409, {"message": "The retry key is already accepted"}, Delivered(None)),
    ("line", 400, {"message": "Failed to send messages"}, GiveUp("line-400")),
    ("viber", 200, {"status": 6, "status_message": "notSubscribed"}, GiveUp("viber-6")),
    ("viber", 200, {"status": 12, "status_message": "tooManyRequests"}, TryAgain("viber-12")),
    ("telegram", 403, {"ok": False, "error_code": 403, "description": "bot was blocked"}, GiveUp("telegram-403")),
    (
        "telegram",
        429,
        {"ok": False, "error_code": 429, "parameters": {"retry_after": 35}},
        TryAgain("telegram-429", 35),
    ),
]


@dataclass(slots=True)
class Provider:
    """Answers every call the same, and keeps what it was asked."""

    status: int
    body: dict[str, Any]
    asked: list[tuple[str, bytes]] = field(default_factory=list)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(int(line[15:]) for line in head.lower().splitlines() if line.startswith("content-length:"))
        self.asked.append((head, await reader.readexactly(length)))
        content = json.dumps(self.body).encode()
        lines = [
            f"HTTP/1.1 {self.status} Said",
            f"Content-Length: {len(content)}",
            "Retry-After: 7",
            "Connection: close",
        ]
        writer.write("\r\n".join([*lines, "", ""]).encode() + content)
        await writer.drain()


async def delivered(name: str, serve: Serving, **changes: Any) -> Outcome:
    async with raw_server(serve) as port:
        api = Api(base_url=f"http://{LOOPBACK}:{port}", timeout=0.25, pace=Pace(1000))
        return await MAKE[name](api).deliver(letter("to-whom", **changes))


@pytest.mark.parametrize("name", MAKE)
async def test_what_is_taken_has_the_reference_that_the_provider_gave(name: str) -> None:
    status, body, reference = TAKEN[name]
    provider = Provider(status, body)
    assert await delivered(name, provider) == Delivered(reference)
    ((head, sent),) = provider.asked
    assert head.startswith("POST /")
    assert b"to-whom" in sent


@pytest.mark.parametrize(("name", "status", "body", "outcome"), REFUSED)
async def test_what_is_refused_is_given_up_or_waits_as_the_provider_means_it(
    name: str, status: int, body: dict[str, Any], outcome: Outcome
) -> None:
    assert await delivered(name, Provider(status, body)) == outcome


@pytest.mark.parametrize("name", MAKE)
@pytest.mark.parametrize(("status", "again"), [(500, True), (503, True), (429, True), (400, False)])
async def test_an_answer_without_a_word_counts_by_its_status(name: str, status: int, *, again: bool) -> None:
    outcome = await delivered(name, Provider(status, {}))
    assert isinstance(outcome, TryAgain if again else GiveUp)


@pytest.mark.parametrize("name", MAKE)
@pytest.mark.parametrize(("serve", "causes"), [(silence, {"timeout"}), (hang_up, {"connect", "http-protocol"})])
async def test_a_slow_or_cut_line_is_tried_again(name: str, serve: Serving, causes: set[str]) -> None:
    outcome = await delivered(name, serve)
    assert isinstance(outcome, TryAgain)
    assert outcome.cause in causes


async def test_line_is_given_the_same_key_at_every_attempt() -> None:
    provider = Provider(500, {})
    for _attempt in range(2):
        await delivered("line", provider)
    keys = {line for head, _body in provider.asked for line in head.lower().splitlines() if "x-line-retry-key" in line}
    assert keys == {f"x-line-retry-key: {letter().id}"}


async def test_whatsapp_takes_the_approved_template_unless_the_person_just_wrote() -> None:
    provider = Provider(*TAKEN["whatsapp"][:2])
    await delivered("whatsapp", provider)
    await delivered("whatsapp", provider, is_in_conversation=True)
    cold, warm = (json.loads(body) for _head, body in provider.asked)
    assert (cold["type"], cold["template"]["name"], cold["template"]["language"]) == (
        "template",
        "news",
        {"code": "th"},
    )
    assert cold["template"]["components"][0]["parameters"] == [{"type": "text", "text": letter().subject}]
    assert (warm["type"], warm["text"]["body"]) == ("text", letter().body.strip())


async def test_a_call_plays_the_prompt_of_the_language_or_is_not_made() -> None:
    provider = Provider(*TAKEN["voice"][:2])
    await delivered("voice", provider)
    form = parse_qs(provider.asked[0][1].decode())
    assert form["Twiml"] == ["<Response><Play>https://sounds.example/th.mp3</Play></Response>"]
    assert await delivered("voice", provider, language="my") == GiveUp("no-prompt-in-this-language")


async def test_after_failures_in_a_row_nothing_is_called_for_a_while_then_one_call_tries() -> None:
    at = [0.0]
    breaker = Breaker(failures=3, rest=60, now=lambda: at[0])
    api = Api(base_url=f"http://{LOOPBACK}:{await unused_port()}", timeout=1, pace=Pace(1000), breaker=breaker)
    channel = MAKE["line"](api)
    outcomes = [await channel.deliver(letter()) for _attempt in range(4)]
    assert outcomes == [TryAgain("connect")] * 3 + [TryAgain("circuit-open", 60)]
    at[0] = 61.0
    assert await channel.deliver(letter()) == TryAgain("connect")
    assert await channel.deliver(letter()) == TryAgain("circuit-open", 60)


def test_calls_are_spaced_and_one_that_would_wait_too_long_is_told_how_long() -> None:
    at = [0.0]
    pace = Pace(2, now=lambda: at[0])
    assert [pace.wait() for _call in range(3)] == [0.0, 0.5, 1.0]
    at[0] = 10.0
    assert pace.wait() == 0.0
    slow = Pace(0.1, now=lambda: at[0])
    assert [slow.wait() for _call in range(3)] == [0.0, 10.0, 10.0]


def test_only_providers_with_a_token_are_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    assert provider_channels(Providers()) == {}
    for name, value in {
        "LINE_TOKEN": TOKEN,
        "TWILIO_TOKEN": TOKEN,
        "TWILIO_ACCOUNT": "AC1",
        "TWILIO_SENDER": "+15005550006",
        "VOICE_PROMPTS": '{"th": "https://sounds.example/th.mp3"}',
        "WHATSAPP_TOKEN": TOKEN,
        "WHATSAPP_PHONE_NUMBER_ID": "1",
        "MESSENGER_TOKEN": TOKEN,
        "VIBER_TOKEN": TOKEN,
        "TELEGRAM_TOKEN": TOKEN,
    }.items():
        monkeypatch.setenv(f"REDRESS_NOTIFY_{name}", value)
    found = provider_channels(Providers())
    assert set(found) == set(MAKE)
    assert TOKEN not in repr(found)
