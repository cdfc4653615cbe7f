"""The public keys of an issuer: fetched, kept for a while, and fetched anew when a token names one we do not know."""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key

from shared.errors import TryLaterError

KEPT_SECONDS = 600.0
REFETCH_SECONDS = 30.0
"""The shortest time between two fetches, however many tokens name unknown keys meanwhile."""
_MOST_BYTES = 256 * 1024
_MOST_KEYS = 100
_LOCAL = {"127.0.0.1", "::1", "localhost"}


class Jwks:
    """Keys by `kid`. While the issuer cannot be reached, the keys that are known go on counting."""

    def __init__(
        self, issuer: str, url: str | None, timeout: float, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        """`url` is where the keys are; without it the issuer's discovery document says so."""
        self._issuer = issuer
        self._url = url
        self._timeout = timeout
        self._seconds = seconds
        self._keys: Mapping[str, Key] = {}
        self._fetched_at: float | None = None
        self._tried_at: float | None = None
        self._one_by_one = asyncio.Lock()

    async def key(self, kid: str) -> Key | None:
        """Return the key of this id, None when the issuer has none; `TryLaterError` before any key was ever had."""
        if kid not in self._keys or self._stale():
            async with self._one_by_one:
                if kid not in self._keys or self._stale():
                    await self._refresh()
        if self._fetched_at is None:
            raise TryLaterError("The issuer of tokens cannot be reached now. Try again.")
        return self._keys.get(kid)

    def _stale(self) -> bool:
        return self._fetched_at is None or self._seconds() - self._fetched_at > KEPT_SECONDS

    async def _refresh(self) -> None:
        now = self._seconds()
        if self._tried_at is not None and now - self._tried_at < REFETCH_SECONDS:
            return
        self._tried_at = now
        try:
            async with asyncio.timeout(self._timeout):
                self._keys = await self._fetched()
        except (httpx.HTTPError, httpx.InvalidURL, msgspec.MsgspecError, OSError, TimeoutError, ValueError):
            return
        self._fetched_at = now

    async def _fetched(self) -> Mapping[str, Key]:
        async with httpx.AsyncClient(timeout=self._timeout, trust_env=False, follow_redirects=False) as client:
            url = self._url or await self._discovered(client)
            told = await _json(client, _demand_safe(url))
        entries = told.get("keys") if isinstance(told, dict) else None
        if not isinstance(entries, list):
            raise ValueError("no key set")  # noqa: TRY004 - what comes from outside is of a wrong value, not our type
        found = (_public(entry) for entry in entries[:_MOST_KEYS])
        return {key.kid: key for key in found if key is not None and key.kid}

    async def _discovered(self, client: httpx.AsyncClient) -> str:
        told = await _json(client, _demand_safe(self._issuer.rstrip("/") + "/.well-known/openid-configuration"))
        if (
            not isinstance(told, dict)
            or told.get("issuer") != self._issuer
            or not isinstance(told.get("jwks_uri"), str)
        ):
            raise ValueError("no discovery document of this issuer")
        url: str = told["jwks_uri"]
        return url


async def _json(client: httpx.AsyncClient, url: str) -> Any:
    async with client.stream("GET", url, headers={"Accept": "application/json"}) as response:
        response.raise_for_status()
        body = b""
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > _MOST_BYTES:
                raise ValueError("too large")
    return msgspec.json.decode(body)


def _demand_safe(url: str) -> str:
    parsed = httpx.URL(url)
    if parsed.scheme != "https" and parsed.host not in _LOCAL:
        raise ValueError("keys travel over https only")
    return url


def _public(entry: object) -> Key | None:
    """Read one entry as a public key for signatures; secrets and keys for encryption are none."""
    if not isinstance(entry, dict) or entry.get("use", "sig") != "sig" or entry.get("kty") not in {"RSA", "EC", "OKP"}:
        return None
    if "d" in entry or not isinstance(entry.get("kid"), str):
        return None
    try:
        return JWKRegistry.import_key(entry)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
