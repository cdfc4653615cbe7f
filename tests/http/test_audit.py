"""An auditor replays the record: who did what and who looked, as it was and as it was known, in their own tools."""

import csv
import io
import itertools
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from shared.rights import Role, Scope
from tests.http.cases_desk import HANDLING, TRIAGE, do, open_case, planned
from tests.support.app import Client, System

ROOT = "/reporting/v1/audit"
SCHEMA = Path(__file__).resolve().parents[3] / "shared" / "data" / "ocel" / "schema_ocel2.json"


@pytest.fixture(scope="module")
def course(system: System) -> Mapping[str, str]:
    """A case put before an organisation, with a plan; its summary was opened once, for handling."""
    case_id, _item = planned(system)
    read = system.operator.get(f"/cases/v1/cases/{case_id}", headers=HANDLING)
    assert read.status_code == 200
    shown = system.operator.get(f"/cases/v1/cases/{case_id}").json()
    return {"case": case_id, "party": shown["respondents"][0]["organisation_id"], "wait": _newest(system)}


def _newest(system: System) -> str:
    done = do(system.operator, open_case(system.operator, summary="Somchai says"), "triage", **TRIAGE)
    token: str = done["position"]
    return token


def history(client: Client, identity: str, wait: str | None = None, **asked: Any) -> list[dict[str, Any]]:
    answer = client.get(f"{ROOT}/histories/{identity}", wait=wait, **asked)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def _agreed_at(system: System, course: Mapping[str, str]) -> str:
    (agreed,) = history(system.auditor, course["case"], course["wait"], kind="cases.remedy-plan-agreed")
    when: str = agreed["recorded_at"]
    return when


def test_the_history_of_a_case_says_who_did_what_in_order(system: System, course: Mapping[str, str]) -> None:
    told = history(system.auditor, course["case"], course["wait"])

    kinds = [one["type"] for one in told if one["stream_id"] == course["case"]]
    assert kinds[:4] == [
        *("cases.case-opened", "cases.case-triaged", "cases.consent-recorded", "cases.respondent-named"),
    ]
    assert kinds[-1] == "cases.remedy-plan-agreed"
    assert [one["recorded_at"] for one in told] == sorted(one["recorded_at"] for one in told)
    assert {one["role"] for one in told if one["stream_id"] == course["case"]} == {"operator"}


def test_a_look_at_what_a_person_said_is_in_the_history_and_the_words_are_not(system: System) -> None:
    case_id = open_case(system.operator, summary="Somchai owes nothing", complainant={"name": "Somchai"})
    system.operator.get(f"/cases/v1/cases/{case_id}", headers=HANDLING)
    wait = do(system.operator, case_id, "triage", **TRIAGE)["position"]

    answer = system.auditor.get(f"{ROOT}/histories/{case_id}", wait=wait)

    looks = [one for one in answer.json()["items"] if one["type"] == "cases.case-fields-viewed"]
    assert [(one["fact"]["purpose"], one["role"]) for one in looks] == [("handling", "operator")]
    assert "Somchai" not in answer.text
    assert "sealed:" not in answer.text
    subject = looks[0]["fact"]["subject"]
    person = history(system.auditor, subject)
    assert {"cases.case-opened", "cases.case-fields-viewed"} <= {one["type"] for one in person}


def test_an_organisation_has_a_history_over_all_its_cases(system: System, course: Mapping[str, str]) -> None:
    kinds = {one["type"] for one in history(system.auditor, course["party"], course["wait"])}

    assert {"cases.organisation-registered", "cases.respondent-named", "cases.case-escalated"} <= kinds


def test_filters_and_pages_give_the_same_facts_once(system: System, course: Mapping[str, str]) -> None:
    # The clocks of the plan are missed meanwhile, and people are told: what is asked for is settled.
    settled: dict[str, Any] = {"service": "cases", "known_at": _agreed_at(system, course)}
    whole = history(system.auditor, course["case"], **settled)
    paged: list[dict[str, Any]] = []
    after: dict[str, Any] = {}
    while True:
        body = system.auditor.get(f"{ROOT}/histories/{course['case']}", limit=2, **settled, **after).json()
        paged += body["items"]
        if body["next"] is None:
            break
        after = {"after": body["next"]}

    assert paged == whole
    (only,) = history(system.auditor, course["case"], kind="cases.case-escalated")
    assert only["type"] == "cases.case-escalated"
    then = only["recorded_at"]
    known = history(system.auditor, course["case"], service="cases", known_at=then)
    assert known == [one for one in whole if one["recorded_at"] <= then]
    assert history(system.auditor, course["case"], actor="nobody-we-know") == []


def test_the_whole_log_is_read_from_any_place_to_any_other(system: System, course: Mapping[str, str]) -> None:
    then = history(system.auditor, course["case"], course["wait"])[-1]["recorded_at"]

    def read(**asked: Any) -> Any:
        return system.auditor.get(f"{ROOT}/logs/cases", known_at=then, **asked)

    facts = [json.loads(line) for line in read(limit=1000, format="jsonl").text.splitlines()]
    part = read(from_position=3, to_position=5).json()["items"]
    first = read(limit=2).json()
    rest = read(limit=1000, after=first["next"]).json()

    assert course["case"] in {one["stream_id"] for one in facts}
    assert part == [one for one in facts if 3 <= one["position"] <= 5]
    assert first["items"] + rest["items"] == facts
    assert system.auditor.get(f"{ROOT}/logs/weather").status_code == 404


def test_csv_has_a_line_for_each_fact(system: System, course: Mapping[str, str]) -> None:
    settled: dict[str, Any] = {"service": "cases", "known_at": _agreed_at(system, course)}
    text = system.auditor.get(f"{ROOT}/histories/{course['case']}", format="csv", **settled).text

    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["type"] for row in rows] == [one["type"] for one in history(system.auditor, course["case"], **settled)]


def test_every_state_of_a_case_says_what_its_fact_changed(system: System, course: Mapping[str, str]) -> None:
    answer = system.auditor.get(f"{ROOT}/cases/{course['case']}/states", wait=course["wait"])

    states = answer.json()["items"]
    triaged = next(one for one in states if one["type"] == "cases.case-triaged")
    assert triaged["changed"]["state"] == "received"
    assert triaged["state"]["state"] == "triaged"
    for before, after in itertools.pairwise(states):
        undone = {**after["state"], **{path: old for path, old in after["changed"].items() if old is not None}}
        added = {path for path, old in after["changed"].items() if old is None}
        assert {path: value for path, value in undone.items() if path not in added} == before["state"]


def test_the_page_shows_the_case_as_of_a_fact_without_a_script(system: System, course: Mapping[str, str]) -> None:
    page = system.auditor.get(f"/audit/cases/{course['case']}", wait=course["wait"], at=2)

    assert page.status_code == 200
    assert "fact 2 of" in page.text
    assert "<mark>triaged</mark>" in page.text
    assert 'type="range"' in page.text
    assert "?at=3" in page.text
    assert not re.findall(r"""(?:src|href)=["'](?:https?:)?//""", page.text)


@pytest.mark.filterwarnings("ignore")
def test_xes_is_read_by_pm4py(system: System, course: Mapping[str, str], tmp_path: Path) -> None:
    pm4py = pytest.importorskip("pm4py")
    file = tmp_path / "cases.xes"
    file.write_bytes(system.auditor.get(f"{ROOT}/event-log", wait=course["wait"], format="xes").content)

    table = pm4py.read_xes(str(file))

    mine = table[table["case:concept:name"] == course["case"]]
    told = [one for one in history(system.auditor, course["case"]) if one["stream_id"] == course["case"]]
    assert list(mine["concept:name"]) == [one["type"] for one in told]
    assert list(mine["org:resource"]) == [one["actor"] for one in told]


@pytest.mark.filterwarnings("ignore")
def test_parquet_is_read_by_pm4py(system: System, course: Mapping[str, str], tmp_path: Path) -> None:
    pm4py, duckdb = pytest.importorskip("pm4py"), pytest.importorskip("duckdb")
    file = tmp_path / "cases.parquet"
    file.write_bytes(system.auditor.get(f"{ROOT}/event-log", wait=course["wait"], format="parquet").content)

    table = duckdb.read_parquet(str(file)).df()

    assert "cases.case-opened" in pm4py.get_start_activities(table)
    mine = table[table["case:concept:name"] == course["case"]]
    told = [one for one in history(system.auditor, course["case"]) if one["stream_id"] == course["case"]]
    assert list(mine["concept:name"]) == [one["type"] for one in told]
    assert list(mine["redress:version"]) == [one["stream_version"] for one in told]
    nobody = system.client(Role.AUDITOR, tenant="away-parquet")
    (tmp_path / "none.parquet").write_bytes(nobody.get(f"{ROOT}/event-log", format="parquet").content)
    assert len(duckdb.read_parquet(str(tmp_path / "none.parquet")).df()) == 0


@pytest.mark.filterwarnings("ignore")
def test_ocel_is_valid_and_read_by_pm4py(system: System, course: Mapping[str, str], tmp_path: Path) -> None:
    pm4py = pytest.importorskip("pm4py")
    if not SCHEMA.exists():
        pytest.skip("the published schema is not beside the checkout")
    file = tmp_path / "cases.jsonocel"
    file.write_bytes(system.auditor.get(f"{ROOT}/event-log", wait=course["wait"], format="ocel").content)
    content = json.loads(file.read_bytes())

    jsonschema: Any = pytest.importorskip("jsonschema")
    jsonschema.validate(content, json.loads(SCHEMA.read_bytes()))
    log = pm4py.read_ocel2_json(str(file))

    assert set(log.events["ocel:eid"]) == {one["id"] for one in content["events"]}
    assert {"case", "organisation", "remedy-item"} <= set(log.objects["ocel:type"])


def test_a_duty_that_nobody_did_is_named_with_the_time_it_was_due(system: System) -> None:
    office = system.operator
    case_id = open_case(office)
    done = do(office, case_id, "triage", **TRIAGE)

    body = system.auditor.get(f"{ROOT}/conformance", wait=done["position"], known_at="2199-01-01T00:00:00Z").json()
    sheet = system.auditor.get(f"{ROOT}/conformance", known_at="2199-01-01T00:00:00Z", format="csv").text

    mine = {one["rule"]: one for one in body["items"] if one["case_id"] == case_id}
    assert set(mine) == {"acknowledge-in-time", "assess-in-time"}
    assert (mine["acknowledge-in-time"]["version"], mine["assess-in-time"]["version"]) == (1, 2)
    assert body["counts"]["acknowledge-in-time"] >= 1
    assert {row["rule"] for row in csv.DictReader(io.StringIO(sheet)) if row["case_id"] == case_id} == set(mine)


def test_who_sees_only_part_of_the_cases_sees_only_that_part(system: System, course: Mapping[str, str]) -> None:
    own = system.client(Role.SUPERVISOR, scope=Scope.OWN)

    assert own.get(f"{ROOT}/histories/{course['case']}", wait=course["wait"]).status_code == 404
    assert own.get(f"{ROOT}/cases/{course['case']}/states").status_code == 404
    assert own.get(f"{ROOT}/logs/cases").json()["items"] == []


def test_another_tenant_sees_nothing(system: System, course: Mapping[str, str]) -> None:
    other = system.client(Role.AUDITOR, tenant="elsewhere")

    assert other.get(f"{ROOT}/histories/{course['case']}", wait=course["wait"]).status_code == 404
    assert other.get(f"{ROOT}/cases/{course['case']}/states").status_code == 404
    assert other.get(f"{ROOT}/logs/cases").json()["items"] == []
    assert other.get(f"{ROOT}/conformance").json()["cases"] == 0
    assert course["case"] not in other.get(f"{ROOT}/event-log").text
