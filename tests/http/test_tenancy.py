"""Two tenants on one system: neither finds, changes, counts or names anything of the other."""

import asyncio
import re
import time
from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import UUID

import pytest

from services.intake.domain.subjects import subject_stream
from shared.clock import system_clock
from shared.events.arrivals import PayloadQuarantined
from shared.events.attachments import AttachmentAnnounced, attachment_id
from shared.events.envelope import Actor, Event
from shared.eventstore.context import CommandContext
from shared.ids import new_id
from shared.privacy.reading import access_stream
from shared.rights import Role
from shared.web.app import doors
from tests.http.cases_desk import BRIEF, ROOT, TRIAGE, do, open_case, register
from tests.support.app import NOWHERE, Client, System

MESSAGE = {"channel": "line", "account": "desk", "external_id": "m-1", "sender": "Aung", "text": "Help."}


ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Desk(NamedTuple):
    """The people of one tenant, and the ids of what is theirs by the name of the parameter."""

    tenant: str
    clients: dict[str, Client]
    ids: dict[str, str]

    @property
    def office(self) -> Client:
        """Somebody who may do nearly everything."""
        return self.clients["supervisor"]


def desk(system: System, tenant: str, saying: str = "Help.") -> Desk:
    """Let a tenant work: a message in its report, a case, an organisation, a notification."""
    clients = {
        role.value: system.client(
            role, name=f"the-{role}", tenant=tenant, organisation=NOWHERE if role is Role.PARTNER else None
        )
        for role in Role
    }
    office = clients["supervisor"]
    taken = office.post("/intake/v1/messages", MESSAGE | {"text": saying}).json()
    report_id = office.get(f"/intake/v1/messages/{taken['message_id']}", wait=taken["position"]).json()["report_id"]
    case_id = open_case(office, site=f"plant of {tenant}", summary=saying)
    plant = register(office, name="Golden Prawn", contact={"channel": "email", "address": "plant@example.com"})
    do(office, case_id, "triage", **TRIAGE)
    do(office, case_id, "consent", recipient=plant, purpose="disclose-facts")
    do(office, case_id, "escalate", organisation_id=plant, level="employer", brief=BRIEF)
    done = do(office, case_id, "acknowledge", channel="line")
    told = office.get("/notify/v1/notifications", wait=done["position"], case_id=case_id).json()["items"]
    kept = office.post(f"{ROOT}/filters", {"name": tenant, "filter": {"country": "TH"}}).json()
    words = {"name": tenant, "language": "en", "text": "Called."}
    worded = office.post(f"{ROOT}/note-templates", words).json()
    office.get(f"{ROOT}/note-templates", wait=worded["position"])
    link = office.get(f"{ROOT}/cases/{case_id}/answer-links").json()["items"][0]["path"]
    handed = system.http.post(
        f"{ROOT}/answers/evidence",
        json={"token": link.rsplit("/", 1)[-1], "name": "receipt.txt", "content": "UGFpZCBpbiBmdWxsLg=="},
    ).json()
    reviewed = office.post(f"{ROOT}/organisations/{plant}/review", {"channel": "app", "stars": {"pay": 2}}).json()
    hook = clients["admin"].post("/notify/v1/subscriptions", {"url": "http://127.0.0.1:9/hook"}).json()
    ids = {
        "subscription_id": hook["subscription_id"],
        "evidence_id": handed["evidence"][0]["evidence_id"],
        "review_id": reviewed["review_id"],
        "kept_id": str(kept_for(system, tenant)),
        "attachment_id": str(attached_to(system, tenant, UUID(taken["message_id"]))),
        "message_id": taken["message_id"],
        "report_id": report_id,
        "case_id": case_id,
        "organisation_id": plant,
        "notification_id": next(
            one["notification_id"] for one in told if one["audience"] == "respondent" and one["state"] != "suppressed"
        ),
        "service": "cases",
        "stream_id": case_id,
        "filter_id": kept["filter_id"],
        "template_id": worded["template_id"],
    }
    return Desk(tenant, clients, ids)


def kept_for(system: System, tenant: str) -> UUID:
    """Put something on record that a provider sent to a tenant and nobody could read."""
    event = PayloadQuarantined(channel="line", account="desk", reason="unreadable", raw="?")
    return put(system, tenant, new_id(), event)


def attached_to(system: System, tenant: str, message_id: UUID) -> UUID:
    """Say that a file belongs to a message."""
    event = AttachmentAnnounced(message_id=message_id, place=0, channel="line", account="desk", kind="image")
    return put(system, tenant, attachment_id(message_id, 0), event)


def put(system: System, tenant: str, stream_id: UUID, event: Event) -> UUID:
    """Put a first fact on intake's record."""
    context = CommandContext(
        actor=Actor("channel:line/desk", "channel"), now=system_clock(), correlation_id=new_id(), tenant=tenant
    )

    async def write() -> None:
        await system.house.stores["intake"].write(context, lambda unit: unit.append(stream_id, 0, [event], context))

    portal = system.http.portal
    assert portal is not None
    portal.call(write)
    return stream_id


@pytest.fixture(scope="module")
def desks(system: System) -> tuple[Desk, Desk]:
    return desk(system, "acme"), desk(system, "other")


def walk(system: System) -> Iterator[tuple[str, str, Any]]:
    """Yield every route with an id in its path: method, path, and a body that would be taken."""
    document = system.openapi()
    for door in (one for app in system.apps for one in doors(app)):
        if not re.search(r"\{\w+_id\}", door.path):
            continue
        # Pages are not described: they take no body.
        operation = document["paths"].get(door.path, {}).get(door.method.lower(), {})
        content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        name = content.get("schema", {}).get("$ref", "").rsplit("/", 1)[-1]
        examples = document["components"]["schemas"].get(name, {}).get("examples", [{}])
        yield door.method, door.path, examples[0]


def test_every_id_of_another_tenant_is_unknown_on_every_route_to_every_role(
    system: System, desks: tuple[Desk, Desk]
) -> None:
    tried = 0
    for mine, theirs in (desks, desks[::-1]):
        for method, path, body in walk(system):
            url = path.format_map(theirs.ids)
            for role, client in mine.clients.items():
                headers = {"Authorization": f"Bearer {client.key}", "Redress-Break-Glass": "They need help at once."}
                answer = system.http.request(method, url, headers=headers, json=body if method == "POST" else None)
                assert answer.status_code in {403, 404}, (role, method, path, answer.text)
                if answer.status_code == 404:
                    tried += 1
                    missing = path.format_map(
                        {name: NOWHERE if ID.fullmatch(one) else one for name, one in theirs.ids.items()}
                    )
                    nothing = system.http.request(
                        method, missing, headers=headers, json=body if method == "POST" else None
                    )
                    assert ID.sub(NOWHERE, answer.text) == ID.sub(NOWHERE, nothing.text)
    assert tried > 150


def test_the_same_ids_open_for_their_own(system: System, desks: tuple[Desk, Desk]) -> None:
    for mine in desks:
        for method, path, _ in walk(system):
            if method == "GET":
                assert in_a_while(mine.office, path.format_map(mine.ids)) == 200, path


def in_a_while(client: Client, path: str) -> int:
    """Return what a path is answered with; what is not in the ledger yet is asked for again."""
    for _ in range(100):
        status = client.get(path).status_code
        if status == 200 or "/ledger/" not in path:
            return int(status)
        time.sleep(0.1)
    return int(status)


@pytest.mark.parametrize(
    "path",
    [
        "/cases/v1/cases",
        "/cases/v1/organisations",
        "/intake/v1/reports",
        "/notify/v1/notifications",
    ],
)
def test_lists_hold_and_count_nothing_of_others(system: System, desks: tuple[Desk, Desk], path: str) -> None:
    service = path.split("/")[1]
    everything = f"{service}:{asyncio.run(system.house.stores[service].head())}"
    for mine, theirs in (desks, desks[::-1]):
        shown = mine.office.get(path, limit=200, wait=everything)
        assert shown.json()["total"] == len(shown.json()["items"]) > 0
        for foreign in filter(ID.fullmatch, theirs.ids.values()):
            assert foreign not in shown.text
        assert f"plant of {theirs.tenant}" not in shown.text
        assert '"tenant"' not in shown.text


def test_filters_find_nothing_of_others(desks: tuple[Desk, Desk]) -> None:
    mine, theirs = desks
    assert mine.office.get(f"{ROOT}/cases", text=f"plant of {theirs.tenant}").json()["total"] == 0
    assert mine.office.get(f"{ROOT}/cases", respondent=theirs.ids["organisation_id"]).json()["total"] == 0
    assert mine.office.get("/notify/v1/notifications", case_id=theirs.ids["case_id"]).json()["total"] == 0


def test_figures_count_nothing_of_others(system: System) -> None:
    mine, theirs = desks = desk(system, "here"), desk(system, "there")
    done = [open_case(theirs.office, workers=777) for _ in range(3)]
    position = do(theirs.office, done[0], "note", text="Now.")["position"]
    for client in (mine.office, theirs.office):
        client.get("/reporting/v1/reports", wait=position)
    (row,) = mine.office.get("/reporting/v1/reports/volume", group_by="total").json()["rows"]
    assert (row["contacts"], row["cases"], row["workers"]) == (1, 1, 1)
    (row,) = theirs.office.get("/reporting/v1/reports/volume", group_by="total").json()["rows"]
    assert (row["contacts"], row["cases"]) == (1, 4)
    now = system.house.clock().isoformat()
    (row,) = mine.office.get("/reporting/v1/reports/volume", group_by="total", as_of=now).json()["rows"]
    assert (row["contacts"], row["cases"]) == (1, 1)
    pages = [one.office.get("/").text for one in desks]
    assert "for 1 workers" in pages[0]
    assert "2,332" in pages[1]
    assert "2,332" not in pages[0]
    nobody = system.client(Role.AUDITOR, tenant="empty")
    assert "make demo" in nobody.get("/").text


def test_the_same_message_number_in_two_tenants_is_two_messages(desks: tuple[Desk, Desk]) -> None:
    mine, theirs = desks
    assert mine.ids["message_id"] != theirs.ids["message_id"]
    assert mine.ids["report_id"] != theirs.ids["report_id"]
    again = mine.office.post("/intake/v1/messages", MESSAGE)
    assert (again.status_code, again.json()["message_id"]) == (200, mine.ids["message_id"])


def test_the_same_idempotency_key_and_holder_in_two_tenants_are_two_requests(desks: tuple[Desk, Desk]) -> None:
    key = {"Idempotency-Key": "once"}
    body = {"channel": "hotline", "language": "my"}
    first, second = (one.office.post(f"{ROOT}/cases", body, headers=key).json() for one in desks)
    assert first["case_id"] != second["case_id"]
    assert desks[0].office.post(f"{ROOT}/cases", body, headers=key).json()["case_id"] == first["case_id"]


def test_an_empty_idempotency_key_is_none_and_shared_by_nobody(desks: tuple[Desk, Desk]) -> None:
    body, key = {"channel": "hotline", "language": "my"}, {"Idempotency-Key": ""}
    opened = [one.office.post(f"{ROOT}/cases", body, headers=key).json()["case_id"] for one in (*desks, *desks)]
    assert len(set(opened)) == 4


def test_an_organisation_of_the_same_name_is_registered_in_each_tenant_and_used_in_its_own(
    desks: tuple[Desk, Desk],
) -> None:
    mine, theirs = desks
    assert mine.ids["organisation_id"] != theirs.ids["organisation_id"]
    refused = mine.office.post(f"{ROOT}/organisations", {"name": "golden prawn", "kind": "employer", "country": "TH"})
    assert (refused.status_code, refused.json()["organisation_id"]) == (409, mine.ids["organisation_id"])
    case_id = mine.ids["case_id"]
    for command, body in (
        ("name-respondent", {"organisation_id": theirs.ids["organisation_id"], "role": "employer"}),
        ("consent", {"recipient": theirs.ids["organisation_id"], "purpose": "disclose-facts"}),
    ):
        answer = mine.office.post(f"{ROOT}/cases/{case_id}/{command}", body)
        assert (answer.status_code, answer.json()["gate"]) == (409, "registered-organisation")
    survivor = {"reason": "duplicate", "explanation": "The same.", "surviving_case_id": theirs.ids["case_id"]}
    assert mine.office.post(f"{ROOT}/cases/{case_id}/close", survivor).status_code in {409, 422}


def test_a_tenant_is_never_taken_from_what_is_sent(desks: tuple[Desk, Desk]) -> None:
    mine, theirs = desks
    told = {"X-Tenant": theirs.tenant, "Redress-Tenant": theirs.tenant}
    assert mine.office.get(f"{ROOT}/cases/{theirs.ids['case_id']}", headers=told).status_code == 404
    body = {"channel": "hotline", "language": "my", "tenant": theirs.tenant}
    assert mine.office.post(f"{ROOT}/cases", body).status_code == 422


def test_every_fact_bears_its_tenant(desks: tuple[Desk, Desk]) -> None:
    for mine in desks:
        history = mine.office.get(f"{ROOT}/cases/{mine.ids['case_id']}/events").json()["items"]
        assert {one["envelope"]["tenant"] for one in history} == {mine.tenant}


def test_nobody_of_another_tenant_touches_a_person(system: System) -> None:
    mine, theirs = desk(system, "near"), desk(system, "far")
    subject = mine.office.get(f"/intake/v1/reports/{mine.ids['report_id']}").json()["subject"]
    commands = {
        "hold": {"order": "File 1"},
        "correct": {"about": "summary", "text": "It was otherwise."},
        "lift-hold": {"order": "File 1"},
        "erase": {"reason": "request"},
    }
    root = f"/intake/v1/subjects/{subject}"
    for command, body in commands.items():
        assert theirs.office.post(f"{root}/{command}", body).status_code == 404, command
    for command, body in commands.items():
        assert mine.office.post(f"{root}/{command}", body).status_code == 200, command
    assert (mine.office.get(f"{root}/proof").status_code, theirs.office.get(f"{root}/proof").status_code) == (200, 404)
    erased = system.house.stores["intake"]
    assert {fact.envelope.tenant for fact in asyncio.run(erased.stream(subject_stream(UUID(subject))))} == {"near"}


def test_who_opened_a_file_is_on_record_in_the_tenant_of_the_file(system: System) -> None:
    mine = desk(system, "open")
    path = f"/intake/v1/reports/{mine.ids['report_id']}"
    shown = mine.office.get(path, headers={"Redress-Purpose": "handling"}).json()
    assert shown["messages"][0]["text"] == "Help."
    stream = access_stream("intake", UUID(shown["subject"]))
    (viewed,) = asyncio.run(system.house.stores["intake"].stream(stream))
    assert (viewed.envelope.tenant, viewed.envelope.actor.id) == ("open", "the-supervisor")
