"""A person with a receipt learns who opened their file and what is kept of them, and can say that it is wrong."""

import asyncio
from typing import Any

import pytest

from shared.auditing.notes import read_key
from shared.auditing.proving import verify_proofs
from tests.http.cases_desk import HANDLING, ROOT, do
from tests.support.app import System

MESSAGE = {
    "channel": "hotline",
    "account": "desk",
    "text": "They keep our passports",
    "grievance": {"summary": "Passports kept", "respondent": "Mr. Somchai"},
}


def told(system: System, sender: str) -> tuple[str, str]:
    """Send a message; return its receipt and the case that was made of it."""
    taken = system.channel.post("/intake/v1/messages", {**MESSAGE, "external_id": sender, "sender": sender}).json()
    shown = system.operator.get(f"/intake/v1/messages/{taken['message_id']}", wait=taken["position"]).json()
    done = system.operator.post(f"/intake/v1/reports/{shown['report_id']}/accept", {}).json()
    system.operator.get(f"{ROOT}/cases", wait=done["position"])
    return taken["receipt"], done["case_id"]


def mine(system: System, what: str, receipt: str, **more: Any) -> Any:
    return system.http.post(f"/rights/v1/{what}", json={"receipt": receipt, **more})


def test_who_opened_my_file_is_answered_in_plain_words(system: System) -> None:
    receipt, case_id = told(system, "aye")
    assert mine(system, "openings", receipt).json() == {"items": []}
    system.supervisor.get(f"{ROOT}/cases/{case_id}", headers={"Redress-Purpose": "review"})
    (opened,) = mine(system, "openings", receipt.lower().replace("-", " ")).json()["items"]
    assert (opened["by"], opened["role"], opened["purpose"]) == ("supervisor", "supervisor", "review")
    assert opened["told"].endswith(
        "UTC supervisor (supervisor) opened the summary of your case, to check how your case was handled."
    )


def test_my_data_holds_all_that_i_said_and_that_was_said_about_me(system: System) -> None:
    receipt, case_id = told(system, "mon")
    do(system.operator, case_id, "note", text="Calls after 20:00")
    kept = mine(system, "export", receipt).json()["services"]
    said = {(name, one["what"], text) for name in kept for one in kept[name] for text in one["said"].values()}
    assert said >= {
        ("intake", "intake.message-received", "They keep our passports"),
        ("intake", "intake.message-received", "mon"),
        ("intake", "intake.message-received", "Mr. Somchai"),
        ("cases", "cases.case-opened", "Passports kept"),
        ("cases", "cases.note-added", "Calls after 20:00"),
    }
    assert {one["purpose"] for one in mine(system, "openings", receipt).json()["items"]} == {"rights"}


def test_my_message_is_proven_to_be_on_record_by_a_file_that_says_nothing_of_me(system: System) -> None:
    receipt, _ = told(system, "proven")
    keeper = system.house.services["intake"].ledger
    assert keeper is not None
    asyncio.run(keeper.look())
    proof = mine(system, "proof", receipt)
    assert proof.status_code == 200, proof.text
    shown = verify_proofs(proof.text, [read_key(key) for key in keeper.verifiers()])
    assert shown[0].leaf["envelope"]["type"] == "intake.message-received"
    assert {one.leaf["envelope"]["stream_id"] for one in shown} == {shown[0].leaf["envelope"]["stream_id"]}
    leaves = "".join(str(one.leaf) for one in shown)
    assert not [word for word in ("passports", "Somchai", "proven", "hotline", receipt) if word in leaves]


def test_the_data_of_others_is_not_in_it(system: System) -> None:
    told(system, "other-one")
    receipt, _ = told(system, "this-one")
    shown = mine(system, "export", receipt).text
    assert "this-one" in shown
    assert "other-one" not in shown


def test_a_correction_stands_beside_what_was_said(system: System) -> None:
    receipt, case_id = told(system, "nok")
    assert mine(system, "correct", receipt, about="summary", text="It was my sister").json() == {"taken": True}
    shown = mine(system, "export", receipt).json()["services"]["intake"]
    assert {"text": "It was my sister"} in [one["said"] for one in shown]
    case = system.operator.get(f"{ROOT}/cases/{case_id}", headers=HANDLING).json()
    assert case["summary"] == "Passports kept"


@pytest.mark.parametrize("what", ["openings", "export", "proof"])
def test_a_wrong_receipt_leads_nowhere(system: System, what: str) -> None:
    assert mine(system, what, "0000-0000-0000").status_code == 404
    assert mine(system, what, "x").status_code == 422


def test_after_an_erasure_nothing_is_left_to_export(system: System) -> None:
    receipt, case_id = told(system, "gone")
    subject = system.operator.get(f"{ROOT}/cases/{case_id}").json()["subject"]
    system.supervisor.post(f"/intake/v1/subjects/{subject}/erase", {"reason": "request"})
    kept = mine(system, "export", receipt).json()["services"]
    assert {text for name in kept for one in kept[name] for text in one["said"].values()} == {"[erased]"}
