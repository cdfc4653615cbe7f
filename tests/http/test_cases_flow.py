"""A case from its opening to a remedy that the worker has confirmed, over HTTP."""

from concurrent.futures import ThreadPoolExecutor

from tests.http.cases_desk import HANDLING, ROOT, TRIAGE, do, engaged, open_case, planned, register, send, show
from tests.support.app import System


def test_a_worker_gets_the_fees_back_and_says_so(system: System) -> None:
    case_id, item_id = planned(system)
    part = {"amount": "2000.50", "currency": "THB"}
    rest = {"amount": "2999.50", "currency": "THB"}
    do(system.operator, case_id, "assign", assignee="operator")
    do(system.operator, case_id, "complete-item", item_id=item_id, evidence="receipt 1", complete=False, paid=part)
    assert show(system.auditor, case_id)["state"] == "remediating"
    do(system.operator, case_id, "complete-item", item_id=item_id, evidence="receipt 2", paid=rest)
    assert show(system.auditor, case_id)["state"] == "remedy_reported"
    do(system.colleague, case_id, "verify-item", item_id=item_id, outcome="confirmed", statement="All of it.")
    assert show(system.auditor, case_id)["state"] == "verifying"
    done = do(system.supervisor, case_id, "close", reason="remedied", explanation="Repaid and confirmed.")

    case = show(system.auditor, case_id)
    assert (case["state"], case["close_reason"], case["version"]) == ("closed", "remedied", done["version"])
    assert (case["severity"], case["issues"], case["level"]) == ("S2", ["REC-FEE", "DOC-RET"], "employer")
    (remedy,) = case["remedies"]
    assert remedy["paid"] == {"amount": "5000.00", "currency": "THB"}
    assert (remedy["status"], remedy["method"]) == ("verified", "worker-confirmed")
    assert (remedy["reported_by"], remedy["verified_by"]) == (["operator", "operator"], "colleague")
    met = {clock["duty"]: clock["met_at"] is not None for clock in case["clocks"]}
    later = {"check-retaliation": False, "recheck": False}
    assert met == {"acknowledge": False, "assess": True, "answer": True, "remedy": True, **later}
    assert not any(clock["overdue"] for clock in case["clocks"])


def test_a_case_is_reopened_and_keeps_its_first_closure(system: System) -> None:
    case_id = open_case(system.operator)
    do(system.operator, case_id, "close", reason="unremedied", explanation="Asked to end it.")
    do(system.operator, case_id, "reopen", reason="They called again.")
    case = show(system.operator, case_id, unsealed=True)
    assert (case["state"], case["close_reason"]) == ("reopened", None)
    assert [(one["reason"], one["reopened_because"]) for one in case["closures"]] == [
        ("unremedied", "They called again.")
    ]


def test_an_answer_belongs_to_its_escalation(system: System) -> None:
    case_id, plant = engaged(system)
    do(system.operator, case_id, "respond", organisation_id=plant, position="disputed", text="Not our agent.")
    (escalation,) = show(system.operator, case_id, unsealed=True)["escalations"]
    assert (escalation["position"], escalation["text"]) == ("disputed", "Not our agent.")
    assert escalation["organisation_id"] == plant


def test_a_case_is_shown_as_it_was_as_it_was_known_and_at_a_version(system: System) -> None:
    case_id = open_case(system.operator, occurred_at="2026-01-05T08:00:00+07:00")
    do(system.operator, case_id, "triage", **TRIAGE, occurred_at="2026-01-09T08:00:00+07:00")
    do(system.operator, case_id, "acknowledge", channel="hotline", occurred_at="2026-01-06T08:00:00+07:00")
    assert show(system.operator, case_id, version=2)["state"] == "triaged"
    assert show(system.operator, case_id, version=1)["state"] == "received"
    then = show(system.operator, case_id, as_of="2026-01-07T00:00:00Z")
    assert (then["state"], then["severity"]) == ("acknowledged", None)
    late = show(system.operator, case_id, as_of="2026-01-14T00:00:00Z", version=2)
    assert {clock["duty"]: clock["overdue"] for clock in late["clocks"]} == {"acknowledge": True, "assess": True}
    for past in ({"as_of": "2026-01-01T00:00:00Z"}, {"known_at": "2026-01-31T00:00:00Z"}, {"version": 9}):
        answer = system.operator.get(f"{ROOT}/cases/{case_id}", **past)
        assert answer.status_code == 404, past


def test_the_history_holds_every_fact_in_order_with_its_envelope(system: System) -> None:
    case_id = open_case(system.operator)
    do(system.colleague, case_id, "note", text="Calls only after 20:00.")
    history = system.operator.get(f"{ROOT}/cases/{case_id}/events", headers=HANDLING).json()
    assert history["total"] == 2
    opened, note = history["items"]
    assert (opened["envelope"]["type"], note["envelope"]["type"]) == ("cases.case-opened", "cases.note-added")
    assert (opened["envelope"]["stream_version"], note["envelope"]["stream_version"]) == (1, 2)
    assert note["envelope"]["actor"]["id"] == "colleague"
    assert note["data"] == {"text": "Calls only after 20:00."}


def test_a_repeated_idempotency_key_answers_as_the_first_time(system: System) -> None:
    body, key = {"channel": "hotline", "language": "my"}, {"Idempotency-Key": "open-1"}
    first = system.operator.post(f"{ROOT}/cases", body, headers=key).json()
    assert system.operator.post(f"{ROOT}/cases", body, headers=key).json() == first
    other = system.operator.post(f"{ROOT}/cases", {**body, "language": "th"}, headers=key)
    assert other.status_code == 422
    assert system.colleague.post(f"{ROOT}/cases", body, headers=key).json()["case_id"] != first["case_id"]


def test_a_command_on_a_version_that_has_moved_on_is_refused(system: System) -> None:
    case_id = open_case(system.operator)
    path = f"{ROOT}/cases/{case_id}/note"
    assert system.operator.post(path, {"text": "one"}, headers={"If-Match": '"1"'}).status_code == 200
    late = system.operator.post(path, {"text": "two"}, headers={"If-Match": '"1"'})
    assert (late.status_code, late.json()["version"]) == (409, 2)
    (changed,) = late.json()["changed"]
    assert (changed["version"], changed["type"], changed["by"]) == (2, "cases.note-added", "operator")
    assert show(system.operator, case_id)["version"] == 2


def test_of_two_operators_at_once_one_wins_and_the_other_is_told_what_changed(system: System) -> None:
    case_id = open_case(system.operator)
    path, seen = f"{ROOT}/cases/{case_id}/assign", {"If-Match": '"1"'}
    both = {"operator": system.operator, "colleague": system.colleague}
    with ThreadPoolExecutor(len(both)) as pool:
        sent = {name: pool.submit(desk.post, path, {"assignee": name}, headers=seen) for name, desk in both.items()}
    answers = {name: answer.result() for name, answer in sent.items()}
    assert sorted(one.status_code for one in answers.values()) == [200, 409]
    (winner,) = (name for name, one in answers.items() if one.status_code == 200)
    (refusal,) = (one.json() for one in answers.values() if one.status_code == 409)
    assert refusal["type"].endswith("version-mismatch")
    (changed,) = refusal["changed"]
    assert (changed["type"], changed["by"]) == ("cases.case-assigned", winner)
    assert show(system.operator, case_id)["assignee"] == winner


def test_an_organisation_is_registered_once_and_can_be_read(system: System) -> None:
    body = {"name": "Siam Recruiters", "kind": "recruiter", "country": "TH", "os_id": "TH2021250D1DTNJ"}
    answer = system.operator.post(f"{ROOT}/organisations", body)
    organisation_id = answer.json()["organisation_id"]
    again = system.operator.post(f"{ROOT}/organisations", {**body, "name": "SIAM recruiters"})
    assert (again.status_code, again.json()["organisation_id"]) == (409, organisation_id)
    shown = system.auditor.get(f"{ROOT}/organisations/{organisation_id}")
    assert (shown.json()["name"], shown.headers["ETag"]) == ("Siam Recruiters", '"1"')
    page = system.auditor.get(f"{ROOT}/organisations", wait=answer.json()["position"], text="siam", kind="recruiter")
    assert [one["organisation_id"] for one in page.json()["items"]] == [organisation_id]
    assert page.json()["total"] == 1


def test_an_accepted_report_becomes_a_case_under_the_id_that_intake_answered(system: System) -> None:
    message = {
        "channel": "app",
        "account": "test",
        "external_id": "m-1",
        "sender": "worker-1",
        "text": "They keep our passports.",
        "language": "en",
        "grievance": {"issues": ["DOC-RET"], "country": "TH", "workers": 3},
    }
    taken = system.channel.post("/intake/v1/messages", message)
    assert taken.status_code == 202, taken.text
    reports = system.operator.get("/intake/v1/reports", wait=taken.json()["position"]).json()["items"]
    accepted = system.operator.post(f"/intake/v1/reports/{reports[0]['report_id']}/accept", {}).json()
    page = system.operator.get(f"{ROOT}/cases", wait=accepted["position"], issue="DOC-RET", channel="app").json()
    assert [one["case_id"] for one in page["items"]] == [accepted["case_id"]]
    case = show(system.operator, accepted["case_id"])
    assert (case["workers"], case["report_id"]) == (3, reports[0]["report_id"])
    assert send(system.operator, accepted["case_id"], "triage", **TRIAGE).status_code == 200


def test_the_case_and_its_list_agree(system: System) -> None:
    case_id, plant = engaged(system, country="TH", sector="seafood", site="Plant 2")
    done = do(system.operator, case_id, "assign", assignee="colleague", team="mekong")
    page = system.operator.get(f"{ROOT}/cases", wait=done["position"], respondent=plant).json()
    (row,) = page["items"]
    case = show(system.operator, case_id)
    shared = set(row) & set(case) - {"respondents"}
    assert {name: row[name] for name in shared} == {name: case[name] for name in shared}
    assert row["respondents"] == [one["organisation_id"] for one in case["respondents"]]
    assert "summary" not in row
    assert register(system.operator) != plant
