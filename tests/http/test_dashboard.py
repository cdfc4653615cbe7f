"""The dashboard as a person sees it: without a key, empty, and with content."""

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.web.settings import WebSettings
from tests.support.app import System, embedded, running

CHARTS = ("volume", "issues", "closing", "overdue", "money", "answers")


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[System]:
    with running(embedded(tmp_path)) as started:
        yield started


@pytest.fixture(scope="module")
def page(system: System) -> str:
    """The page of a system in which one case has gone some way."""
    operator = system.operator
    employer = {"name": "<b>Golden</b> Shrimp & Sons", "kind": "employer"}
    registered = operator.post("/cases/v1/organisations", employer).json()
    organisation = registered["organisation_id"]
    opened = operator.post("/cases/v1/cases", {"channel": "line", "language": "my", "workers": 12}).json()
    case = f"/cases/v1/cases/{opened['case_id']}"
    triage = {"issues": ["WAG-NON"], "admissible": True, "admissibility_reason": "in scope", "danger_now": False}
    consent = {"recipient": organisation, "purpose": "disclose-facts"}
    steps = [
        ("triage", triage),
        ("name-respondent", {"organisation_id": organisation, "role": "employer"}),
        ("consent", consent),
        ("escalate", {"organisation_id": organisation, "level": "employer", "brief": "Wages of a group are unpaid."}),
        ("respond", {"organisation_id": organisation, "position": "accepted"}),
        (
            "plan",
            {
                "complainant_consulted": True,
                "items": [
                    {
                        "remedy": "RM-WAG",
                        "owner": "employer",
                        "due_on": "2099-01-01",
                        "claimed": {"amount": "1000.50", "currency": "THB"},
                    }
                ],
            },
        ),
    ]
    for command, body in steps:
        answer = operator.post(f"{case}/{command}", body)
        assert answer.status_code == 200, f"{command}: {answer.text}"
        position = answer.json()["position"]
    system.channel.post(
        "/intake/v1/messages",
        {
            "channel": "line",
            "account": "hotline",
            "external_id": "1",
            "sender": "Aung",
            "text": "the agent keeps my card",
        },
    )
    shown = system.auditor.get("/", wait=position)
    assert shown.status_code == 200, shown.text
    text: str = shown.text
    return text


def test_without_a_key_the_page_is_a_sign_in_form(system: System) -> None:
    answer = system.http.get("/")

    assert answer.status_code == 401
    assert answer.headers["content-type"].startswith("text/html")
    assert '<form method="post" action="/sign-in">' in answer.text
    assert "Contacts" not in answer.text


def form_of(system: System) -> str:
    """Return the token of the form that the browser sees just now."""
    (token,) = set(re.findall(r'name="form" value="([0-9a-f]+)"', system.http.get("/").text))
    return str(token)


def sign_in(system: System, key: str) -> Any:
    return system.http.post("/sign-in", data={"key": key, "form": form_of(system)}, follow_redirects=False)


def test_a_key_opens_a_session_that_scripts_cannot_read_and_other_sites_cannot_use(empty: System) -> None:
    answer = sign_in(empty, empty.auditor.key)

    cookie = answer.headers["set-cookie"].lower()
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert empty.http.get("/").status_code == 200
    assert empty.http.get("/reporting/v1/reports/volume?format=csv").status_code == 200

    empty.http.post("/sign-out", data={"form": form_of(empty)})

    assert empty.http.get("/").status_code == 401


def test_a_form_of_another_site_signs_nobody_in_or_out(empty: System) -> None:
    assert empty.http.post("/sign-in", data={"key": empty.auditor.key}).status_code == 403
    stolen = form_of(empty)
    empty.http.cookies.clear()
    assert empty.http.post("/sign-in", data={"key": empty.auditor.key, "form": stolen}).status_code == 403
    sign_in(empty, empty.auditor.key)
    for form in ("", stolen, "\u00e9"):
        refused = empty.http.post("/sign-out", data={"form": form})
        assert refused.status_code == 403
        assert "not from a page of ours" in refused.text
    assert empty.http.get("/").status_code == 200


def test_a_wrong_key_opens_nothing(empty: System) -> None:
    answer = sign_in(empty, "rdk_wrong")

    assert answer.status_code == 401
    assert "not known" in answer.text
    assert "redress_session" not in answer.headers.get("set-cookie", "")
    assert empty.http.get("/").status_code == 401


def test_behind_tls_cookies_travel_by_it_alone_and_browsers_are_told_so(tmp_path: Path) -> None:
    with running(embedded(tmp_path, web=WebSettings(behind_tls=True))) as system:
        page = system.http.get("/")
        assert "secure" in page.headers["set-cookie"].lower()
        assert page.headers["strict-transport-security"].startswith("max-age=")


def test_a_key_for_channels_may_not_see_figures(system: System) -> None:
    answer = system.channel.get("/")

    assert answer.status_code == 403
    assert "channel" in answer.text


def test_an_empty_system_says_what_to_do(empty: System) -> None:
    answer = empty.admin.get("/")

    assert answer.status_code == 200
    assert "make demo" in answer.text
    assert "<svg" not in answer.text


@pytest.mark.parametrize("anchor", CHARTS)
def test_every_section_has_a_chart_with_a_name_its_table_and_its_csv(page: str, anchor: str) -> None:
    (section,) = re.findall(rf'<section id="{anchor}".*?</section>', page, re.DOTALL)

    assert f'<title id="{anchor}-t">' in section
    assert f'<desc id="{anchor}-d">' in section
    assert f'aria-labelledby="{anchor}-t {anchor}-d"' in section
    assert "<table " in section
    assert "format=csv" in section


def test_the_page_shows_what_happened(page: str) -> None:
    assert "for 12 workers" in page
    assert "Wages withheld or unpaid" in page
    assert "1,000.50" in page
    assert "1 of 1" in page


def test_names_are_shown_as_text_and_no_person_is_on_the_page(page: str) -> None:
    assert "&lt;b&gt;Golden&lt;/b&gt; Shrimp &amp; Sons" in page
    assert "<b>Golden" not in page
    assert "Aung" not in page
    assert "keeps my card" not in page


def test_the_page_runs_only_our_own_script_and_asks_nobody_else(page: str, system: System) -> None:
    headers = system.auditor.get("/").headers

    assert len(page.encode()) < 300_000
    assert page.count("<script") == page.count('<script src="/static/figures.js" defer></script>') == 1
    assert not re.findall(r'(?:src|href|action)="(?:https?:)?//', page)
    assert " style=" not in page
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"


def test_every_link_of_the_page_leads_somewhere(page: str, system: System) -> None:
    links = set(re.findall(r'(?:href|src)="(/[^"]*)"', page))
    anchors = set(re.findall(r'href="#([^"]*)"', page))

    assert len(links) > len(CHARTS)
    for link in links:
        found = system.http.get(html.unescape(link), headers={"Authorization": f"Bearer {system.auditor.key}"})
        assert found.status_code == 200, link
    assert anchors <= set(re.findall(r'id="([^"]*)"', page))


def test_only_the_files_of_the_page_are_served(system: System) -> None:
    for path in ("/static/layout.html", "/static/..%2fpages.py", "/static/../pages.py"):
        assert system.nobody.get(path).status_code == 404


def test_an_organisation_or_a_site_of_nobodys_cases_has_no_page(page: str, system: System) -> None:
    assert page
    mine = system.auditor.get("/figures/organisations").text
    (address,) = set(re.findall(r'href="(/figures/organisations/[0-9a-f-]{36})"', mine))

    assert system.auditor.get(address).status_code == 200
    assert system.auditor.get("/figures/organisations/00000000-0000-0000-0000-000000000000").status_code == 404
    assert system.auditor.get("/figures/sites/0000000000000000").status_code == 404
    assert system.auditor.get("/figures/gossip").status_code == 422
