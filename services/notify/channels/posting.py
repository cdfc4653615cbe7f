"""Posting to somebody's address on the web: bounded in time, to the open net only, no redirect followed."""

import asyncio
import ssl
from collections.abc import Mapping

import httpx

from services.notify.domain import GiveUp, TryAgain
from shared.open_net import HostRefusedError, NotOfTheWebError, address_to_call, demand_web


class Posting:
    """Posts bytes of JSON. `timeout`, in seconds, bounds the whole; `allowed_hosts` may be called wherever they are."""

    def __init__(self, timeout: float, allowed_hosts: frozenset[str] = frozenset()) -> None:
        """Make ready; nothing is called yet."""
        self._timeout = timeout
        self._allowed_hosts = allowed_hosts
        self._tls = ssl.create_default_context()

    async def refusal(self, address: str) -> str | None:
        """Return in words why an address is never called; None: it may be."""
        try:
            url = httpx.URL(address)
            demand_web(url.scheme, url.host, url.port)
            if url.scheme != "https" and url.host not in self._allowed_hosts:
                return "begins with https://"
            await self._called(url)
        except HostRefusedError:
            return "leads to the open net, not to a private or local network"
        except (httpx.InvalidURL, ValueError, OSError):
            return "is an address of the web that can be found"
        return None

    async def post(self, address: str, content: bytes, headers: Mapping[str, str]) -> int | TryAgain | GiveUp:
        """Post once and return the status of the answer, or why there is none."""
        try:
            async with asyncio.timeout(self._timeout):
                return await self._post(httpx.URL(address), content, headers)
        except HostRefusedError:
            return GiveUp("address-refused")
        except (httpx.InvalidURL, NotOfTheWebError, UnicodeError):
            return GiveUp("invalid-address")
        except (TimeoutError, httpx.TimeoutException):
            return TryAgain("timeout")
        except (httpx.ConnectError, OSError):
            return TryAgain("connect")
        except httpx.HTTPError:
            return TryAgain("http-protocol")

    async def _called(self, url: httpx.URL) -> str:
        return await address_to_call(url.scheme, url.host, url.port, self._allowed_hosts)

    async def _post(self, url: httpx.URL, content: bytes, headers: Mapping[str, str]) -> int:
        called = url.copy_with(host=await self._called(url))
        sent = {**headers, "Host": url.netloc.decode("ascii"), "Content-Type": "application/json"}
        told = {"sni_hostname": url.raw_host.decode("ascii")}
        async with (
            httpx.AsyncClient(verify=self._tls, timeout=self._timeout, trust_env=False) as client,
            client.stream("POST", called, content=content, headers=sent, extensions=told) as response,
        ):
            return response.status_code
