"""A person can be erased: unreadable everywhere at once, with a proof, and the record and its figures stay whole."""

import asyncio
import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from shared.cli.progress import Silent
from shared.cli.vaulting import erase_again
from shared.embedded import Embedded
from shared.vault.proof import holds
from tests.http.cases_desk import HANDLING, ROOT, TRIAGE, do
from tests.support.app import System, embedded, running

SAID = "They keep our passports"
MESSAGE: dict[str, Any] = {
    "channel": "app",
    "account": "a",
    "sender": "ma-mon",
    "text": SAID,
    "language": "my",
    "grievance": {
        "summary": "Passports kept",
        "country": "TH",
        "issues": ["DOC-RET"],
        "respondent": "Mr. Somchai",
        "safe_contact": {"channel": "email", "address": "mon@example.org"},
    },
}


@pytest.fixture
def system(tmp_path: Path) -> Iterator[System]:
    with running(embedded(tmp_path)) as alone:
        yield alone


def told(system: System, name: str, **changes: object) -> str:
    """Send a message and return its report."""
    taken = system.channel.post("/intake/v1/messages", {**MESSAGE, "external_id": name, **changes}).json()
    shown = system.operator.get(f"/intake/v1/messages/{taken['message_id']}", wait=taken["position"]).json()
    return str(shown["report_id"])


def accepted(system: System, report_id: str) -> dict[str, Any]:
    done = system.operator.post(f"/intake/v1/reports/{report_id}/accept", {}).json()
    case: dict[str, Any] = system.operator.get(f"{ROOT}/cases/{done['case_id']}", wait=done["position"]).json()
    return case


def erase(system: System, subject: str, reason: str = "request") -> Any:
    return system.supervisor.post(f"/intake/v1/subjects/{subject}/erase", {"reason": reason})


def test_an_erased_person_is_unreadable_everywhere_at_once(system: System) -> None:
    report_id = told(system, "m-1")
    case = accepted(system, report_id)
    do(system.operator, case["case_id"], "note", text="Calls after 20:00")
    assert erase(system, case["subject"]).status_code == 200
    for path in (
        f"{ROOT}/cases/{case['case_id']}",
        f"{ROOT}/cases/{case['case_id']}/events",
        f"/intake/v1/reports/{report_id}",
    ):
        shown = system.operator.get(path, headers=HANDLING)
        assert shown.status_code == 200
        assert "[erased]" in shown.text
        for secret in (SAID, "Passports kept", "Mr. Somchai", "ma-mon", "mon@example.org", "Calls after"):
            assert secret not in shown.text


def test_others_stay_readable(system: System) -> None:
    mine, theirs = accepted(system, told(system, "m-1")), accepted(system, told(system, "m-2", sender="nok"))
    erase(system, mine["subject"])
    shown = system.operator.get(f"{ROOT}/cases/{theirs['case_id']}", headers=HANDLING).json()
    assert shown["summary"] == "Passports kept"


async def test_the_record_does_not_change_and_the_figures_stay(system: System) -> None:
    case = accepted(system, told(system, "m-1"))
    store = system.house.stores["cases"]
    before = await store.read(0, 100)
    figures = system.auditor.get("/reporting/v1/reports/volume").text
    erase(system, case["subject"])
    assert await store.read(0, 100) == before
    assert _rows(system.auditor.get("/reporting/v1/reports/volume").text) == _rows(figures)


def _rows(text: str) -> object:
    rows = json.loads(text)["rows"]
    assert rows
    return rows


def test_the_proof_is_signed_and_names_the_keys(system: System) -> None:
    case = accepted(system, told(system, "m-1"))
    proof = erase(system, case["subject"], "safety").json()
    assert (proof["subject"], proof["reason"], proof["by"]["id"]) == (case["subject"], "safety", "supervisor")
    assert [key.rpartition("/")[2] for key in proof["keys"]] == ["kek-1", "kek-1"], "theirs and that of the accused"
    public_key = (system.house.data / "intake" / "proof.pub").read_text()
    assert holds(proof, public_key)
    for name in ("subject", "reason", "keys", "erased_at"):
        assert not holds(proof | {name: "another"}, public_key)
    assert not holds(proof, proof["signature"][:43] + "=")


def test_a_proof_can_be_asked_for_again_and_erasing_twice_is_once(system: System) -> None:
    case = accepted(system, told(system, "m-1"))
    proof = erase(system, case["subject"]).json()
    assert erase(system, case["subject"]).json() == proof
    assert system.auditor.get(f"/intake/v1/subjects/{case['subject']}/proof").json() == proof


def test_who_was_never_heard_of_cannot_be_erased(system: System) -> None:
    nobody = "00000000-0000-4000-8000-000000000000"
    assert erase(system, nobody).status_code == 404
    assert system.auditor.get(f"/intake/v1/subjects/{nobody}/proof").status_code == 404


def test_who_writes_again_is_heard_under_a_new_pseudonym(system: System) -> None:
    first = told(system, "m-1")
    subject = system.operator.get(f"/intake/v1/reports/{first}").json()["subject"]
    erase(system, subject)
    again = told(system, "m-2", text="I need help again")
    shown = system.operator.get(f"/intake/v1/reports/{again}", headers=HANDLING).json()
    assert again != first
    assert shown["subject"] != subject
    assert [message["text"] for message in shown["messages"]] == ["I need help again"]


def test_a_redelivered_message_of_an_erased_person_stays_erased(system: System) -> None:
    report_id = told(system, "m-1")
    erase(system, system.operator.get(f"/intake/v1/reports/{report_id}").json()["subject"])
    assert told(system, "m-1") == report_id
    shown = system.operator.get(f"/intake/v1/reports/{report_id}", headers=HANDLING).json()
    assert [message["text"] for message in shown["messages"]] == ["[erased]"]


def test_the_case_of_an_erased_person_can_still_be_ended_and_keeps_no_new_word(system: System) -> None:
    case = accepted(system, told(system, "m-1"))
    do(system.operator, case["case_id"], "triage", **TRIAGE)
    erase(system, case["subject"])
    do(system.supervisor, case["case_id"], "close", reason="unremedied", explanation="She asked us to forget her.")
    shown = system.operator.get(f"{ROOT}/cases/{case['case_id']}", headers=HANDLING).json()
    assert (shown["state"], shown["closures"][0]["explanation"]) == ("closed", "[erased]")


def test_an_erased_person_is_told_nothing_and_their_letters_leave_the_outbox(system: System) -> None:
    case = accepted(system, told(system, "m-1"))
    do(system.operator, case["case_id"], "acknowledge")
    outbox = system.house.data / "notify" / "outbox"
    notify = system.house.services["notify"]
    _until(lambda: bool(list(outbox.glob("*.eml"))))
    assert "mon@example.org" in next(outbox.glob("*.eml")).read_text()
    erase(system, case["subject"])
    _rounds(notify)
    assert list(outbox.glob("*.eml")) == []
    do(system.supervisor, case["case_id"], "close", reason="unremedied", explanation="-")
    _until(lambda: _states(system, case["case_id"]) == {"sent", "failed"})
    assert list(outbox.glob("*.eml")) == []


def _rounds(service: Any) -> None:
    for name, once, _rest in service.background:
        if name == "forget":
            asyncio.run(once())


def _states(system: System, case_id: str) -> set[str]:
    items = system.operator.get("/notify/v1/notifications", case_id=case_id).json()["items"]
    return {item["state"] for item in items}


def _until(done: Any) -> None:
    for _ in range(200):
        if done():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come about")


@pytest.mark.parametrize("reason", ["because", "", None])
def test_an_erasure_has_one_of_the_reasons(system: System, reason: str | None) -> None:
    case = accepted(system, told(system, "m-1"))
    assert erase(system, case["subject"], reason).status_code == 422  # type: ignore[arg-type]  # on purpose


def test_a_hold_keeps_everything_until_it_is_lifted(system: System) -> None:
    case = accepted(system, told(system, "m-1"))
    path, order = f"/intake/v1/subjects/{case['subject']}", {"order": "Labour Court 114/2569"}
    assert system.supervisor.post(f"{path}/hold", order).status_code == 200
    refused = erase(system, case["subject"])
    assert (refused.status_code, refused.json()["gate"]) == (409, "legal-hold")
    assert system.supervisor.post(f"{path}/lift-hold", {"order": "another"}).json()["gate"] == "hold-known"
    assert system.supervisor.post(f"{path}/lift-hold", order).status_code == 200
    assert erase(system, case["subject"]).status_code == 200


def test_an_older_vault_brings_nobody_back_once_it_is_reconciled(tmp_path: Path) -> None:
    with running(embedded(tmp_path)) as before:
        case = accepted(before, told(before, "m-1"))
        _copy(tmp_path / "vault.sqlite", tmp_path / "b")
        erase(before, case["subject"])
    for file in (*tmp_path.glob("vault.sqlite-*"), *tmp_path.glob("keys.sqlite*")):
        file.unlink()
    (tmp_path / "b").replace(tmp_path / "vault.sqlite")
    with running(embedded(tmp_path)) as after:
        path = f"{ROOT}/cases/{case['case_id']}"
        assert after.operator.get(path, headers=HANDLING).json()["summary"] == "Passports kept", (
            "why back-ups are short"
        )
        house = after.house
        assert isinstance(house, Embedded)
        assert asyncio.run(erase_again(house.stores["intake"], house.vault, Silent())) == 1
        assert after.operator.get(path, headers=HANDLING).json()["summary"] == "[erased]"


def _copy(file: Path, to: Path) -> None:
    with closing(sqlite3.connect(file)) as vault, closing(sqlite3.connect(to)) as copy:
        vault.backup(copy)
