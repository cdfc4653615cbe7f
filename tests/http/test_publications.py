"""What left the house stays as it was: published byte for byte, corrected by a later edition that says what differs."""

import csv
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO, TextIOWrapper
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.support.app import System, embedded, running

PUBLISH = "/reporting/v1/years/2026/publish"
QUARTERS = (datetime(2026, 2, 3, 9, tzinfo=UTC), datetime(2026, 5, 4, 9, tzinfo=UTC))


@pytest.fixture(scope="module")
def clock() -> list[datetime]:
    return [QUARTERS[0]]


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory, clock: list[datetime]) -> Iterator[System]:
    """A system in which the first quarter is over, then published; then the second is over, and published."""
    with with_cases(tmp_path_factory.mktemp("data"), clock) as started:
        yield started


@contextmanager
def with_cases(folder: Path, clock: list[datetime]) -> Iterator[System]:
    """Run a system with cases in two quarters."""
    with running(embedded(folder, lambda: clock[0])) as started:
        for moment, size in zip(QUARTERS, (30, 12), strict=True):
            clock[0] = moment
            for _ in range(size):
                body = {"channel": "line", "language": "th", "statistics_consent": True}
                assert started.operator.post("/cases/v1/cases", body).status_code == 201
        yield started


def test_a_published_report_is_served_byte_for_byte_when_newer_ones_exist(
    system: System, clock: list[datetime]
) -> None:
    clock[0] = datetime(2026, 4, 2, tzinfo=UTC)
    written = system.http.get("/public/years/2026").content
    assert system.operator.post(PUBLISH, {}).status_code == 403
    first = system.supervisor.post(PUBLISH, {})
    assert first.status_code == 201, first.text
    again = system.supervisor.post(PUBLISH, {})
    assert again.json()["stamp"] == first.json()["stamp"]

    clock[0] = datetime(2026, 7, 2, tzinfo=UTC)
    assert system.http.get("/public/years/2026").content != written
    refused = system.supervisor.post(PUBLISH, {})
    assert (refused.status_code, refused.json()["gate"]) == (409, "reason-given")
    second = system.supervisor.post(PUBLISH, {"reason": "The second quarter is over."})
    assert second.status_code == 201, second.text

    kept = system.http.get(f"/public/papers/{first.json()['stamp']}")
    assert kept.status_code == 200
    assert kept.content == written

    one, two = system.http.get("/public/years/2026/editions").json()["items"]
    assert (one["edition"], one["corrections"], one["reason"]) == (1, [], None)
    assert (two["edition"], two["reason"]) == (2, "The second quarter is over.")
    assert {"table": "issues", "row": ["2026-Q2", "cases"], "before": None, "after": "12"} in two["corrections"]
    assert all(correction["row"][0] == "2026-Q2" for correction in two["corrections"])
    for file in [*one["files"], *two["files"]]:
        answer = system.http.get(file["url"])
        assert hashlib.sha256(answer.content).hexdigest() == file["sha256"]
    assert {"html", "zip"} <= {file["format"] for file in two["files"]}


def test_a_partner_reads_the_public_archive_and_the_public_not_that_of_partners(system: System) -> None:
    published = system.supervisor.post(PUBLISH, {"audience": "partner"})
    assert published.status_code == 201, published.text
    stamp = published.json()["stamp"]

    assert system.partner.get(f"/reporting/v1/papers/{stamp}").status_code == 200
    assert len(system.partner.get("/reporting/v1/years/2026/editions").json()["items"]) == 1
    assert system.http.get(f"/public/papers/{stamp}").status_code == 404
    assert system.http.get(f"/reporting/v1/papers/{stamp}").status_code == 401


def test_how_many_numbers_a_publication_withholds_is_a_figure_that_its_own_list_bears_out(tmp_path: Path) -> None:
    clock = [QUARTERS[0]]
    with with_cases(tmp_path, clock) as system:
        withheld_as_listed(system)


def withheld_as_listed(system: System) -> None:
    published = system.supervisor.post(PUBLISH, {"audience": "partner"})
    assert published.status_code == 201, published.text
    (edition,) = system.partner.get("/reporting/v1/years/2026/editions").json()["items"]
    (package,) = [one["url"] for one in edition["files"] if one["format"] == "zip"]
    with ZipFile(BytesIO(system.partner.get(package).content)) as files:
        _tags, *listed = csv.DictReader(TextIOWrapper(files.open("suppressed.csv"), "utf-8"))

    (row,) = system.auditor.get(
        "/reporting/v1/reports/suppressed-cells", wait=published.json()["position"], group_by="audience"
    ).json()["rows"]
    assert (row["audience"], row["reports"]) == ("partner", 1)
    assert row["withheld"] == sum(int(one["withheld"]) for one in listed) > 0
    assert row["told"] == sum(int(one["told"]) for one in listed)


@pytest.mark.parametrize("stamp", ["0" * 64, "f" * 64])
def test_an_unknown_stamp_is_not_found(system: System, stamp: str) -> None:
    assert system.http.get(f"/public/papers/{stamp}").status_code == 404


def test_a_year_of_which_nothing_is_over_cannot_be_published(system: System) -> None:
    assert system.supervisor.post("/reporting/v1/years/2031/publish", {}).status_code == 404
    assert system.http.get("/public/years/2031/editions").json()["items"] == []
