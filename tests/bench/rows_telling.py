"""Rows of delivering: notifications go out to a server of this machine, and what became of each is recorded."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Literal, NamedTuple

import aiosmtplib
import httpx
from aiosmtpd.smtp import SMTP

from services.__main__ import BUILDERS
from services.cases.application import case_number
from services.notify import bootstrap as notify
from services.notify.bootstrap import Commands
from services.notify.settings import Settings
from shared.clock import system_clock
from shared.embedded import Embedded, open_embedded
from shared.events.cases import CaseAcknowledged, CaseOpened
from shared.events.values import SafeContact
from shared.eventstore.context import CommandContext
from shared.eventstore.work import UnitOfWork
from shared.ids import new_id
from tests.bench.bench import Bench, BenchError, Row
from tests.bench.lives import BATCH, DESK
from tests.unit.notify.servers import LOOPBACK, Hook, raw_server

LETTERS = 1_000
SENDER, WORKER, BODY = "no-reply@example.org", "worker@example.org", "There is news. " * 20

Way = Literal["email", "webhook"]


class Outside(NamedTuple):
    """A server outside: how notify is set up for it, where workers are told, and how to count what arrived."""

    settings: Settings
    address: str
    arrived: Callable[[], int]
    bare: Callable[[], Awaitable[object]]
    limit: str


@dataclass(slots=True)
class Taken:
    """An aiosmtpd handler that counts and keeps nothing."""

    letters: int = 0

    async def handle_DATA(self, _server: object, _session: object, _envelope: object) -> str:  # noqa: N802 - its name
        self.letters += 1
        return "250 OK"


def telling(bench: Bench) -> list[Row]:
    """Measure mail over SMTP and posts to a webhook, each beside a bare client that records nothing."""
    letters = bench.number(LETTERS)
    return [
        asyncio.run(_row(bench, "email", mailbox, letters)),
        asyncio.run(_row(bench, "webhook", hook, letters)),
    ]


@asynccontextmanager
async def mailbox() -> AsyncIterator[Outside]:
    """Serve SMTP."""
    taken = Taken()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(taken, hostname="mail.test"), LOOPBACK, 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        settings = Settings(smtp_host=LOOPBACK, smtp_port=port, smtp_tls="none", sender=SENDER)

        async def bare() -> object:
            return await aiosmtplib.send(_mail(), hostname=LOOPBACK, port=port, use_tls=False, start_tls=False)

        yield Outside(settings, WORKER, lambda: taken.letters, bare, "bare aiosmtplib, a connection each")


@asynccontextmanager
async def hook() -> AsyncIterator[Outside]:
    """Serve a web address."""
    taken = Hook()
    async with raw_server(taken) as port:
        settings = Settings(webhook_allowed_hosts=(LOOPBACK,))
        address = f"http://{LOOPBACK}:{port}/told"

        async def bare() -> object:
            async with httpx.AsyncClient(trust_env=False, verify=False) as client:  # noqa: S501 - no TLS here at all
                return await client.post(address, content=BODY)

        yield Outside(settings, address, lambda: len(taken.requests), bare, "bare httpx, a connection each")


async def _row(
    bench: Bench, way: Way, serving: Callable[[], AbstractAsyncContextManager[Outside]], letters: int
) -> Row:
    async with serving() as outside:
        house = _opened(bench.folder / f"telling-{way}-{new_id()}", outside.settings)
        try:
            rate = await _delivered(house, way, outside, letters)
        finally:
            house.close()
        at_limit = await _bare(outside, letters)
    return Row(f"notifications by {way}, sent and recorded", rate, "/s", outside.limit, at_limit)


async def _delivered(house: Embedded, way: Way, outside: Outside, letters: int) -> float:
    commands = house.services["notify"].application
    assert isinstance(commands, Commands)
    await house.host.prepare()
    for start in range(0, letters, BATCH):
        await _acknowledge(house, way, outside.address, min(BATCH, letters - start))
    await house.host.drain()
    begun = time.perf_counter()
    while (arrived := outside.arrived()) < letters:
        await commands.delivery.deliver_due()
        if outside.arrived() == arrived:
            raise BenchError(f"of {letters} notifications by {way}, {arrived} arrived, and no more.")
        await house.host.drain()
    return letters / (time.perf_counter() - begun)


async def _acknowledge(house: Embedded, way: Way, address: str, cases: int) -> None:
    """Put cases on record whose complainants are to be told that they are known."""
    now = system_clock()
    contact = SafeContact(channel=way, address=address, language="th")

    def work(unit: UnitOfWork) -> None:
        for case_id in (new_id() for _ in range(cases)):
            context = CommandContext(actor=DESK, now=now, correlation_id=new_id())
            opened = CaseOpened(
                number=case_number(case_id),
                channel="hotline",
                language="th",
                acknowledge_by=now + timedelta(days=7),
                safe_contact=contact,
            )
            unit.append(case_id, 0, [opened, CaseAcknowledged(channel=way)], context)

    await house.stores["cases"].execute(work)


async def _bare(outside: Outside, letters: int) -> float:
    left = iter(range(letters))

    async def one_after_the_other() -> None:
        for _ in left:
            await outside.bare()

    begun = time.perf_counter()
    await asyncio.gather(*(one_after_the_other() for _ in range(outside.settings.concurrent_deliveries)))
    return letters / (time.perf_counter() - begun)


def _opened(folder: Path, settings: Settings) -> Embedded:
    folder.mkdir(parents=True)
    return open_embedded(
        folder, {**BUILDERS, "notify": lambda parts, feeds: notify.build(parts, settings, log=feeds["cases"])}
    )


def _mail() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = SENDER, WORKER, "News"
    message.set_content(BODY)
    return message
