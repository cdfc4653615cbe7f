"""The report of a year: the numbers of its quarters on a page, on paper and as open data; and figures as files."""

import csv
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support.app import System, embedded, running

QUARTERS = [datetime(2026, 2, 3, 9, tzinfo=UTC), datetime(2026, 5, 4, 9, tzinfo=UTC), datetime(2026, 8, 4, tzinfo=UTC)]
SIZES = (30, 12, 4)


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system in which three quarters are over: with many, some, and too few consenting cases."""
    now = [QUARTERS[0]]
    with running(embedded(tmp_path_factory.mktemp("data"), lambda: now[0])) as started:
        for moment, size in zip(QUARTERS, SIZES, strict=True):
            now[0] = moment
            for _ in range(size):
                body = {"channel": "line", "language": "th", "workers": 3, "statistics_consent": True}
                assert started.operator.post("/cases/v1/cases", body).status_code == 201
        now[0] = datetime(2026, 11, 3, tzinfo=UTC)
        yield started


def packed(system: System) -> Mapping[str, bytes]:
    answer = system.http.get("/public/years/2026?format=zip")
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rows_of(body: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode(), newline="")))


def test_the_year_has_the_numbers_of_its_quarters_and_withholds_the_sum_where_one_is_withheld(system: System) -> None:
    page = system.http.get("/public/years/2026")

    assert page.status_code == 200
    assert "Labour grievances, 2026" in page.text
    assert "<td>30</td><td>12</td><td>withheld</td><td>withheld</td>" in page.text
    assert "<td>90</td><td>36</td><td>withheld</td><td>withheld</td>" in page.text
    assert "<td>46</td>" not in page.text
    assert "<script" not in page.text


def test_every_table_of_every_quarter_says_how_much_of_it_is_withheld(system: System) -> None:
    head, tags, *rows = rows_of(packed(system)["suppressed.csv"])
    assert head == ["quarter", "table", "told", "withheld"]
    assert all(tag.startswith("#") for tag in tags)

    for quarter, table, told, withheld in rows:
        answer = system.http.get(f"/reporting/v1/public/{quarter}/{table}").json()
        assert answer["withheld"] == int(withheld)
        assert int(told) >= 0
    assert {row[0] for row in rows} == {"2026-Q1", "2026-Q2", "2026-Q3"}


def test_the_package_describes_every_file_in_it_twice(system: System) -> None:
    files = packed(system)
    described = json.loads(files["datapackage.json"])
    on_the_web = json.loads(files["csv-metadata.json"])

    tables = {name for name in files if name.endswith(".csv")}
    assert {one["path"] for one in described["resources"]} == tables == {one["url"] for one in on_the_web["tables"]}
    for resource in described["resources"]:
        head, tags, *_ = rows_of(files[resource["path"]])
        assert [field["name"] for field in resource["schema"]["fields"]] == head
        assert all(tag.startswith("#") for tag in tags)
    _, _, *issues = rows_of(files["issues.csv"])
    assert ["2026-Q1", "cases", "30"] in issues
    assert ["2026-Q3", "cases", "withheld"] in issues


@pytest.mark.parametrize("form", ["html", "zip", "pdf"])
def test_a_report_is_the_same_bytes_each_time(system: System, form: str) -> None:
    first, second = (system.http.get(f"/public/years/2026?format={form}") for _ in range(2))

    if form == "pdf" and first.status_code == 404:
        pytest.skip(first.json()["detail"])
    assert first.status_code == 200
    assert first.content == second.content


def test_the_paper_is_a_tagged_pdf(system: System) -> None:
    answer = system.http.get("/public/years/2026?format=pdf")
    if answer.status_code == 404:
        pytest.skip(answer.json()["detail"])

    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    streams = [part.partition(b"endstream")[0].strip() for part in answer.content.split(b"stream\n")[1::1]]
    inside = b"".join(zlib.decompress(one) for one in streams if one.startswith(b"x\xda"))
    assert b"/StructTreeRoot" in inside
    assert len(answer.headers["redress-stamp"]) == 64


def test_a_partner_is_told_more_than_the_public_and_others_nothing_of_theirs(system: System) -> None:
    partner = system.partner.get("/reporting/v1/years/2026")
    assert partner.status_code == 200
    assert "For: partner" in partner.text
    assert system.channel.get("/reporting/v1/years/2026").status_code == 403


@pytest.mark.parametrize("year", [2025, 2027])
def test_a_year_without_a_quarter_that_is_over_has_no_report(system: System, year: int) -> None:
    assert system.http.get(f"/public/years/{year}").status_code == 404


def test_a_figure_as_parquet_has_the_same_rows_and_its_stamp_inside(system: System, tmp_path: Path) -> None:
    asked: dict[str, Any] = {"group_by": "quarter"}
    figure = system.auditor.get("/reporting/v1/reports/workers", **asked).json()
    answer = system.auditor.get("/reporting/v1/reports/workers", format="parquet", **asked)
    file = tmp_path / "workers.parquet"
    file.write_bytes(answer.content)

    with duckdb.connect() as database:
        rows = database.execute(f"select * from '{file}'").fetchall()
        columns = [column[0] for column in database.description]
        stamp = database.execute(f"select value from parquet_kv_metadata('{file}')").fetchall()[0][0]

    assert columns == figure["columns"]
    assert rows == [tuple(row.values()) for row in figure["rows"]]
    assert json.loads(stamp)["definition_hash"] == figure["definition_hash"]


def test_a_figure_as_a_workbook_has_numbers_as_numbers_and_says_what_it_is(system: System) -> None:
    answer = system.auditor.get("/reporting/v1/reports/workers", format="xlsx", group_by="quarter")

    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        texts = book.read("xl/sharedStrings.xml").decode()
    numbers = re.findall(r"<v>([0-9.]+)</v>", sheet)

    assert {"30", "90"} <= set(numbers)
    assert "Workers affected and remediated" in texts
    assert "=" not in {text[:1] for text in texts.split("<t>")[1:]}
