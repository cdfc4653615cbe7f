"""What anybody may read: a page and files without a key, of whole quarters, with small numbers withheld."""

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.app import System, running

DURING, AFTER = datetime(2026, 2, 3, 9, tzinfo=UTC), datetime(2026, 5, 4, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system in which a quarter with sixteen consenting cases is over; four of them are in crisis."""
    now = [DURING]
    with running(tmp_path_factory.mktemp("data"), clock=lambda: now[0]) as started:
        for number in range(20):
            body = {"channel": "line", "language": "th", "workers": 3, "statistics_consent": number < 16}
            case = f"/cases/v1/cases/{started.operator.post('/cases/v1/cases', body).json()['case_id']}"
            triage = {
                "issues": ["WAG-NON"],
                "admissible": True,
                "admissibility_reason": "in scope",
                "danger_now": number % 4 == 0,
            }
            if number % 2 == 0:
                assert started.operator.post(f"{case}/triage", triage).status_code == 200
        now[0] = AFTER
        yield started


def test_anybody_reads_the_page_of_the_newest_quarter(system: System) -> None:
    answer = system.http.get("/public")

    assert answer.status_code == 200
    assert "2026-Q1" in answer.text
    assert ">16<" in answer.text
    assert 'aria-label="withheld">—</a>' in answer.text
    assert "It does not mean none" in answer.text
    assert "<td>0</td>" not in answer.text
    assert "<script" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_every_link_of_the_page_is_open_to_anybody(system: System) -> None:
    page = system.http.get("/public").text
    links = set(re.findall(r'(?:href|src)="(/[^"]*)"', page)) - {"/"}

    assert any("format=csv" in link for link in links)
    assert {link: system.http.get(html.unescape(link)).status_code for link in links} == dict.fromkeys(links, 200)
    assert set(re.findall(r'href="#([^"]*)"', page)) <= set(re.findall(r'id="([^"]*)"', page))


def test_files_have_one_word_for_what_is_withheld(system: System) -> None:
    address = "/reporting/v1/public/2026-Q1/issues-by-severity"

    told = system.http.get(address).json()
    lines = system.http.get(f"{address}?format=csv").text.split("\r\n")

    assert {"severity": "all", "cases": 16} in told["rows"]
    assert {"severity": "S1", "cases": "withheld"} in told["rows"]
    assert (told["audience"], told["threshold"], told["edition"]) == ("public", 10, "2026-Q1")
    assert lines[:2] == ["severity,cases", "S1,withheld"]
    assert "all,16" in lines
    assert not any(line.endswith((",0", ",")) for line in lines)


def test_the_whole_edition_is_one_document(system: System) -> None:
    told = system.http.get("/reporting/v1/public/2026-Q1").json()

    assert [table["table"] for table in told["tables"]][:2] == ["issues", "issues-by-severity"]
    assert told["tables"][0]["rows"] == [{"cases": 16, "workers": 48}]
    assert system.http.get("/reporting/v1/public").json()["items"] == [
        {"edition": "2026-Q1", "url": "/reporting/v1/public/2026-Q1"}
    ]


@pytest.mark.parametrize(
    "query", ["group_by=channel", "as_of=2026-03-01T00:00:00Z", "from=2026-02-01T00:00:00Z", "audience=partner"]
)
def test_nobody_outside_chooses_groups_periods_or_moments(system: System, query: str) -> None:
    for path in ("", "/2026-Q1", "/2026-Q1/issues"):
        assert system.http.get(f"/reporting/v1/public{path}?{query}").status_code == 422


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("2026-Q2", 404),
        ("2025-Q4", 404),
        ("0000-Q1", 404),
        ("9999-Q4", 404),
        ("2026-02", 422),
        ("2026-Q1/gossip", 404),
        ("2026-Q1/overdue", 404),
        ("2026-Q1/Issues", 422),
    ],
)
def test_what_was_not_published_is_not_there(system: System, path: str, status: int) -> None:
    assert system.http.get(f"/reporting/v1/public/{path}").status_code == status


def test_staff_check_what_partners_and_the_public_read(system: System) -> None:
    address = "/reporting/v1/editions/2026-Q1/issues-by-severity"

    partner = system.auditor.get(address).json()
    public = system.auditor.get(address, audience="public").json()

    assert (partner["audience"], partner["threshold"]) == ("partner", 5)
    assert public == system.http.get(address.replace("editions", "public")).json()
    assert system.auditor.get(address, audience="staff").status_code == 422
    assert system.nobody.get(address).status_code == 401


def test_before_a_quarter_is_over_the_page_says_so(tmp_path: Path) -> None:
    with running(tmp_path) as empty:
        answer = empty.http.get("/public")

    assert answer.status_code == 200
    assert "No quarter is over yet" in answer.text
