"""Real servers on 127.0.0.1 that behave as badly as a test asks."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword

Serving = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

LOOPBACK = "127.0.0.1"


def _port(server: asyncio.Server) -> int:
    port: int = server.sockets[0].getsockname()[1]
    return port


@dataclass(slots=True)
class Postbox:
    """An aiosmtpd handler that keeps what it took and answers RCPT and DATA as it was told to."""

    recipient: str = "250 OK"
    content: str = "250 OK"
    envelopes: list[Envelope] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if self.recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        if self.content.startswith("250"):
            self.envelopes.append(envelope)
        return self.content

    @property
    def mails(self) -> list[EmailMessage]:
        """What was taken, parsed as a mail program would."""
        contents = [envelope.original_content or b"" for envelope in self.envelopes]
        return [message_from_bytes(content, policy=policy.default) for content in contents]


@asynccontextmanager
async def mail_server(postbox: Postbox, password: str | None = None) -> AsyncIterator[int]:
    """A mail server in front of a postbox; who signs in must know the password. Yields its port."""

    def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: LoginPassword) -> AuthResult:
        return AuthResult(success=given.password == (password or "").encode(), handled=False)

    def session() -> SMTP:
        return SMTP(postbox, hostname="mail.test", authenticator=authenticate, auth_require_tls=False)

    server = await asyncio.get_running_loop().create_server(session, LOOPBACK, 0)
    async with server:
        yield _port(server)


@asynccontextmanager
async def raw_server(serve: Serving) -> AsyncIterator[int]:
    """A server that does what it is told with each connection. Yields its port."""
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            tasks.add(task)
        try:
            await serve(reader, writer)
        except asyncio.CancelledError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(connected, LOOPBACK, 0)
    try:
        yield _port(server)
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def silence(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Take the connection and never say a word."""
    await asyncio.sleep(60)


async def hang_up(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Take the connection and close it."""


@dataclass(slots=True)
class Hook:
    """A web address that keeps what was posted to it and answers with a status."""

    status: str = "204 No Content"
    headers: str = ""
    requests: list[tuple[str, bytes]] = field(default_factory=list)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lengths = [line.split(":")[1] for line in head.splitlines() if line.lower().startswith("content-length")]
        self.requests.append((head, await reader.readexactly(int(lengths[0]))))
        writer.write(f"HTTP/1.1 {self.status}\r\nContent-Length: 0\r\n{self.headers}\r\n".encode())
        await writer.drain()


async def unused_port() -> int:
    """A port on which nobody listens."""
    async with raw_server(silence) as port:
        return port
