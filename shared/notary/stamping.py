"""Has checkpoints stamped by a time-stamping authority (RFC 3161), now and then: optional, and never in the way."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import httpx
from pydantic import Field, HttpUrl
from pydantic_settings import BaseSettings, SettingsConfigDict
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, decode_timestamp_response

from shared.auditing.stamps import Authorities, Stamp, read_stamps, stamp_line
from shared.errors import InvalidError, NotFoundError, SettingsError, TryLaterError
from shared.ledger.reading import newest
from shared.ledger.shelves import Shelf

log = logging.getLogger("redress.ledger")

STAMPS = "stamps"
LOOK = 60.0
"""Seconds between two looks whether it is time for the next stamp."""
_QUERY, _REPLY = "application/timestamp-query", "application/timestamp-reply"
_TIMEOUT = 20.0
_MOST = 64 << 10

Ask = Callable[[bytes], bytes]
"""Gives a time-stamping authority a query, and returns its answer."""


class StampSettings(BaseSettings):
    """Read from `REDRESS_LEDGER_STAMP_…`; without an address nobody is asked."""

    model_config = SettingsConfigDict(env_prefix="REDRESS_LEDGER_STAMP_", frozen=True)

    address: HttpUrl | None = None
    """Where a time-stamping authority answers over HTTP (RFC 3161, section 3.4)."""
    certificates: Path | None = None
    """Its certificates, and those above it, as PEM: an answer of anybody else is not kept."""
    hours: float = Field(default=24.0, gt=0)
    """At least so long from one stamp to the next."""


class Stamper:
    """Keeps the time stamps of one ledger."""

    def __init__(self, service: str, shelf: Shelf, ask: Ask, authorities: Authorities) -> None:
        """Take whose ledger, where it lies, whom to ask, and whom to believe."""
        self._service = service
        self._shelf = shelf
        self._ask = ask
        self._authorities = authorities

    def newest(self) -> Stamp | None:
        """Return how many facts the newest stamp is over, and when it was given; None where there is none."""
        try:
            *_, last = self._shelf.read(STAMPS).decode().splitlines()
        except NotFoundError:
            return None
        ((size, answer),) = read_stamps(last)
        return Stamp(size, decode_timestamp_response(answer).tst_info.gen_time)

    def stamp(self) -> Stamp:
        """Have the newest checkpoint stamped, and keep the answer. An answer that does not hold is refused."""
        note, checkpoint = newest(self._shelf)
        text = note.text.encode()
        query = TimestampRequestBuilder().data(text).hash_algorithm(HashAlgorithm.SHA256).build()
        answer = self._ask(query.as_bytes())
        at = self._authorities.stamped_at(answer, text, query.nonce)
        self._shelf.append(STAMPS, stamp_line(checkpoint.size, answer).encode())
        return Stamp(checkpoint.size, at)

    async def look(self, now: datetime, every: timedelta) -> None:
        """Stamp what is new when it is time; an authority that is away is asked again at the next look."""
        try:
            await asyncio.to_thread(self._look, now, every)
        except (InvalidError, TryLaterError) as error:
            log.warning("no time stamp", extra={"service": self._service, "because": error.slug})

    def _look(self, now: datetime, every: timedelta) -> None:
        last = self.newest()
        try:
            _, checkpoint = newest(self._shelf)
        except NotFoundError:
            return
        if last is None or (now - last.at >= every and checkpoint.size > last.size):
            self.stamp()


def asked_over_http(address: str) -> Ask:
    """Return who asks the authority at an address (RFC 3161, section 3.4)."""

    def ask(query: bytes) -> bytes:
        try:
            answer = httpx.post(
                address,
                content=query,
                headers={"Content-Type": _QUERY, "Accept": _REPLY},
                timeout=_TIMEOUT,
                trust_env=False,
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise TryLaterError("The time-stamping authority cannot be reached.") from error
        if not answer.is_success or len(answer.content) > _MOST:
            raise TryLaterError(f"The time-stamping authority answers {answer.status_code}.")
        return answer.content

    return ask


def stamper_of(service: str, shelf: Shelf, settings: StampSettings) -> Stamper | None:
    """Return who keeps a ledger's time stamps; None where no authority is named."""
    if settings.address is None:
        return None
    if settings.certificates is None or not settings.certificates.is_file():
        raise SettingsError(
            "REDRESS_LEDGER_STAMP_CERTIFICATES is missing: the certificates of the time-stamping authority, as PEM."
        )
    authorities = Authorities(settings.certificates.read_bytes())
    return Stamper(service, shelf, asked_over_http(str(settings.address)), authorities)
