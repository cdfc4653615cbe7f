"""What the tests of the case API do over and over, in the words of the desk."""

from itertools import count
from typing import Any

from tests.support.app import Client, System

ROOT = "/cases/v1"
BRIEF = "Workers paid recruitment fees. Please answer."
TRIAGE = {
    "issues": ["REC-FEE", "DOC-RET"],
    "admissible": True,
    "admissibility_reason": "Within the mandate.",
    "danger_now": False,
}
NOW_NAMES = count(1)
HANDLING = {"Redress-Purpose": "handling"}


def open_case(client: Client, **words: Any) -> str:
    answer = client.post(f"{ROOT}/cases", {"channel": "hotline", "language": "my", **words})
    assert answer.status_code == 201, answer.text
    case_id: str = answer.json()["case_id"]
    return case_id


def register(client: Client, **words: Any) -> str:
    body = {"name": f"Golden Prawn {next(NOW_NAMES)}", "kind": "employer", "country": "TH", **words}
    answer = client.post(f"{ROOT}/organisations", body)
    assert answer.status_code == 201, answer.text
    organisation_id: str = answer.json()["organisation_id"]
    return organisation_id


def send(client: Client, case_id: str, command: str, **body: Any) -> Any:
    return client.post(f"{ROOT}/cases/{case_id}/{command}", body)


def do(client: Client, case_id: str, command: str, **body: Any) -> dict[str, Any]:
    answer = send(client, case_id, command, **body)
    assert answer.status_code == 200, answer.text
    done: dict[str, Any] = answer.json()
    return done


def refused(answer: Any, gate: str) -> None:
    assert answer.status_code == 409, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["type"], problem["gate"]) == ("urn:redress:problem:gate-closed", gate)
    assert problem["opens"]


def show(client: Client, case_id: str, *, unsealed: bool = False, **past: Any) -> dict[str, Any]:
    answer = client.get(f"{ROOT}/cases/{case_id}", headers=HANDLING if unsealed else None, **past)
    assert answer.status_code == 200, answer.text
    case: dict[str, Any] = answer.json()
    assert answer.headers["ETag"] == f'"{case["version"]}"'
    return case


def engaged(system: System, **words: Any) -> tuple[str, str]:
    """Return a case that has been put before an organisation, and the organisation."""
    office = system.operator
    case_id, plant = open_case(office, **words), register(office)
    do(office, case_id, "triage", **TRIAGE)
    do(office, case_id, "consent", recipient=plant, purpose="disclose-facts")
    do(office, case_id, "name-respondent", organisation_id=plant, role="employer")
    do(office, case_id, "escalate", organisation_id=plant, level="employer", brief=BRIEF)
    return case_id, plant


def planned(system: System) -> tuple[str, str]:
    """Return a case with a plan of one item in money, and the item."""
    case_id, plant = engaged(system)
    do(system.operator, case_id, "respond", organisation_id=plant, position="accepted", text="We will repay.")
    item = {
        "remedy": "RM-FEE",
        "owner": "plant",
        "due_on": "2026-04-30",
        "claimed": {"amount": "6000.00", "currency": "THB"},
        "assessed": {"amount": "5000.00", "currency": "THB"},
    }
    do(system.operator, case_id, "plan", items=[item], complainant_consulted=True)
    (remedy,) = show(system.operator, case_id)["remedies"]
    return case_id, remedy["item_id"]
