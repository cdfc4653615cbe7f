"""The gate of a process: our own keys by their prefix, everything else as a token of the issuer, if there is one."""

from dataclasses import dataclass

from shared.clock import Clock
from shared.rights import Caller
from shared.web.keys import Keys
from shared.web.oidc import Tokens
from shared.web.settings import OidcSettings

_KEY = "rdk_"


@dataclass(frozen=True, slots=True)
class Gate:
    """Implements `Gatekeeper` with keys and, where an issuer is set, with its tokens."""

    keys: Keys
    tokens: Tokens | None = None

    async def caller(self, key: str) -> Caller | None:
        """Return who holds this key or token."""
        if key.startswith(_KEY) or self.tokens is None:
            return await self.keys.caller(key)
        return await self.tokens.caller(key)

    async def session_caller(self, session: str) -> Caller | None:
        """Return who opened this browser session."""
        return await self.keys.session_caller(session)

    async def open_session(self, key: str) -> str | None:
        """Begin a browser session for the holder of a key."""
        return await self.keys.open_session(key)

    async def close_session(self, session: str) -> None:
        """End a browser session."""
        await self.keys.close_session(session)


def gate_of(keys: Keys, clock: Clock, oidc: OidcSettings | None = None) -> Gate:
    """Return the gate that the settings ask for."""
    oidc = oidc or OidcSettings()
    return Gate(keys, Tokens(oidc, clock) if oidc.issuer else None)
