"""Search over what people said: within reach, on record, and nothing of it lies in the index in the clear."""

import asyncio
import hashlib
import json
from typing import Any
from uuid import UUID

import pytest

from services.cases.views import WORDS, WordsRow, has_words
from shared.documents.port import Condition, Query
from shared.documents.storing import encode
from shared.events.cases import CaseFieldsViewed
from shared.privacy.reading import access_stream
from shared.rights import Role, Scope
from tests.http.cases_desk import HANDLING, ROOT, do, open_case
from tests.support.app import Client, System

THAI = "นายหน้ายึดพาสปอร์ตของพวกเราไว้"
BURMESE = "အလုပ်ရှင်က ငွေမပေးဘူး"
KHMER = "ថៅកែយកលិខិតឆ្លងដែនរបស់ខ្ញុំ"
LAO = "ນາຍຈ້າງຢຶດໜັງສືຜ່ານແດນ"


def search(client: Client, words: str, wait: str | None = None, **body: Any) -> dict[str, Any]:
    headers = {**HANDLING, **({"Redress-Wait-For": wait} if wait else {})}
    answer = client.post(f"{ROOT}/search", {"words": words, **body}, headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def ids(found: dict[str, Any]) -> list[str]:
    return [item["case_id"] for item in found["items"]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (THAI, "พาสปอร์ต"),
        (BURMESE, "ငွေမပေး"),
        (KHMER, "លិខិតឆ្លងដែន"),
        (LAO, "ໜັງສືຜ່ານແດນ"),
        ("The agent Zyxwin called twice", "zyxwin AGENT"),
    ],
)
def test_what_a_note_says_is_found(system: System, text: str, words: str) -> None:
    case_id = open_case(system.operator)
    done = do(system.operator, case_id, "note", text=text)
    found = search(system.operator, words, done["position"], limit=50)
    (item,) = [one for one in found["items"] if one["case_id"] == case_id]
    assert item["state"] == "received"
    assert [(place["version"], place["fields"]) for place in item["found_in"]] == [(done["version"], ["text"])]
    assert text not in json.dumps(found, ensure_ascii=False)


def test_what_opened_the_case_is_found_too(system: System) -> None:
    case_id = open_case(system.operator, summary="Kept at plant Quorvex until the debt is paid")
    done = do(system.operator, case_id, "note", text="Called back.")
    assert ids(search(system.operator, "quorvex", done["position"])) == [case_id]


def test_only_within_reach(system: System) -> None:
    case_id = open_case(system.operator)
    done = do(system.operator, case_id, "note", text="Wexlar said no")
    own = system.client(Role.OPERATOR, name="search-own", scope=Scope.OWN)
    elsewhere = system.client(Role.SUPERVISOR, name="search-elsewhere", tenant="elsewhere")
    assert ids(search(system.operator, "wexlar", done["position"])) == [case_id]
    for other in (own, elsewhere):
        assert search(other, "wexlar", done["position"]) == {"items": [], "next": None}


def test_restricted_kinds_and_conflicts_are_hidden(system: System) -> None:
    case_id = open_case(system.operator, issues=["VIO-SEX"])
    done = do(system.safeguarding, case_id, "note", text="Vontrel was there")
    assert search(system.operator, "vontrel", done["position"])["items"] == []
    assert ids(search(system.safeguarding, "vontrel", done["position"])) == [case_id]
    kept_out = open_case(system.operator)
    do(system.operator, kept_out, "note", text="Brimhold is my cousin")
    done = do(system.supervisor, kept_out, "declare-conflict", handler="colleague", reason="A cousin of theirs.")
    assert search(system.colleague, "brimhold", done["position"])["items"] == []
    assert ids(search(system.operator, "brimhold", done["position"])) == [kept_out]


async def test_a_look_is_on_record_and_wants_a_purpose(system: System) -> None:
    case_id = open_case(system.operator)
    done = do(system.operator, case_id, "note", text="Ostramin came at night")
    asked = system.operator.post(f"{ROOT}/search", {"words": "ostramin"})
    assert (asked.status_code, asked.json()["field"]) == (422, "Redress-Purpose")
    assert system.auditor.post(f"{ROOT}/search", {"words": "ostramin"}, headers=HANDLING).status_code == 403
    search(system.operator, "ostramin", done["position"])
    store = system.house.stores["cases"]
    (opened, *_) = await store.stream(UUID(case_id))
    assert opened.envelope.subject is not None
    (look,) = await store.stream(access_stream("cases", opened.envelope.subject))
    assert isinstance(look.event, CaseFieldsViewed)
    assert (look.envelope.actor.id, look.event.purpose, look.event.fields) == ("operator", "handling", ("text",))
    assert str(look.event.record_id) == case_id


def test_pages_go_on_where_they_ended_while_more_is_written(system: System) -> None:
    cases = [open_case(system.operator) for _ in range(5)]
    for case_id in cases:
        done = do(system.operator, case_id, "note", text="Pelgarth again")
    first = search(system.operator, "pelgarth", done["position"], limit=2)
    done = do(system.operator, open_case(system.operator), "note", text="Pelgarth once more")
    rest = search(system.operator, "pelgarth", done["position"], limit=50, after=first["next"])
    assert [*ids(first), *ids(rest)] == cases[::-1]
    assert rest["next"] is None


@pytest.mark.parametrize(
    "body", [{}, {"words": ""}, {"words": "กข"}, {"words": "a", "after": "!"}, {"words": 5}, {"words": "x" * 201}]
)
def test_what_cannot_be_looked_for_is_refused(system: System, body: dict[str, Any]) -> None:
    answer = system.operator.post(f"{ROOT}/search", body, headers=HANDLING)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def rows_of(system: System, case_id: str) -> list[WordsRow]:
    query = Query((Condition("tenant", "eq", "default"), Condition("case_id", "eq", UUID(case_id))), limit=200)
    return list((await system.house.services["cases"].documents.find(WORDS, query)).rows)


async def test_nothing_that_was_said_lies_in_the_index(system: System) -> None:
    case_id = open_case(system.operator)
    done = do(system.operator, case_id, "note", text=f"Kandrovic {THAI} +66 81 234 5678")
    assert ids(search(system.operator, "081 234 5678 kandrovic พวกเรา", done["position"])) == [case_id]
    (row,) = await rows_of(system, case_id)
    stored = encode(row).decode().casefold()
    assert len(row.terms) > len(THAI) / 2
    for canary in ("kandrovic", "พวก", "12345678", "234", hashlib.sha256(b"w:kandrovic").hexdigest()[:12]):
        assert canary not in stored


async def test_an_erased_person_leaves_no_term(system: System) -> None:
    case_id = open_case(system.operator, complainant={"name": "Yelvane"})
    done = do(system.operator, case_id, "note", text="Yelvane calls at night")
    assert ids(search(system.operator, "yelvane", done["position"])) == [case_id]
    facts = await system.house.stores["cases"].stream(UUID(case_id))
    erased = system.supervisor.post(f"/intake/v1/subjects/{facts[0].envelope.subject}/erase", {"reason": "request"})
    assert erased.status_code == 200, erased.text
    cases = system.house.services["cases"]
    (projection,) = (one for one in cases.projections if one.collection is WORDS)
    for _ in range(200):
        rows = await rows_of(system, case_id)
        # built anew, nothing of them comes back
        anew = [projection.fold(None, fact).terms for fact in facts if has_words(fact)]
        if not any(anew) and not any(row.terms for row in rows):
            break
        await asyncio.sleep(0.1)
    assert [row.terms for row in rows] == anew == [(), ()]
    assert search(system.operator, "yelvane")["items"] == []
