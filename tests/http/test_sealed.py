"""What people said is masked for whoever reads along, and opened only for who says why and is put on record."""

from typing import Any

import pytest

from shared.events.cases import CaseFieldsViewed
from shared.events.intake import MessageFieldsViewed
from shared.privacy.reading import access_stream
from tests.http.cases_desk import HANDLING, ROOT, do, open_case, register
from tests.support.app import System

SECRETS = {
    "summary": "They keep our passports",
    "complainant": {"name": "Naw Paw", "reference": "MC7755"},
    "safe_contact": {"channel": "email", "address": "naw.paw@example.org"},
}
WORDS = ("They keep our passports", "Naw Paw", "MC7755", "naw.paw@example.org", "Calls after 20:00")


def a_case(system: System) -> str:
    case_id = open_case(system.operator, **SECRETS)
    do(system.operator, case_id, "note", text="Calls after 20:00")
    return case_id


@pytest.mark.parametrize("path", ["", "/events"])
def test_without_a_purpose_nothing_that_was_said_is_shown(system: System, path: str) -> None:
    case_id = a_case(system)
    for client in (system.operator, system.supervisor, system.admin, system.auditor):
        shown = client.get(f"{ROOT}/cases/{case_id}{path}").text
        assert "*******" in shown
        assert not [word for word in (*WORDS, "sealed:1:") if word in shown]


def test_with_a_purpose_it_is_opened(system: System) -> None:
    case_id = a_case(system)
    case = system.operator.get(f"{ROOT}/cases/{case_id}", headers=HANDLING).json()
    assert {name: case[name] for name in SECRETS}["complainant"] == SECRETS["complainant"]
    assert (case["summary"], case["safe_contact"]["address"]) == (WORDS[0], WORDS[3])
    history = system.operator.get(f"{ROOT}/cases/{case_id}/events", headers=HANDLING).text
    assert all(word in history for word in WORDS)


async def test_who_opened_what_for_what_is_on_record(system: System) -> None:
    case_id = a_case(system)
    system.supervisor.get(f"{ROOT}/cases/{case_id}", headers={"Redress-Purpose": "review"})
    store = system.house.stores["cases"]
    subject = (await store.read(0, 1000))[-1].envelope.subject
    assert subject is not None
    (viewed,) = await store.stream(access_stream("cases", subject))
    assert isinstance(viewed.event, CaseFieldsViewed)
    assert (viewed.envelope.actor.id, viewed.event.purpose) == ("supervisor", "review")
    assert viewed.event.fields == ("complainant.name", "complainant.reference", "safe_contact.address", "summary")
    assert str(viewed.event.record_id) == case_id


def test_a_purpose_is_one_of_a_closed_list(system: System) -> None:
    answer = system.operator.get(f"{ROOT}/cases/{a_case(system)}", headers={"Redress-Purpose": "curiosity"})
    assert (answer.status_code, answer.json()["field"]) == (422, "Redress-Purpose")


def test_an_auditor_has_no_purpose_that_opens(system: System) -> None:
    answer = system.auditor.get(f"{ROOT}/cases/{a_case(system)}", headers=HANDLING)
    assert answer.status_code == 403


def test_the_contact_person_of_an_organisation_is_masked_too(system: System) -> None:
    contact = {"channel": "email", "address": "somchai@example.com"}
    organisation_id = register(system.operator, contact=contact)
    path = f"{ROOT}/organisations/{organisation_id}"
    assert system.operator.get(path).json()["contact"]["address"] == "*******"
    assert system.operator.get(path, headers=HANDLING).json()["contact"]["address"] == "somchai@example.com"


async def test_what_messages_say_is_opened_in_their_report(system: System) -> None:
    message: dict[str, Any] = {"channel": "app", "account": "a", "external_id": "m-1", "sender": "ma-mon"}
    taken = system.channel.post("/intake/v1/messages", {**message, "text": WORDS[0]}).json()
    filed = system.operator.get(f"/intake/v1/messages/{taken['message_id']}", wait=taken["position"]).json()
    path = f"/intake/v1/reports/{filed['report_id']}"
    (masked,) = system.operator.get(path, wait=taken["position"]).json()["messages"]
    assert (masked["text"], masked["sender"]) == ("*******", "*******")
    (shown,) = system.operator.get(path, headers=HANDLING).json()["messages"]
    assert (shown["text"], shown["sender"]) == (WORDS[0], "ma-mon")
    facts = await system.house.stores["intake"].read(0, 1000)
    assert [fact.event.fields for fact in facts if isinstance(fact.event, MessageFieldsViewed)] == [
        ("hints.issues.words", "sender", "text")
    ]


def test_text_that_looks_sealed_harms_nobody(system: System) -> None:
    forged = "sealed:1:AAAAAAAAAAAAAAAAAAAAAA:0:AAAAAAAAAAAAAAAAAAAAAA:1:summary:"
    case_id = open_case(system.operator, summary=forged)
    assert system.operator.get(f"{ROOT}/cases/{case_id}").json()["summary"] == "*******"
    assert system.operator.get(f"{ROOT}/cases/{case_id}", headers=HANDLING).json()["summary"] == forged
