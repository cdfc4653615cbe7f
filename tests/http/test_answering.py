"""The respondent's door, over the wire: a link, a page without scripts, an API; and what a stranger learns: nothing."""

import base64
import re
from typing import Any

import pytest

from shared.rights import Role
from tests.http.cases_desk import BRIEF, ROOT, do, engaged, refused, send, show
from tests.support.app import System

OFFER = {"remedy": "RM-FEE", "due_on": "2026-04-30", "workers": 3, "amount": {"amount": "9000.00", "currency": "THB"}}


def link_of(system: System, case_id: str) -> dict[str, Any]:
    found = system.operator.get(f"{ROOT}/cases/{case_id}/answer-links").json()["items"]
    link: dict[str, Any] = found[-1]
    return link


def by_link(system: System, what: str, token: str, **body: Any) -> Any:
    return system.http.post(f"{ROOT}/answers/{what}", json={"token": token, **body})


@pytest.fixture
def asked(system: System) -> tuple[str, str]:
    """A case that waits for an answer, and the token of its link."""
    case_id, _ = engaged(system, complainant={"name": "Aye Aye Mon"}, summary="They took my fee.")
    return case_id, link_of(system, case_id)["path"].rsplit("/", 1)[-1]


def test_a_respondent_reads_and_answers_without_a_key(system: System, asked: tuple[str, str]) -> None:
    case_id, token = asked
    brief = by_link(system, "open", token).json()
    assert (brief["brief"], brief["position"]) == (BRIEF, None)
    assert "Aye Aye Mon" not in str(brief)
    assert "my fee" not in str(brief)
    answered = by_link(system, "answer", token, position="partly", text="Twelve of them.")
    assert (answered.status_code, answered.json()["position"]) == (200, "partly")
    refused(by_link(system, "answer", token, position="accepted"), "answered-once")
    (escalation,) = show(system.operator, case_id, unsealed=True)["escalations"]
    assert (escalation["position"], escalation["text"]) == ("partly", "Twelve of them.")


def test_every_opening_is_on_record_and_names_the_link_only(system: System, asked: tuple[str, str]) -> None:
    case_id, token = asked
    by_link(system, "open", token)
    by_link(system, "open", token)
    link = link_of(system, case_id)
    assert link["opened"] == 2
    history = system.operator.get(f"{ROOT}/cases/{case_id}/events").json()["items"]
    opened = [one["envelope"]["actor"] for one in history if one["envelope"]["type"] == "cases.answer-link-opened"]
    assert [(one["id"], one["role"]) for one in opened] == [(f"link:{link['link_id']}", "respondent")] * 2
    assert token not in str(history)


def test_an_offer_is_shown_to_both_sides(system: System, asked: tuple[str, str]) -> None:
    case_id, token = asked
    answer = by_link(system, "propose", token, items=[{**OFFER, "description": "In two parts."}])
    assert answer.json()["proposals"][0]["items"][0]["description"] == "In two parts."
    (proposal,) = show(system.operator, case_id, unsealed=True)["proposals"]
    assert proposal["items"][0]["amount"] == {"amount": "9000.00", "currency": "THB"}
    assert proposal["items"][0]["description"] == "In two parts."
    assert show(system.operator, case_id)["remedies"] == []


def test_a_stranger_learns_nothing(system: System, asked: tuple[str, str]) -> None:
    _, token = asked
    wrong = token[:-6] + ("AAAAAA" if not token.endswith("AAAAAA") else "BBBBBB")
    answers = [by_link(system, "open", text) for text in (wrong, "A" * 54, "nothing like a token at all")]
    assert {(answer.status_code, answer.text) for answer in answers} == {(404, answers[0].text)}
    page = system.http.get(f"/cases/answer/{wrong}")
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")


def test_a_link_that_was_taken_back_says_so_in_plain_words(system: System, asked: tuple[str, str]) -> None:
    case_id, token = asked
    do(system.operator, case_id, "revoke-link", link_id=link_of(system, case_id)["link_id"], reason="Wrong address.")
    refused(by_link(system, "open", token), "link-revoked")
    page = system.http.get(f"/cases/answer/{token}")
    assert page.status_code == 409
    assert "This link was taken back." in page.text
    assert BRIEF not in page.text
    escalation_id = link_of(system, case_id)["escalation_id"]
    do(system.operator, case_id, "issue-link", escalation_id=escalation_id)
    new = link_of(system, case_id)["path"]
    assert system.http.get(new).status_code == 200


def test_a_withdrawn_consent_shuts_the_door_at_once(system: System) -> None:
    case_id, plant = engaged(system)
    path = link_of(system, case_id)["path"]
    assert BRIEF in system.http.get(path).text
    do(system.operator, case_id, "withdraw-consent", recipient=plant, purpose="disclose-facts")
    assert BRIEF not in system.http.get(path).text
    refused(
        send(system.operator, case_id, "issue-link", escalation_id=link_of(system, case_id)["escalation_id"]), "consent"
    )


def form_of(page: str) -> str:
    found = re.search(r'name="form" value="([^"]+)"', page)
    assert found is not None
    return found.group(1)


def test_the_page_answers_and_offers_without_a_script(system: System, asked: tuple[str, str]) -> None:
    case_id, token = asked
    here = f"/cases/answer/{token}"
    page = system.http.get(here)
    assert not re.search(r"<script|\son\w+=|\sstyle=|javascript:", page.text)
    form = form_of(page.text)
    again = system.http.post(here, data={"form": form, "position": "disputed", "text": ""})
    assert (again.status_code, "Say what you dispute" in again.text) == (422, True)
    answered = system.http.post(here, data={"form": form, "position": "disputed", "text": "No <b>fee</b> was taken."})
    assert answered.status_code == 200
    assert "Your answer was taken." in answered.text
    assert "No &lt;b&gt;fee&lt;/b&gt; was taken." in answered.text
    offer = {
        "form": form,
        "remedy": "RM-FEE",
        "due_on": "2026-04-30",
        "workers": "2",
        "amount": "1.005",
        "currency": "THB",
    }
    assert "THB has 2 decimals" in system.http.post(f"{here}/proposals", data=offer).text
    offered = system.http.post(f"{here}/proposals", data={**offer, "amount": "1000.50"})
    assert "1000.50 THB" in offered.text
    assert show(system.operator, case_id)["escalations"][0]["position"] == "disputed"


def test_a_form_of_another_site_is_refused(system: System, asked: tuple[str, str]) -> None:
    case_id, token = asked
    answer = system.http.post(f"/cases/answer/{token}", data={"position": "accepted", "form": "0" * 64})
    assert answer.status_code == 403
    assert show(system.operator, case_id)["escalations"][0]["position"] is None


def test_a_link_that_is_used_too_often_has_to_wait(system: System, asked: tuple[str, str]) -> None:
    _, token = asked
    answers = [by_link(system, "open", token) for _ in range(31)]
    assert [answer.status_code for answer in answers] == [200] * 30 + [429]
    assert int(answers[-1].headers["retry-after"]) >= 1


def test_links_are_the_offices(system: System, asked: tuple[str, str]) -> None:
    case_id, _ = asked
    assert system.auditor.get(f"{ROOT}/cases/{case_id}/answer-links").status_code == 403
    assert system.partner.get(f"{ROOT}/cases/{case_id}/answer-links").status_code == 403


PDF = b"%PDF-1.7\n" + bytes(range(256)) * 2000
FOR_HANDLING = {"Redress-Purpose": "handling"}


def test_a_file_is_handed_in_and_fetched_for_a_purpose_only(system: System, asked: tuple[str, str]) -> None:
    case_id, token = asked
    content = base64.b64encode(PDF).decode()
    answer = by_link(system, "evidence", token, name="receipts of Aye Aye.pdf", content=content)
    assert answer.status_code == 200, answer.text
    (shown,) = answer.json()["evidence"]
    assert (shown["name"], shown["media_type"], shown["size"]) == (
        "receipts of Aye Aye.pdf",
        "application/pdf",
        len(PDF),
    )
    path = f"{ROOT}/cases/{case_id}/evidence/{shown['evidence_id']}"
    described = system.operator.get(path).json()
    assert (described["name"], described["size"], len(described["digest"])) == ("*******", len(PDF), 64)
    fetched = system.operator.get(path, headers=FOR_HANDLING)
    assert fetched.content == PDF
    assert fetched.headers["content-type"] == "application/octet-stream"
    assert fetched.headers["content-disposition"].startswith("attachment")
    assert fetched.headers["x-content-type-options"] == "nosniff"
    assert system.auditor.get(path, headers=FOR_HANDLING).status_code == 403
    history = system.operator.get(f"{ROOT}/cases/{case_id}/events").text
    assert "receipts of Aye Aye" not in history
    assert content[:60] not in history
    stranger = system.client(Role.OPERATOR, tenant="elsewhere")
    assert stranger.get(path, headers=FOR_HANDLING).status_code == 404


def test_what_could_be_run_is_not_taken(system: System, asked: tuple[str, str]) -> None:
    _, token = asked
    script = base64.b64encode(b"<html><script>alert(1)</script>").decode()
    assert by_link(system, "evidence", token, name="a.pdf", content=script).status_code == 415


def test_the_page_takes_a_file(system: System, asked: tuple[str, str]) -> None:
    _, token = asked
    here = f"/cases/answer/{token}"
    form = form_of(system.http.get(here).text)
    handed = system.http.post(f"{here}/evidence", data={"form": form}, files={"file": ("<b>.txt", b"Paid in full.")})
    assert "Your file was taken." in handed.text
    assert "&lt;b&gt;.txt" in handed.text
    refused_page = system.http.post(f"{here}/evidence", data={"form": form}, files={"file": ("x.exe", b"MZ\x90\x00")})
    assert (refused_page.status_code, "A file is a PDF" in refused_page.text) == (415, True)
