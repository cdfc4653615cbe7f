"""The desk: what waits and for whom, tasks, kept filters, templates of notes, and one command on many cases."""

from typing import Any

import pytest

from shared.ids import new_id
from shared.rights import Role, Scope
from tests.http.cases_desk import BRIEF, HANDLING, ROOT, TRIAGE, do, open_case, register
from tests.support.app import Client, System


def counted(client: Client, position: str) -> dict[str, int]:
    answer = client.get(f"{ROOT}/queues", wait=position)
    assert answer.status_code == 200, answer.text
    return {item["queue"]: item["cases"] for item in answer.json()["items"]}


def listed(client: Client, queue: str, position: str) -> set[str]:
    answer = client.get(f"{ROOT}/cases", wait=position, queue=queue, limit=200)
    assert answer.status_code == 200, answer.text
    return {row["case_id"] for row in answer.json()["items"]}


def test_each_case_stands_in_the_queues_of_what_it_waits_for(system: System) -> None:
    office = system.client(Role.SUPERVISOR, tenant="queues", team="mekong")
    plant = register(office)
    fresh = open_case(office)
    burning = open_case(office)
    do(office, burning, "triage", **TRIAGE | {"issues": ["MOV-RES"], "danger_now": True})
    do(office, burning, "assign", assignee=office_id(office), team="mekong")
    asked = open_case(office)
    do(office, asked, "triage", **TRIAGE)
    do(office, asked, "assign", assignee="somebody-else", team="mekong")
    do(office, asked, "consent", recipient=plant, purpose="disclose-facts")
    do(office, asked, "escalate", organisation_id=plant, level="employer", brief=BRIEF)
    ended = open_case(office)
    position = str(do(office, ended, "close", reason="unremedied", explanation="Asked to end it.")["position"])
    expected = {
        "mine": {burning},
        "team": {burning, asked},
        "unassigned": {fresh},
        "overdue": set[str](),
        "crisis": {burning},
        "waiting-worker": set[str](),
        "waiting-employer": {asked},
    }
    assert {queue: listed(office, queue, position) for queue in expected} == expected
    assert counted(office, position) == {queue: len(cases) for queue, cases in expected.items()}


def office_id(client: Client) -> str:
    """Return the id of a client's key: cases that it opens say so."""
    case_id = open_case(client)
    found: str = client.get(f"{ROOT}/cases/{case_id}").json()["opened_by"]
    client.post(f"{ROOT}/cases/{case_id}/close", {"reason": "unremedied", "explanation": "Only asked who we are."})
    return found


def test_queues_hold_only_what_the_caller_may_know_of(system: System) -> None:
    chief = system.client(Role.SUPERVISOR, tenant="reach")
    theirs = open_case(chief)
    position = str(do(chief, theirs, "assign", assignee="another")["position"])
    own = system.client(Role.OPERATOR, tenant="reach", scope=Scope.OWN)
    assert counted(chief, position)["unassigned"] == 0
    assert listed(own, "unassigned", position) == set()
    assert sum(counted(own, position).values()) == 0


def test_many_cases_are_assigned_by_a_fact_each_and_a_refusal_holds_up_no_other(system: System) -> None:
    office = system.operator
    cases = [open_case(office) for _ in range(3)]
    do(office, cases[1], "close", reason="unremedied", explanation="Asked to end it.")
    stranger = str(new_id())
    body = {"case_ids": [*cases, stranger], "assignee": "colleague", "team": "mekong"}
    answer = office.post(f"{ROOT}/bulk/assign", body, headers={"Idempotency-Key": "bulk-1"})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["done"], told["refused"]) == (2, 2)
    outcomes = {item["case_id"]: item.get("refused", {}).get("type") for item in told["items"]}
    gate, missing = "urn:redress:problem:gate-closed", "urn:redress:problem:not-found"
    assert outcomes == {cases[0]: None, cases[1]: gate, cases[2]: None, stranger: missing}
    again = office.post(f"{ROOT}/bulk/assign", body, headers={"Idempotency-Key": "bulk-1"}).json()
    assert again["items"][0] == told["items"][0]
    history = office.get(f"{ROOT}/cases/{cases[0]}/events").json()["items"]
    assert [one["envelope"]["type"] for one in history] == ["cases.case-opened", "cases.case-assigned"]


def test_many_cases_get_the_same_note(system: System) -> None:
    cases = [open_case(system.operator) for _ in range(2)]
    told = system.operator.post(f"{ROOT}/bulk/note", {"case_ids": cases, "text": "The plant is closed."}).json()
    assert told["done"] == 2
    for case_id in cases:
        history = system.operator.get(f"{ROOT}/cases/{case_id}/events", headers=HANDLING).json()["items"]
        assert history[-1]["data"]["text"] == "The plant is closed."


@pytest.mark.parametrize("case_ids", [[], ["x"], [str(new_id())] * 501])
def test_a_bulk_names_from_one_to_five_hundred_cases(system: System, case_ids: list[str]) -> None:
    assert system.operator.post(f"{ROOT}/bulk/note", {"case_ids": case_ids, "text": "x"}).status_code == 422


def test_a_bulk_does_not_take_the_version_of_one_case(system: System) -> None:
    body = {"case_ids": [open_case(system.operator)], "text": "x"}
    answer = system.operator.post(f"{ROOT}/bulk/note", body, headers={"If-Match": '"1"'})
    assert answer.status_code == 422
    assert answer.json()["field"] == "If-Match"


def test_a_task_waits_for_its_person_until_it_is_done(system: System) -> None:
    office, case_id = system.operator, open_case(system.operator)
    words = {"what": "Ask the bank.", "assignee": "colleague"}
    later = do(office, case_id, "task", **words, due_at="2099-01-01T00:00:00Z")
    do(office, case_id, "task", **words | {"what": "Call the sister.", "assignee": "third"})

    def waiting(position: str, **more: Any) -> list[dict[str, Any]]:
        answer = system.colleague.get(f"{ROOT}/tasks", wait=position, **more)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return [task for item in found if item["case_id"] == case_id for task in item["tasks"]]

    (task,) = waiting(str(later["position"]))
    assert (task["what"], task["due_at"]) == ("*******", "2099-01-01T00:00:00Z")
    (opened,) = waiting(str(later["position"]), headers=HANDLING)
    assert opened["what"] == "Ask the bank."
    done = do(office, case_id, "finish-task", task_id=task["task_id"], outcome="The statement is here.")
    assert waiting(str(done["position"])) == []
    assert do(office, case_id, "finish-task", task_id=task["task_id"])["version"] == done["version"]
    case = office.get(f"{ROOT}/cases/{case_id}", headers=HANDLING).json()
    assert [one["outcome"] for one in case["tasks"]] == ["The statement is here.", None]


def test_a_task_lies_ahead_and_a_case_knows_its_own_tasks_only(system: System) -> None:
    case_id = open_case(system.operator)
    past = {"what": "Too late.", "assignee": "colleague", "due_at": "2020-01-01T00:00:00Z"}
    assert system.operator.post(f"{ROOT}/cases/{case_id}/task", past).status_code == 422
    gone = {"task_id": str(new_id())}
    assert system.operator.post(f"{ROOT}/cases/{case_id}/finish-task", gone).status_code == 404


def test_a_filter_is_kept_by_name_and_seen_by_others_once_it_is_shared(system: System) -> None:
    wanted = {"issue": "REC-FEE", "country": "TH", "overdue": "true"}
    kept = system.operator.post(f"{ROOT}/filters", {"name": "Fees", "filter": wanted}).json()

    def names(client: Client, position: str) -> list[str]:
        return [item["name"] for item in client.get(f"{ROOT}/filters", wait=position).json()["items"]]

    assert (names(system.operator, kept["position"]), names(system.colleague, kept["position"])) == (["Fees"], [])
    body = {"name": "Fees", "filter": wanted, "shared": True}
    shared = system.operator.post(f"{ROOT}/filters", body).json()
    assert shared["filter_id"] == kept["filter_id"]
    assert names(system.colleague, shared["position"]) == ["Fees"]
    refused = system.colleague.post(f"{ROOT}/filters/{kept['filter_id']}/remove")
    assert refused.status_code == 403
    removed = system.supervisor.post(f"{ROOT}/filters/{kept['filter_id']}/remove").json()
    assert names(system.operator, removed["position"]) == []


@pytest.mark.parametrize("wanted", [{}, {"colour": "red"}, {"issue": "fees"}, {"limit": "5"}])
def test_a_filter_that_the_list_would_refuse_is_not_kept(system: System, wanted: dict[str, str]) -> None:
    assert system.operator.post(f"{ROOT}/filters", {"name": "Odd", "filter": wanted}).status_code == 422


def test_a_template_is_filled_in_for_a_case(system: System) -> None:
    text = "Called back about {number} at {site}."
    kept = system.supervisor.post(f"{ROOT}/note-templates", {"name": "Call", "language": "en", "text": text}).json()
    listed = system.operator.get(f"{ROOT}/note-templates", wait=kept["position"], language="en").json()["items"]
    assert [item["text"] for item in listed] == [text]
    case_id = open_case(system.operator, site="Mahachai")
    number = system.operator.get(f"{ROOT}/cases/{case_id}").json()["number"]
    path = f"{ROOT}/cases/{case_id}/note-templates/{kept['template_id']}"
    assert system.operator.get(path).json()["text"] == f"Called back about {number} at Mahachai."
    assert system.operator.post(f"{ROOT}/note-templates/{kept['template_id']}/remove").status_code == 403


@pytest.mark.parametrize("text", ["{complainant} called", "{0}", "half {open", "{number.__class__}"])
def test_a_template_leaves_nothing_else_open(system: System, text: str) -> None:
    body = {"name": "Odd", "language": "en", "text": text}
    assert system.supervisor.post(f"{ROOT}/note-templates", body).status_code == 422
