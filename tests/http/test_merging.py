"""Reports that may be one are shown, merged by a person and split again; some channels need no person."""

from itertools import count
from pathlib import Path
from typing import Any

from services.__main__ import BUILDERS
from services.intake import bootstrap as intake
from services.intake.settings import Settings
from tests.support.app import System, embedded, running

PREFIX = "/intake/v1"
SAID = "They keep our passports and we have not been paid"
GRIEVANCE = {"issues": ["WAG-NON"], "country": "TH", "summary": "unpaid"}
_numbers = count(1)


def report(system: System, text: str = SAID, **more: Any) -> tuple[str, str]:
    """Send a message; return its report and its receipt."""
    body = {"channel": "form", "account": "web", "external_id": f"m-{next(_numbers)}", "text": text, **more}
    taken = system.channel.post(f"{PREFIX}/messages", body).json()
    shown = system.operator.get(f"{PREFIX}/messages/{taken['message_id']}", wait=taken["position"]).json()
    return shown["report_id"], taken["receipt"]


def decide(system: System, report_id: str, what: str, **body: Any) -> Any:
    return system.operator.post(f"{PREFIX}/reports/{report_id}/{what}", body)


def row(system: System, report_id: str, position: str) -> Any:
    return system.operator.get(f"{PREFIX}/reports/{report_id}", wait=position).json()


def test_reports_that_speak_of_the_same_are_shown_with_why(system: System) -> None:
    one, _ = report(system, channel="line", sender="u-9")
    other, _ = report(system, channel="sms", sender="+66812345678")
    thanks, _ = report(system, "thank you")
    found = system.operator.get(f"{PREFIX}/reports/{one}/duplicates").json()["items"]
    assert {"report_id": other, "because": ["DOC-RET", "WAG-NON"]}.items() <= next(
        entry for entry in found if entry["report_id"] == other
    ).items()
    assert thanks not in {entry["report_id"] for entry in found}


def test_a_merged_report_is_spoken_for_and_can_be_split_again(system: System) -> None:
    (one, receipt), (other, _) = report(system), report(system)
    merged = decide(system, one, "merge", into=other).json()
    assert (row(system, one, merged["position"])["state"], row(system, other, merged["position"])["joined"]) == (
        "merged",
        [one],
    )
    assert decide(system, one, "accept").status_code == 409
    split = decide(system, one, "split").json()
    assert (row(system, one, split["position"])["state"], row(system, other, split["position"])["joined"]) == (
        "open",
        [],
    )
    decide(system, one, "merge", into=other)
    accepted = decide(system, other, "accept").json()
    assert decide(system, one, "split").status_code == 409
    system.operator.get(f"{PREFIX}/reports", wait=accepted["position"])
    assert system.http.get(f"{PREFIX}/receipts/{receipt}").json()["state"] == "accepted"


def test_a_report_is_not_merged_into_itself_nor_in_a_chain(system: System) -> None:
    (one, _), (other, _), (third, _) = report(system), report(system), report(system)
    assert decide(system, one, "merge", into=one).status_code == 409
    assert decide(system, one, "merge", into=other).status_code == 200
    assert decide(system, other, "merge", into=third).status_code == 409
    assert decide(system, third, "merge", into=one).status_code == 409


def test_what_was_taken_for_spam_is_looked_through_and_taken_back(system: System) -> None:
    one, _ = report(system)
    done = decide(system, one, "dismiss", reason="spam").json()
    spam = system.operator.get(f"{PREFIX}/reports", wait=done["position"], dismissed_because="spam").json()["items"]
    assert one in {entry["report_id"] for entry in spam}
    again = decide(system, one, "reopen").json()
    assert row(system, one, again["position"])["state"] == "open"
    assert decide(system, one, "reopen").status_code == 409


def test_complete_reports_of_a_named_channel_become_cases_by_themselves(tmp_path: Path) -> None:
    settings = Settings(by_themselves=frozenset({"form/web"}))
    builders = {**BUILDERS, "intake": lambda parts, _logs: intake.build(parts, settings)}
    with running(embedded(tmp_path, builders=builders)) as system:
        complete, receipt = report(system, grievance=GRIEVANCE, language="en")
        waiting, _ = report(system, "We are not paid", language="en")
        other, _ = report(system, channel="app", grievance=GRIEVANCE, language="en")
        states = {one["report_id"]: one["state"] for one in system.operator.get(f"{PREFIX}/reports").json()["items"]}
        assert states == {complete: "accepted", waiting: "open", other: "open"}
        assert system.http.get(f"{PREFIX}/receipts/{receipt}").json()["state"] == "accepted"
