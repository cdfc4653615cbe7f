"""Reports over HTTP: found by name, asked in known words only, answered the same each time."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.http.cases_desk import do, open_case
from tests.support.app import System


@pytest.fixture(scope="module")
def position(system: System) -> str:
    """Two cases and a message; the token that figures must have reached."""
    system.channel.post("/intake/v1/messages", _message("=HYPERLINK", "a"))
    for channel, workers in (("line", 3), ("@SUM", 1)):
        body = {"channel": channel, "language": "th", "workers": workers, "country": "TH"}
        opened = system.operator.post("/cases/v1/cases", body)
    assert opened.status_code == 201, opened.text
    token: str = opened.json()["position"]
    return token


def _message(text: str, external_id: str) -> Mapping[str, str]:
    return {"channel": "line", "account": "hotline", "external_id": external_id, "sender": "w", "text": text}


def test_the_list_says_what_each_report_counts(system: System) -> None:
    listed = {item["report"]: item for item in system.auditor.get("/reporting/v1/reports").json()["items"]}

    assert {"volume", "issues", "time-to-close", "overdue", "money", "responsiveness"} <= set(listed)
    assert "zero days" in listed["time-to-close"]["counts"]
    assert "month" in listed["volume"]["group_by"]
    assert len(listed["volume"]["definition_hash"]) == 64


def test_a_report_carries_its_stamp(system: System, position: str) -> None:
    answer = system.supervisor.get("/reporting/v1/reports/volume", wait=position, group_by="channel")

    body = answer.json()
    assert answer.status_code == 200
    assert body["columns"] == ["channel", "contacts", "cases", "workers"]
    assert {"channel": "line", "contacts": 1, "cases": 1, "workers": 3} in body["rows"]
    assert sum(at for log, at in body["positions"].items() if log.startswith("cases")) >= 2
    assert body["as_of"].endswith("Z")


def test_the_same_question_gets_the_same_bytes(system: System, position: str) -> None:
    as_of = _now(system, position)

    first, second = (
        system.auditor.get("/reporting/v1/reports/volume", group_by="channel,country", as_of=as_of) for _ in range(2)
    )

    assert first.content == second.content


def _now(system: System, position: str) -> str:
    as_of: str = system.auditor.get("/reporting/v1/reports/volume", wait=position).json()["as_of"]
    return as_of


def test_before_the_first_case_there_was_nothing(system: System, position: str) -> None:
    answer = system.auditor.get("/reporting/v1/reports/volume", wait=position, as_of="2020-01-01T00:00:00+07:00")

    assert (answer.json()["rows"], answer.json()["as_of"]) == ([], "2019-12-31T17:00:00Z")


def test_csv_has_the_same_rows_its_stamp_in_headers_and_runs_nothing(system: System, position: str) -> None:
    answer = system.operator.get("/reporting/v1/reports/volume", wait=position, group_by="channel", format="csv")

    lines = answer.text.split("\r\n")
    assert answer.headers["content-type"].startswith("text/csv")
    assert lines[0] == "channel,contacts,cases,workers"
    assert "line,1,1,3" in lines
    assert "'@SUM,0,1,1" in lines
    assert len(answer.headers["redress-definition"]) == 64
    assert answer.headers["redress-positions"].startswith("cases")


@pytest.mark.parametrize(
    "query",
    [
        {"group_by": "mood"},
        {"group_by": "month,month"},
        {"group_by": "month;drop table cases"},
        {"format": "xml"},
        {"colour": "red"},
        {"from": "2026-01-01T00:00:00"},
        {"as_of": "2026-01-01"},
        {"as_of": "2199-01-01T00:00:00Z"},
        {"from": "2026-02-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"},
        {"from": "0001-01-01T00:00:00+14:00"},
        {"to": "9999-12-31T23:59:59-14:00"},
    ],
    ids=str,
)
def test_a_question_in_unknown_words_is_refused(system: System, query: dict[str, Any]) -> None:
    answer = system.operator.get("/reporting/v1/reports/volume", **query)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:redress:problem:invalid"


def test_an_unknown_report_is_not_found(system: System) -> None:
    answer = system.operator.get("/reporting/v1/reports/gossip")

    assert answer.status_code == 404
    assert "volume" in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/reporting/v1/reports", "/reporting/v1/reports/volume"])
def test_figures_are_for_people_who_work_on_cases(system: System, path: str) -> None:
    allowed = [system.operator, system.supervisor, system.auditor, system.admin]

    assert [client.get(path).status_code for client in allowed] == [200] * 4
    assert system.channel.get(path).status_code == 403
    assert system.nobody.get(path).status_code == 401


def test_a_figure_says_its_question_and_what_to_know_of_its_rows(system: System, position: str) -> None:
    question: dict[str, Any] = {"from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z", "compare": "year"}
    answer = system.auditor.get("/reporting/v1/reports/issues", wait=position, group_by="issue", **question).json()

    assert answer["question"]["group_by"] == ["issue"]
    assert answer["question"]["compare"] == "year"
    assert any("more than all cases" in note for note in answer["notes"])
    assert answer["columns"][:4] == ["issue", "cases", "cases_before", "cases_change"]
    assert answer["leaves_out"].startswith("Nothing")


def test_who_told_when_and_how_content_they_are_reaches_the_figures(system: System) -> None:
    case_id = open_case(system.operator, told_by="affected", happened_on="2020-01-01")
    position = do(system.operator, case_id, "satisfaction", stars=4)["position"]

    def told(report: str) -> Any:
        (row,) = system.auditor.get(f"/reporting/v1/reports/{report}", wait=position, group_by="total").json()["rows"]
        return row

    assert told("self-report")["affected"] == 1
    assert told("satisfaction")["content"] == 1
    assert told("reporting-delay")["days_over_90"] == 1


def test_a_question_is_kept_and_asked_again_on_every_engine(system: System) -> None:
    question = {"name": "all-cases", "title": "All cases", "report": "volume", "group_by": "total"}

    kept = system.auditor.post("/reporting/v1/questions", question)

    assert kept.status_code == 201, kept.text
    assert kept.json()["position"].startswith("reporting:")
    again = system.auditor.get("/reporting/v1/questions/all-cases").json()
    plain = system.auditor.get("/reporting/v1/reports/volume", group_by="total").json()
    assert (again["report"], again["rows"]) == (plain["report"], plain["rows"])
