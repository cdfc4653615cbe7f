"""A partner follows the cases that are shared with them: from the first fact on, in order, and nothing of a person."""

import json
from typing import Any

import pytest

from shared.rights import Role
from tests.http.cases_desk import BRIEF, TRIAGE, do, open_case, register
from tests.support.app import Client, System

FEED = "/notify/v1/feed"


def story(system: System, plant: str, other: str) -> tuple[str, str]:
    """A case that two organisations are asked about; return its id and the place behind its last fact."""
    office = system.operator
    case_id = open_case(office, summary="Passport withheld", complainant={"name": "Aye Aye Mon"})
    do(office, case_id, "acknowledge", no_safe_channel_because="None was given.")
    do(office, case_id, "triage", **TRIAGE)
    for organisation, level in ((plant, "employer"), (other, "buyer")):
        do(office, case_id, "consent", recipient=organisation, purpose="disclose-facts")
        do(office, case_id, "name-respondent", organisation_id=organisation, role="employer")
        do(office, case_id, "escalate", organisation_id=organisation, level=level, brief=BRIEF)
    do(office, case_id, "respond", organisation_id=other, position="disputed", text="We deny it.")
    closed = do(system.supervisor, case_id, "close", reason="unremedied", explanation="The plant refused.")
    return case_id, closed["position"]


@pytest.fixture(scope="module")
def followed(system: System) -> tuple[str, Client, str, str]:
    """A closed case, a partner it is shared with, the partner's organisation, and the place to wait for."""
    plant, other = register(system.operator), register(system.operator)
    case_id, position = story(system, plant, other)
    settled = system.operator.get("/notify/v1/notifications", wait=position)
    assert settled.status_code == 200
    return case_id, system.client(Role.PARTNER, organisation=plant), plant, other


def pages(client: Client, limit: int, **asked: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after: dict[str, Any] = {}
    while True:
        answer = client.get(FEED, limit=limit, **asked, **after)
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        if not answer.json()["more"]:
            return found
        after = {"after": answer.json()["next"]}


def test_a_partner_follows_their_part_from_the_first_fact_on(
    system: System, followed: tuple[str, Client, str, str]
) -> None:
    case_id, partner, plant, _other = followed
    told = pages(partner, 100)
    assert [one["type"] for one in told] == ["cases.case-triaged", "cases.case-escalated", "cases.case-closed"]
    assert {one["case_id"] for one in told} == {case_id}
    assert (told[1]["data"]["organisation_id"], told[2]["data"]) == (plant, {"reason": "unremedied"})
    text = json.dumps(told)
    assert not [word for word in ("Passport", "Aye", "deny", "refused", "sealed:", "recruitment") if word in text]
    assert pages(system.client(Role.PARTNER, organisation=register(system.operator)), 100) == []


def test_pages_of_any_size_leave_nothing_out_and_repeat_nothing(followed: tuple[str, Client, str, str]) -> None:
    partner = followed[1]
    whole = pages(partner, 100)
    assert pages(partner, 1) == whole
    behind_the_first = partner.get(FEED, after=whole[0]["cursor"]).json()["items"]
    assert [one["id"] for one in behind_the_first] == [one["id"] for one in whole[1:]]


def test_some_types_only_and_none_that_is_not_shared(followed: tuple[str, Client, str, str]) -> None:
    partner = followed[1]
    assert [one["type"] for one in pages(partner, 100, type="cases.case-closed")] == ["cases.case-closed"]
    assert partner.get(FEED, type="cases.note-added").status_code == 422
    assert partner.get(FEED, after="???").status_code == 422


def test_a_stream_tells_the_same_and_goes_on_behind_the_last_event(followed: tuple[str, Client, str, str]) -> None:
    partner = followed[1]
    whole = pages(partner, 100)
    streamed = partner.get(f"{FEED}/stream")
    assert streamed.headers["content-type"].startswith("text/event-stream")
    events = [json.loads(line[6:]) for line in streamed.text.splitlines() if line.startswith("data: ")]
    assert [one["id"] for one in events] == [one["id"] for one in whole]
    rest = partner.get(f"{FEED}/stream", headers={"Last-Event-ID": events[1]["cursor"]})
    assert [line for line in rest.text.splitlines() if line.startswith("event: ")] == ["event: cases.case-closed"]


def test_what_is_no_longer_shared_is_no_longer_told(system: System) -> None:
    plant, other = register(system.operator), register(system.operator)
    case_id, _position = story(system, plant, other)
    partner = system.client(Role.PARTNER, organisation=plant)
    do(system.supervisor, case_id, "reopen", reason="They called again.")
    taken_back = do(system.operator, case_id, "withdraw-consent", recipient=plant, purpose="disclose-facts")
    assert system.operator.get("/notify/v1/notifications", wait=taken_back["position"]).status_code == 200
    assert pages(partner, 100) == []
