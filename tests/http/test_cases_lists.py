"""The lists of cases and organisations: every filter, the pages, and what is refused."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.http.cases_desk import ROOT, TRIAGE, do, open_case, register, send, show
from tests.support.app import System


@pytest.fixture(scope="module")
def desk(system: System) -> dict[str, str]:
    """Three cases of different kinds; the last position that the list must have reached."""
    office = system.operator
    plant = register(office, name="Silver Squid")
    old = open_case(office, country="TH", site="Mahachai", occurred_at="2026-01-05T00:00:00Z", issues=["WAG-NON"])
    triaged = open_case(office, country="VN", channel="letter", occurred_at="2026-02-05T00:00:00Z")
    do(office, triaged, "triage", **TRIAGE)
    do(office, triaged, "name-respondent", organisation_id=plant, role="employer")
    do(office, triaged, "assign", assignee="colleague")
    closed = open_case(office, country="TH", occurred_at="2026-03-05T00:00:00Z", complainant={"name": "Aye Mon"})
    done = do(office, closed, "close", reason="unremedied", explanation="Asked to end it.")
    number = show(office, old)["number"]
    return {
        "old": old,
        "triaged": triaged,
        "closed": closed,
        "plant": plant,
        "wait": str(done["position"]),
        "number": number,
    }


def names(system: System, desk: dict[str, str], **filters: Any) -> list[str]:
    answer = system.auditor.get(f"{ROOT}/cases", wait=desk["wait"], **filters)
    assert answer.status_code == 200, answer.text
    page = answer.json()
    assert page["total"] == len(page["items"])
    known = {case_id: name for name, case_id in desk.items()}
    return [known[row["case_id"]] for row in page["items"]]


def test_all_cases_come_newest_first(system: System, desk: dict[str, str]) -> None:
    assert names(system, desk) == ["closed", "triaged", "old"]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"state": "assessing"}, ["triaged"]),
        ({"state": "closed"}, ["closed"]),
        ({"severity": "S2"}, ["triaged"]),
        ({"issue": "WAG-NON"}, ["old"]),
        ({"assignee": "colleague"}, ["triaged"]),
        ({"country": "TH"}, ["closed", "old"]),
        ({"channel": "letter"}, ["triaged"]),
        ({"overdue": "true"}, ["triaged", "old"]),
        ({"overdue": "false"}, ["closed"]),
        ({"opened_from": "2026-02-05T00:00:00Z"}, ["closed", "triaged"]),
        ({"opened_from": "2026-02-05T07:00:00+07:00", "opened_to": "2026-03-05T00:00:00Z"}, ["triaged"]),
        ({"text": "mahaCHAI"}, ["old"]),
        ({"text": "silver"}, ["triaged"]),
        ({"text": "aye mon"}, []),
        ({"country": "TH", "state": "received"}, ["old"]),
        ({"country": "TH", "state": "triaged"}, []),
    ],
)
def test_a_filter_finds_what_it_says(
    system: System, desk: dict[str, str], filters: dict[str, str], found: list[str]
) -> None:
    assert names(system, desk, **filters) == found


def test_a_case_is_found_by_number_and_by_respondent(system: System, desk: dict[str, str]) -> None:
    assert names(system, desk, text=desk["number"].lower()) == ["old"]
    assert names(system, desk, respondent=desk["plant"]) == ["triaged"]


def pages(system: System, desk: dict[str, str], **query: Any) -> Iterator[dict[str, Any]]:
    continued: dict[str, Any] = {}
    while True:
        page = system.operator.get(f"{ROOT}/cases", wait=desk["wait"], **query, **continued)
        yield page.json()
        if page.json()["next"] is None:
            return
        continued = {"after": page.json()["next"]}


def test_pages_hold_every_case_once(system: System, desk: dict[str, str]) -> None:
    seen = [row["case_id"] for page in pages(system, desk, limit=1) for row in page["items"]]
    assert seen == [desk["closed"], desk["triaged"], desk["old"]]
    assert {page["total"] for page in pages(system, desk, limit=2)} == {3}


@pytest.mark.parametrize(
    "query",
    [
        {"colour": "red"},
        {"state": "lost"},
        {"severity": "high"},
        {"issue": "wages"},
        {"respondent": "plant"},
        {"country": "Thailand"},
        {"overdue": "perhaps"},
        {"opened_from": "2026-02-05T00:00:00"},
        {"opened_to": "soon"},
        {"opened_from": "0001-01-01T00:00:00+14:00"},
        {"opened_to": "9999-12-31T23:59:59-14:00"},
        {"limit": "0"},
        {"limit": "201"},
        {"after": "elsewhere"},
        {"text": "a\x00b"},
    ],
)
def test_a_filter_that_is_unknown_or_unreadable_is_refused(system: System, query: dict[str, Any]) -> None:
    answer = system.operator.get(f"{ROOT}/cases", **query)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


@pytest.mark.parametrize(
    "query", [{"version": "0"}, {"as_of": "2026-02-05"}, {"known_at": "2026-02-05T00:00:00"}, {"when": "now"}]
)
def test_a_past_that_cannot_be_read_is_refused(system: System, desk: dict[str, str], query: dict[str, Any]) -> None:
    assert system.operator.get(f"{ROOT}/cases/{desk['old']}", **query).status_code == 422


@pytest.mark.parametrize(
    ("command", "body"),
    [
        ("note", {"text": "a", "colour": "red"}),
        ("note", {"text": ""}),
        ("note", {"text": " "}),
        ("note", {"text": "a\x00b"}),
        ("note", {"text": 5}),
        ("note", {"text": "a", "occurred_at": "2026-01-01T00:00:00"}),
        ("note", {"text": "a", "occurred_at": "2999-01-01T00:00:00Z"}),
        ("note", {"text": "a", "occurred_at": "0001-01-01T00:00:00+14:00"}),
        ("triage", {**TRIAGE, "danger_now": "no"}),
        ("triage", {**TRIAGE, "issues": []}),
        ("triage", {**TRIAGE, "issues": ["XXX-YYY"]}),
        ("consent", {"recipient": "a", "purpose": "gossip"}),
        ("plan", {"items": [], "complainant_consulted": True}),
        ("close", {"reason": "bored", "explanation": "a"}),
    ],
)
def test_a_body_that_breaks_a_rule_changes_nothing(
    system: System, desk: dict[str, str], command: str, body: dict[str, Any]
) -> None:
    before = show(system.operator, desk["old"])["version"]
    assert send(system.operator, desk["old"], command, **body).status_code == 422
    assert show(system.operator, desk["old"])["version"] == before


def test_every_route_is_described_with_an_example(system: System) -> None:
    document = system.openapi()
    mine = {path: methods for path, methods in document["paths"].items() if path.startswith("/cases/v1")}
    assert len(mine) > 20
    for path, methods in mine.items():
        for method, operation in methods.items():
            (answer,) = [content for status, content in operation["responses"].items() if status.startswith("2")]
            assert "example" in answer["content"]["application/json"], path
            if method == "post":
                schema = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].split("/")[-1]
                assert document["components"]["schemas"][schema]["examples"], path
