"""A POST of JSON to an address on the web, for people who are reached through somebody's own application."""

import asyncio
import ssl
from collections.abc import Sequence
from http import HTTPStatus

import httpx
import msgspec

from services.notify.channels.port import Letter
from services.notify.channels.signing import signed_headers
from services.notify.domain import Delivered, GiveUp, Outcome, TryAgain
from shared.clock import Clock, system_clock
from shared.open_net import HostRefusedError, checked_address

_PORTS = {"http": 80, "https": 443}
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
        self._timeout = timeout
        self._secrets = secrets
        self._clock = clock
        self._allowed_hosts = allowed_hosts
        self._tls = ssl.create_default_context()

    async def deliver(self, letter: Letter) -> Outcome:
        """Post the letter; the header `Idempotency-Key` lets the other side see a duplicate."""
        try:
            async with asyncio.timeout(self._timeout):
                return _judge(await self._post(letter))
        except HostRefusedError:
            return GiveUp("address-refused")
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError):
            return GiveUp("invalid-address")
        except (TimeoutError, httpx.TimeoutException):
            return TryAgain("timeout")
        except (httpx.ConnectError, OSError):
            return TryAgain("connect")
        except httpx.HTTPError:
            return TryAgain("http-protocol")

    async def _post(self, letter: Letter) -> int:
        url = httpx.URL(letter.address)
        if url.scheme not in _PORTS or not url.host:
            raise httpx.UnsupportedProtocol("only addresses of the web are called")
        address = url.host
        if url.host not in self._allowed_hosts:
            address = await checked_address(url.host, url.port or _PORTS[url.scheme])
        # The address that was checked is the one that is called: a second look-up could find another.
        content = _content(letter)
        signed = signed_headers(self._secrets, str(letter.id), self._clock(), content) if self._secrets else {}
        headers = {
            **signed,
            "Host": url.netloc.decode("ascii"),
            "Content-Type": "application/json",
            "Idempotency-Key": str(letter.id),
        }
        told = {"sni_hostname": url.raw_host.decode("ascii")}
        async with (
            httpx.AsyncClient(verify=self._tls, timeout=self._timeout, trust_env=False) as client,
            client.stream(
                "POST", url.copy_with(host=address), content=content, headers=headers, extensions=told
            ) as response,
        ):
            return response.status_code


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
