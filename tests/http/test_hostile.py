"""Whatever is sent within or beside the description: never an error of ours, always a problem document."""

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, reject, settings
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from shared.rights import Role
from tests.http.test_tenancy import desk
from tests.support.app import System, embedded, running

EXAMPLES = int(os.environ.get("REDRESS_HOSTILE", "12"))
"""Requests for each operation and mode."""

EACH = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


FEW = settings(EACH, max_examples=EXAMPLES // 2)

pytestmark = pytest.mark.filterwarnings(
    "ignore:Do not use the `random` module:hypothesis.errors.HypothesisDeprecationWarning"
)
"""The system runs in this process, and waits of its loops are jittered: it is not the search that draws there."""

CANARY = "Ma Thida of bed 14"
"""Stands in everything that the one tenant says, and in nothing that the other may see."""


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The embedded form: the loops of engines draw many random numbers, which unsettle the search for requests."""
    with running(embedded(tmp_path_factory.mktemp("data"))) as started:
        yield started


def send(system: System, case: schemathesis.Case[Any], key: str | None = None) -> httpx2.Response:
    """Send a generated request, whatever it looks like; without another key, with one that may do everything."""
    told = case.as_transport_kwargs(base_url="http://testserver")
    headers = {**told.get("headers", {}), "Authorization": f"Bearer {key or system.admin.key}"}
    data = told.get("data")
    content = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    body = {"json": told["json"]} if "json" in told else {"content": content}
    try:
        return system.http.request(told["method"], told["url"], params=told.get("params"), headers=headers, **body)
    except (httpx2.InvalidURL, UnicodeEncodeError, TypeError):
        reject()


def test_no_generated_request_makes_an_error_of_ours(system: System) -> None:
    schema = schemathesis.openapi.from_dict(system.openapi())
    sent: list[int] = []
    for mode in GenerationMode:
        for found in schema.get_all_operations():
            assert isinstance(found, Ok)
            strategy = found.ok().as_strategy(generation_mode=mode)

            @EACH
            @given(case=strategy)
            def attack(case: schemathesis.Case[Any]) -> None:
                answer = send(system, case)
                sent.append(answer.status_code)
                assert answer.status_code < 500, (case.method, case.formatted_path, case.body, answer.text)
                if answer.status_code >= 400 and case.path != "/sign-in":
                    assert answer.headers["content-type"] == "application/problem+json"

            attack()
    print(f"{len(sent)} hostile requests, answers {dict(Counter(sent))}")  # noqa: T201 - what the long run shows
    assert len(sent) > 500
    assert {200, 422} <= set(sent)


def test_a_stranger_with_the_right_ids_and_the_wrong_tenant_gets_nothing_out(system: System) -> None:
    home, key = desk(system, "home", CANARY), system.client(Role.ADMIN, tenant="away").key
    schema = schemathesis.openapi.from_dict(system.openapi())
    sent: list[int] = []
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        if "_id}" not in found.ok().path:
            continue

        @FEW
        @given(case=found.ok().as_strategy(generation_mode=GenerationMode.POSITIVE))
        def attack(case: schemathesis.Case[Any]) -> None:
            case.path_parameters = {name: home.ids[name] for name in case.path_parameters}
            answer = send(system, case, key)
            sent.append(answer.status_code)
            assert 400 <= answer.status_code < 500, (case.method, case.formatted_path, answer.text)
            assert CANARY not in answer.text

        attack()
    assert len(sent) > 100
    assert 404 in sent
