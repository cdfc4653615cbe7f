"""A POST of JSON to an address on the web, for people who are reached through somebody's own application."""

from collections.abc import Sequence
from http import HTTPStatus

import httpx
import msgspec

from services.notify.channels.port import Letter
from services.notify.channels.posting import Posting
from services.notify.channels.signing import signed_headers
from services.notify.domain import Delivered, GiveUp, Outcome, TryAgain
from shared.clock import Clock, system_clock

_PASSING = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}


class WebhookChannel:
    """Posts letters, to the open net only. The answer counts by its status alone: no redirect is followed."""

    def __init__(
        self,
        *,
        timeout: float,
        allowed_hosts: frozenset[str] = frozenset(),
        secrets: Sequence[str] = (),
        clock: Clock = system_clock,
    ) -> None:
        """Take the seconds that one delivery may take as a whole; `allowed_hosts` may be called wherever they are.

        `secrets` sign what is posted (Standard Webhooks), the newest first; none: it goes unsigned.
        """
        self._posting = Posting(timeout, allowed_hosts)
        self._secrets = secrets
        self._clock = clock

    async def deliver(self, letter: Letter) -> Outcome:
        """Post the letter; the header `Idempotency-Key` lets the other side see a duplicate."""
        content = _content(letter)
        signed = signed_headers(self._secrets, str(letter.id), self._clock(), content) if self._secrets else {}
        answered = await self._posting.post(letter.address, content, {**signed, "Idempotency-Key": str(letter.id)})
        return _judge(answered) if isinstance(answered, int) else answered


def _content(letter: Letter) -> bytes:
    return msgspec.json.encode(
        {"id": letter.id, "language": letter.language, "subject": letter.subject, "body": letter.body}
    )


def _judge(status: int) -> Outcome:
    if httpx.codes.is_success(status):
        return Delivered(f"http-{status}")
    if status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return TryAgain(f"http-{status}")
    return GiveUp(f"http-{status}")
