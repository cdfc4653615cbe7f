"""Tokens over HTTP: those of the issuer open what their claims say, everything forged is 401 and tells nothing."""

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from shared.clock import system_clock
from shared.web.settings import OidcSettings
from tests.http.cases_desk import ROOT
from tests.http.test_access import ROLES
from tests.support.app import NOWHERE, Client, System, embedded, running
from tests.unit.web.issuer import Issuer, issuer


class House(NamedTuple):
    """A system that believes an issuer."""

    system: System
    issuer: Issuer

    def client(self, **claims: Any) -> Client:
        """Return a client with a token of the issuer."""
        return Client(self.system.http, self.issuer.token(system_clock().timestamp(), **claims))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("data")
    with issuer() as serving:
        settings = OidcSettings(issuer=serving.url, audience=serving.audience)
        with running(embedded(folder, oidc=settings)) as system:
            yield House(system, serving)


def part(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def forged(house: House) -> dict[str, str]:
    """Return tokens that all claim to be an admin's, by how they were forged."""
    at, keys = system_clock().timestamp(), house.issuer.keys
    admin = {"redress_role": "admin", "redress_scope": "all", "redress_tenant": "default"}
    good = house.issuer.token(at, **admin)
    head, claims, signature = good.split(".")
    said = json.loads(base64.urlsafe_b64decode(claims + "=="))
    public = OctKey.import_key(base64.b64encode(keys["first"].as_pem(private=False)))
    raised = part(said | {"redress_role": "admin", "redress_tenant": "other"})
    return {
        "unsigned": f"{part({'alg': 'none', 'kid': 'first'})}.{claims}.",
        "signed with the public key as a secret": jwt.encode({"alg": "HS256", "kid": "first"}, said, public, ["HS256"]),
        "of another signer": house.issuer.token(at, key=RSAKey.generate_key(2048), **admin),
        "of an unknown key": house.issuer.token(at, kid="stranger", key=RSAKey.generate_key(2048), **admin),
        "with other claims": f"{head}.{raised}.{signature}",
        "ended": house.issuer.token(at - 1000, **admin),
        "not yet true": house.issuer.token(at, nbf=int(at) + 600, **admin),
        "for another audience": house.issuer.token(at, aud="another", **admin),
        "of another issuer": house.issuer.token(at, iss="https://issuer.example", **admin),
        "oversized": house.issuer.token(at, pad="x" * 9000, **admin),
        "cut short": good[:-20],
        "a session": "x" * 43,
    }


def test_a_token_opens_what_its_claims_say(house: House) -> None:
    operator = house.client(redress_scope="own")
    opened = operator.post(f"{ROOT}/cases", {"channel": "hotline", "language": "my"})
    assert opened.status_code == 201
    path = f"{ROOT}/cases/{opened.json()['case_id']}"
    history = operator.get(f"{path}/events").json()["items"]
    assert (history[0]["envelope"]["actor"]["id"], history[0]["envelope"]["tenant"]) == ("oidc:thida", "acme")
    assert house.client(sub="aung", redress_scope="own").get(path).status_code == 404
    assert house.client(sub="aung", redress_scope="all").get(path).status_code == 200
    assert house.client(redress_scope="all", redress_tenant="other").get(path).status_code == 404
    assert (
        house.client(redress_role="auditor", redress_scope="all").post(path + "/note", {"text": "x"}).status_code == 403
    )


def test_our_own_keys_go_on_counting(house: House) -> None:
    assert house.system.operator.get(f"{ROOT}/cases").status_code == 200


def test_every_forged_token_is_sent_away_from_every_route_without_a_word_why(house: House) -> None:
    answers = set()
    for token in forged(house).values():
        for method, path in ROLES:
            if path == "/" or path.startswith(("/figures", "/audit")):
                continue  # pages lead to the sign-in page
            url = path.replace("{name}", "volume")
            url = re.sub(r"\{\w+_id\}", NOWHERE, url)
            headers = {"Authorization": f"Bearer {token}"}
            answer = house.system.http.request(method, url, headers=headers, json={} if method == "POST" else None)
            answers.add((answer.status_code, answer.headers["content-type"], answer.text))
    ((status, media, text),) = answers
    assert (status, media) == (401, "application/problem+json")
    assert not any(word in text.lower() for word in ("expire", "signature", "audience", "issuer", "alg", "kid"))


def test_an_unreachable_issuer_is_said_to_be_so_and_keys_still_count(tmp_path: Path) -> None:
    settings = OidcSettings(issuer="http://127.0.0.1:1", audience="redress")
    with running(embedded(tmp_path, oidc=settings)) as system, issuer() as other:
        token = other.token(system_clock().timestamp())
        answer = Client(system.http, token).get(f"{ROOT}/cases")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert system.operator.get(f"{ROOT}/cases").status_code == 200
