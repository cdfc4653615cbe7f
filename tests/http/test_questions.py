"""Questions that analysts keep: saved, listed, asked again, written down as a report; each tenant's own."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.rights import Role
from tests.support.app import System, embedded, running

PATH = "/reporting/v1/questions"
MOMENT: dict[str, Any] = {"as_of": "2026-02-03T09:02:30Z", "known_at": "2026-02-03T09:02:30Z"}
QUESTION: dict[str, Any] = {
    "name": "by-channel",
    "title": "Cases by <channel>",
    "report": "volume",
    "group_by": "channel",
    "from": "2026-01-01T00:00:00Z",
    "to": "2027-01-01T00:00:00Z",
    "compare": "year",
}


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system with three cases and one kept question."""
    now = [datetime(2026, 2, 3, 9, tzinfo=UTC)]
    with running(embedded(tmp_path_factory.mktemp("data"), lambda: now[0])) as started:
        for channel in ("line", "line", "phone"):
            done = started.operator.post("/cases/v1/cases", {"channel": channel, "language": "th"})
            now[0] += timedelta(minutes=1)
        assert started.auditor.post(PATH, QUESTION).status_code == 201
        started.auditor.get("/reporting/v1/reports/volume", wait=done.json()["position"])
        yield started


def test_a_kept_question_is_listed_with_its_words(asked: System) -> None:
    (item,) = [one for one in asked.operator.get(PATH).json()["items"] if one["question"] == "by-channel"]

    words = {name: value for name, value in QUESTION.items() if name != "name"}
    assert {name: item[name] for name in words} == words
    assert item["saved_at"].startswith("2026-02-03")


def test_asked_again_it_answers_as_the_report_does(asked: System) -> None:
    plain = asked.auditor.get(
        "/reporting/v1/reports/volume",
        **{name: value for name, value in QUESTION.items() if name not in {"name", "title", "report"}},
    ).json()
    again = asked.operator.get(f"{PATH}/by-channel").json()

    assert {row["channel"]: row["cases"] for row in again["rows"]} == {"line": 2, "phone": 1}
    assert again["rows"] == plain["rows"]
    assert re.fullmatch("[0-9a-f]{64}", again["result_hash"])


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet", "html", "pdf"])
def test_it_becomes_a_report_in_every_form(asked: System, form: str) -> None:
    answer = asked.auditor.get(f"{PATH}/by-channel", format=form, **MOMENT)
    if form == "pdf" and answer.status_code == 404:
        pytest.skip(answer.json()["detail"])

    assert answer.status_code == 200, answer.text
    assert answer.headers["redress-definition"]
    assert asked.auditor.get(f"{PATH}/by-channel", format=form, **MOMENT).content == answer.content or form == "xlsx"


def test_the_page_has_title_method_and_the_stamp_of_the_same_figure(asked: System) -> None:
    figure = asked.auditor.get(f"{PATH}/by-channel", **MOMENT).json()
    page = asked.auditor.get(f"{PATH}/by-channel", format="html", **MOMENT).text

    assert "Cases by &lt;channel&gt;" in page
    assert figure["result_hash"] in page
    assert figure["definition_hash"] in page
    assert '<td class="word">line</td>' in page


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ({"report": "no-such-report"}, 404),
        ({"group_by": "contributor"}, 422),
        ({"only": ["contributor:1"]}, 422),
        ({"only": ["country"]}, 422),
        ({"compare": "known"}, 422),
        ({"name": "../secrets"}, 422),
        ({"title": ""}, 422),
        ({"from": "2027-01-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, 422),
        ({"unknown": "word"}, 422),
    ],
)
def test_a_question_that_makes_no_sense_is_not_kept(asked: System, words: dict[str, object], status: int) -> None:
    answer = asked.operator.post(PATH, {**QUESTION, "name": "odd", **words})

    assert answer.status_code in {status, 400}, answer.text
    assert asked.operator.get(f"{PATH}/odd").status_code == 404


def test_a_name_belongs_to_who_keeps_it_until_it_is_removed(asked: System) -> None:
    mine = {**QUESTION, "name": "mine", "group_by": "total"}
    assert asked.operator.post(PATH, mine).status_code == 201
    assert asked.operator.post(PATH, {**mine, "title": "Another title"}).status_code == 201
    assert asked.auditor.post(PATH, mine).status_code == 409
    assert asked.auditor.post(f"{PATH}/mine/remove", {}).status_code == 403

    assert asked.operator.post(f"{PATH}/mine/remove", {}).status_code == 200
    assert asked.operator.get(f"{PATH}/mine").status_code == 404
    assert asked.auditor.post(PATH, mine).status_code == 201


def test_another_tenant_knows_none_of_them(asked: System) -> None:
    other = asked.client(Role.AUDITOR, tenant="other")

    assert other.get(PATH).json()["items"] == []
    assert other.get(f"{PATH}/by-channel").status_code == 404
    assert other.post(f"{PATH}/by-channel/remove", {}).status_code == 404


def test_partners_and_channels_keep_nothing(asked: System) -> None:
    assert asked.partner.post(PATH, QUESTION).status_code == 403
    assert asked.channel.get(PATH).status_code == 403
