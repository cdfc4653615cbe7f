"""Bearer tokens of a real issuer: what opens, what never does, and how keys come and go."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from shared.clock import system_clock
from shared.errors import TryLaterError
from shared.rights import Caller, Role, Scope
from shared.web.jwks import KEPT_SECONDS, REFETCH_SECONDS, Jwks
from shared.web.oidc import LONGEST_TOKEN, Tokens
from shared.web.settings import OidcSettings
from tests.unit.web.issuer import Issuer, issuer
from tests.unit.web.test_hardening import Seconds


@pytest.fixture(scope="module")
def house() -> Iterator[Issuer]:
    with issuer() as serving:
        yield serving


@pytest.fixture
def fresh() -> Iterator[Issuer]:
    with issuer() as serving:
        yield serving


def tokens_of(serving: Issuer, seconds: Seconds | None = None, **settings: Any) -> Tokens:
    chosen = OidcSettings(issuer=serving.url, audience=serving.audience, **settings)
    keys = Jwks(serving.url, None, 5, seconds) if seconds else None
    return Tokens(chosen, system_clock, keys)


def now() -> float:
    return system_clock().timestamp()


async def test_a_token_of_the_issuer_tells_who_holds_it_and_how_far_they_reach(house: Issuer) -> None:
    tokens = tokens_of(house)
    token = house.token(now(), redress_team="mekong", redress_scope="team")
    expected = Caller("oidc:thida", Role.OPERATOR, "mekong", "acme", Scope.TEAM)
    assert await tokens.caller(token) == await tokens.caller(token) == expected
    plain = await tokens.caller(house.token(now(), aud=["other", "redress"]))
    assert plain is not None
    assert (plain.scope, plain.team) == (Scope.OWN, None)


@pytest.mark.parametrize(
    ("claims", "reaches"),
    [
        ({"exp": -59}, True),
        ({"exp": -61}, False),
        ({"nbf": 59}, True),
        ({"nbf": 62}, False),
        ({"iat": 120}, False),
    ],
)
async def test_clocks_may_differ_by_a_minute(house: Issuer, claims: dict[str, int], *, reaches: bool) -> None:
    at = now()
    moved: dict[str, Any] = {name: int(at) + seconds for name, seconds in claims.items()}
    assert (await tokens_of(house).caller(house.token(at, **moved)) is not None) is reaches


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another"},
        {"aud": None},
        {"aud": ""},
        {"iss": "http://127.0.0.1:1"},
        {"iss": None},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": float("nan")},
        {"exp": float("inf")},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 256},
        {"sub": 7},
        {"redress_role": None},
        {"redress_role": "owner"},
        {"redress_role": {"admin": True}},
        {"redress_tenant": None},
        {"redress_tenant": "../acme"},
        {"redress_scope": "organisation"},
        {"redress_scope": "everything"},
        {"pad": "x" * LONGEST_TOKEN},
    ],
)
async def test_a_token_with_a_wrong_claim_is_nobodys(house: Issuer, claims: dict[str, Any]) -> None:
    assert await tokens_of(house).caller(house.token(now(), **claims)) is None


def part(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


async def test_a_forged_token_is_nobodys(house: Issuer) -> None:
    tokens, good = tokens_of(house), house.token(now())
    assert await tokens.caller(good) is not None
    head, claims, signature = good.split(".")
    public = house.keys["first"].as_pem(private=False)
    stranger = RSAKey.generate_key(2048, {"kid": "first"})
    said = json.loads(base64.urlsafe_b64decode(claims + "=="))
    forged = [
        f"{part({'alg': 'none', 'kid': 'first'})}.{claims}.",
        f"{part({'alg': 'None', 'kid': 'first'})}.{claims}.{signature}",
        jwt.encode({"alg": "HS256", "kid": "first"}, said, OctKey.import_key(base64.b64encode(public)), ["HS256"]),
        house.token(now(), key=stranger),
        f"{head}.{part(said | {'redress_role': 'admin'})}.{signature}",
        f"{head}.{claims}.{signature[:-4]}AAAA",
        f"{head}.{claims}.",
        f"{part({'alg': 'RS256', 'kid': 'first', 'crit': ['b64'], 'b64': False})}.{claims}.{signature}",
        f"{part({'alg': 'RS256', 'kid': 'first', 'jwk': stranger.as_dict(private=False)})}.{claims}.{signature}",
        f"{part({'alg': 'ES256', 'kid': 'first'})}.{claims}.{signature}",
        f"{part({'alg': 'RS256'})}.{claims}.{signature}",
        f"{part({'alg': 'RS256', 'kid': {'x': 1}})}.{claims}.{signature}",
        f"{part(['RS256'])}.{claims}.{signature}",
        f"{part({'alg': 'RS256', 'kid': 'first', 'typ': 'logout+jwt'})}.{claims}.{signature}",
        *("", ".", "..", "...", "a.b.c", "\u00e9.b.c", "[" * 4000, "eyJ" * 2000 + ".a.b"),
    ]
    for token in forged:
        assert await tokens.caller(token) is None, token[:60]


async def test_claims_may_lie_deeper_under_other_names_and_words(house: Issuer) -> None:
    tokens = tokens_of(
        house,
        role_claim="realm_access.roles",
        tenant="acme",
        subject_claim="email",
        default_scope="all",
        roles={"grp-heads": "supervisor", "grp-desk": "operator"},
    )
    roles = {"roles": ["offline", "grp-desk", "grp-heads"]}
    token = house.token(now(), realm_access=roles, redress_tenant="other", email="Thida Oo|7")
    caller = await tokens.caller(token)
    assert caller is not None
    assert (caller.role, caller.tenant, caller.scope) == (Role.SUPERVISOR, "acme", Scope.ALL)
    assert caller.id.startswith("oidc:")
    assert "Thida" not in caller.id


async def test_a_partner_by_token_reaches_no_further_than_their_organisation(house: Issuer) -> None:
    token = house.token(now(), redress_role="partner", redress_scope="all", redress_organisation="0190f2c4")
    caller = await tokens_of(house).caller(token)
    assert caller is not None
    assert (caller.scope, caller.organisation) == (Scope.ORGANISATION, "0190f2c4")


async def test_a_new_key_of_the_issuer_is_fetched_once_and_strangers_cause_no_storm(fresh: Issuer) -> None:
    seconds = Seconds()
    tokens = tokens_of(fresh, seconds)
    old = fresh.token(now())
    assert await tokens.caller(old) is not None
    assert fresh.fetches == 1
    fresh.keys["second"] = ECKey.generate_key("P-256", {"kid": "second"})
    fresh.keys["third"] = OKPKey.generate_key("Ed25519", {"kid": "third"})
    assert await tokens.caller(fresh.token(now(), kid="second", alg="ES256")) is None
    seconds.now += REFETCH_SECONDS
    assert await tokens.caller(fresh.token(now(), kid="second", alg="ES256")) is not None
    assert await tokens.caller(fresh.token(now(), kid="third", alg="Ed25519")) is not None
    stranger = RSAKey.generate_key(2048)
    for number in range(20):
        assert await tokens.caller(fresh.token(now(), kid=f"unknown-{number}", key=stranger)) is None
    assert fresh.fetches == 2


async def test_a_key_that_the_issuer_took_back_opens_nothing_after_a_while(fresh: Issuer) -> None:
    seconds = Seconds()
    tokens = tokens_of(fresh, seconds)
    assert await tokens.caller(fresh.token(now())) is not None
    leaked = fresh.keys.pop("first")
    fresh.keys["second"] = RSAKey.generate_key(2048, {"kid": "second"})
    seconds.now += KEPT_SECONDS + 1
    assert await tokens.caller(fresh.token(now(), key=leaked, sub="thief")) is None


async def test_while_the_issuer_is_down_known_keys_go_on_and_unknown_ones_wait(fresh: Issuer) -> None:
    seconds = Seconds()
    tokens = tokens_of(fresh, seconds)
    fresh.down = True
    with pytest.raises(TryLaterError):
        await tokens.caller(fresh.token(now()))
    fresh.down = False
    seconds.now += REFETCH_SECONDS
    assert await tokens.caller(fresh.token(now())) is not None
    fresh.down = True
    seconds.now += KEPT_SECONDS + 1
    assert await tokens.caller(fresh.token(now(), sub="another")) is not None


def test_an_issuer_without_an_audience_is_refused() -> None:
    with pytest.raises(ValueError, match="audience"):
        OidcSettings(issuer="https://issuer.example")
