"""Bearer tokens of an OpenID Connect issuer: signature, claims, and the caller that the claims make.

Only asymmetric algorithms of a fixed list count, so that neither `none` nor a public key used as a secret opens
anything. A token that is wrong in whatever way is as good as none: the answer does not say which way.
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError

from shared.clock import Clock, system_clock
from shared.rights import Caller, Role, Scope
from shared.web.jwks import Jwks
from shared.web.settings import OidcSettings

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519")
SKEW_SECONDS = 60
LONGEST_TOKEN = 8 * 1024
_FRESH = timedelta(seconds=5)
_MOST_REMEMBERED = 10_000
_WORD = re.compile(r"[\w.:@+/-]{1,95}")
_TENANT = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_TYPES = {None, "JWT", "jwt", "at+jwt", "application/at+jwt"}


class Tokens:
    """Knows who holds a token of one issuer. What it answered is believed for five seconds."""

    def __init__(self, settings: OidcSettings, clock: Clock = system_clock, keys: Jwks | None = None) -> None:
        """Take settings that name an issuer; `keys` can be given instead of fetched."""
        if settings.issuer is None or settings.audience is None:
            raise ValueError("tokens need an issuer and an audience")
        url = str(settings.jwks_url) if settings.jwks_url else None
        self._settings = settings
        self._clock = clock
        self._keys = keys or Jwks(settings.issuer, url, settings.timeout_seconds)
        self._claims = jwt.JWTClaimsRegistry(
            now=lambda: int(clock().timestamp()),
            leeway=SKEW_SECONDS,
            iss={"essential": True, "value": settings.issuer},
            aud={"essential": True, "value": settings.audience},
            exp={"essential": True},
        )
        self._known: dict[str, tuple[datetime, Caller]] = {}

    async def caller(self, token: str) -> Caller | None:
        """Return who holds this token; None for one that is not right in every respect."""
        if len(token) > LONGEST_TOKEN or not token.isascii():
            return None
        digest, now = hashlib.sha256(token.encode()).hexdigest(), self._clock()
        known = self._known.get(digest)
        if known is not None and now - known[0] < _FRESH:
            return known[1]
        caller = await self._proven(token)
        if caller is not None:
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            self._known[digest] = (now, caller)
        return caller

    async def _proven(self, token: str) -> Caller | None:
        try:
            header = jws.extract_compact(token.encode()).headers()
        except (JoseError, ValueError):
            return None
        kid = header.get("kid")
        if not isinstance(kid, str) or header.get("alg") not in ALGORITHMS or header.get("typ") not in _TYPES:
            return None
        key = await self._keys.key(kid)
        if key is None:
            return None
        try:
            told = jwt.decode(token, key, algorithms=ALGORITHMS)
            self._claims.validate(told.claims)
        except (JoseError, ValueError, TypeError, OverflowError):
            return None
        return self._caller(told.claims)

    def _caller(self, claims: Mapping[str, Any]) -> Caller | None:
        told = self._settings
        subject = _word(claims, told.subject_claim)
        role = next((role for word, role in told.roles.items() if word in _words(claims, told.role_claim)), None)
        tenant = told.tenant or _word(claims, told.tenant_claim)
        team, organisation = _word(claims, told.team_claim), _word(claims, told.organisation_claim)
        scope = _scope(_word(claims, told.scope_claim), role, told.default_scope)
        if subject is None or role is None or scope is None or tenant is None or not _TENANT.fullmatch(tenant):
            return None
        return Caller(
            _named(subject), role, team, tenant, scope, None, organisation, claims.get(told.override_claim) is True
        )


def _scope(word: str | None, role: Role | None, default: Scope) -> Scope | None:
    """Return how far a token reaches: a partner never beyond their organisation, nobody else by way of one."""
    if role is Role.PARTNER:
        return Scope.ORGANISATION
    if word is None:
        return default
    known = {scope.value: scope for scope in Scope if scope is not Scope.ORGANISATION}
    return known.get(word)


def _named(subject: str) -> str:
    # The prefix keeps people of the issuer and holders of keys apart: four eyes must be those of two.
    fits = _WORD.fullmatch(subject)
    return f"oidc:{subject}" if fits else f"oidc:{hashlib.sha256(subject.encode()).hexdigest()[:32]}"


def _at(claims: Mapping[str, Any], path: str) -> object:
    if path in claims:
        return claims[path]
    value: object = claims
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _word(claims: Mapping[str, Any], path: str) -> str | None:
    value = _at(claims, path)
    return value if isinstance(value, str) and value and len(value) <= 255 else None  # noqa: PLR2004 - of OpenID Connect


def _words(claims: Mapping[str, Any], path: str) -> set[str]:
    value = _at(claims, path)
    return {one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)}
