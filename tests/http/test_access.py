"""Who may do what: every route, every role, and nobody at all."""

import re
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter

from shared.errors import SettingsError
from shared.rights import Role
from shared.web.app import create_app, doors
from shared.web.settings import WebSettings
from tests.support.app import Client, System, embedded, running

NOBODY: Any = None
MINE = {"/rights/v1/openings", "/rights/v1/export", "/rights/v1/correct", "/rights/v1/proof"}
"""A person without a key: their receipt in the body is what opens."""
BY_RECEIPT = {"/intake/v1/receipts/{code}", "/intake/v1/receipts/{code}/messages", "/intake/receipt"}
"""A person without a key: the code that they were given opens how far it is, and a talk."""
BY_LINK = {
    *("/cases/v1/answers/open", "/cases/v1/answers/answer", "/cases/v1/answers/propose"),
    *("/cases/v1/answers/evidence", "/cases/answer/{token}/evidence"),
    *("/cases/answer/{token}", "/cases/answer/{token}/proposals"),
}
"""A respondent without a key: the token of their link is what opens."""
BY_SIGNATURE = {"/intake/v1/channels/{kind}", "/intake/v1/channels/{kind}/{account}"}
"""A provider without a key: its signature over the bytes is what opens."""
OPEN = (
    {"/livez", "/readyz", "/openapi.json", "/sign-in", "/sign-out"}
    | MINE
    | BY_LINK
    | BY_RECEIPT
    | BY_SIGNATURE
    | {
        *("/reporting/v1/ledger", "/reporting/v1/ledger/{service}/consistency"),
        *("/reporting/v1/ledger/{service}/{path:path}", "/reporting/v1/ledger/{service}/cosignatures"),
        *("/public", "/public/{quarter}", "/public/years/{year}"),
        *("/public/years/{year}/editions", "/public/papers/{stamp}"),
        *("/reporting/v1/public", "/reporting/v1/public/{quarter}", "/reporting/v1/public/{quarter}/{table}"),
    }
)
STAFF = {"operator", "supervisor", "safeguarding", "auditor", "admin"}
WRITERS = {"operator", "supervisor", "safeguarding", "admin"}
HEADS = {"supervisor", "safeguarding", "admin"}

ROLES: dict[tuple[str, str], set[str]] = {
    ("POST", "/intake/v1/messages"): WRITERS | {"channel"},
    ("GET", "/intake/v1/messages/{message_id}"): STAFF | {"channel"},
    ("POST", "/intake/v1/events"): WRITERS | {"channel"},
    ("GET", "/intake/v1/inbox"): STAFF,
    ("GET", "/intake/v1/reports/{report_id}/duplicates"): STAFF,
    ("POST", "/intake/v1/reports/{report_id}/merge"): WRITERS,
    ("POST", "/intake/v1/reports/{report_id}/split"): WRITERS,
    ("POST", "/intake/v1/reports/{report_id}/reopen"): WRITERS,
    ("GET", "/intake/v1/channels"): HEADS,
    ("GET", "/intake/v1/attachments/{attachment_id}"): STAFF,
    ("GET", "/intake/v1/quarantine"): HEADS,
    ("GET", "/intake/v1/quarantine/{kept_id}"): HEADS,
    ("GET", "/intake/v1/reports"): STAFF,
    ("GET", "/intake/v1/reports/{report_id}"): STAFF,
    ("POST", "/intake/v1/reports/{report_id}/accept"): WRITERS,
    ("POST", "/intake/v1/reports/{report_id}/dismiss"): WRITERS,
    ("POST", "/intake/v1/reports/{report_id}/link"): WRITERS,
    ("POST", "/intake/v1/reports/{report_id}/reply"): WRITERS,
    ("POST", "/intake/v1/subjects/{subject}/erase"): {"supervisor", "admin"},
    ("POST", "/intake/v1/subjects/{subject}/hold"): {"supervisor", "admin"},
    ("POST", "/intake/v1/subjects/{subject}/lift-hold"): {"supervisor", "admin"},
    ("POST", "/intake/v1/subjects/{subject}/correct"): WRITERS,
    ("GET", "/intake/v1/subjects/{subject}/proof"): {"supervisor", "admin", "auditor"},
    ("GET", "/cases/v1/cases"): STAFF | {"partner"},
    ("POST", "/cases/v1/cases"): WRITERS,
    ("GET", "/cases/v1/cases/{case_id}"): STAFF | {"partner"},
    ("POST", "/cases/v1/cases/{case_id}/respond"): WRITERS | {"partner"},
    ("POST", "/cases/v1/cases/{case_id}/lift-conflict"): HEADS,
    ("GET", "/cases/v1/cases/{case_id}/events"): STAFF,
    ("GET", "/cases/v1/cases/{case_id}/clocks"): STAFF,
    ("GET", "/cases/v1/cases/{case_id}/next"): STAFF,
    ("GET", "/cases/v1/queues"): STAFF,
    ("POST", "/cases/v1/search"): WRITERS,
    ("GET", "/cases/v1/policies"): STAFF,
    ("GET", "/cases/v1/policies/{sha256}"): STAFF,
    ("GET", "/cases/v1/tasks"): STAFF,
    ("GET", "/cases/v1/filters"): STAFF,
    ("POST", "/cases/v1/filters"): WRITERS,
    ("POST", "/cases/v1/filters/{filter_id}/remove"): WRITERS,
    ("GET", "/cases/v1/note-templates"): STAFF,
    ("POST", "/cases/v1/note-templates"): HEADS,
    ("POST", "/cases/v1/note-templates/{template_id}/remove"): HEADS,
    ("GET", "/cases/v1/cases/{case_id}/note-templates/{template_id}"): STAFF,
    ("POST", "/cases/v1/bulk/assign"): WRITERS,
    ("POST", "/cases/v1/bulk/note"): WRITERS,
    ("GET", "/cases/v1/cases/{case_id}/answer-links"): WRITERS,
    ("GET", "/cases/v1/cases/{case_id}/evidence/{evidence_id}"): WRITERS,
    ("GET", "/cases/v1/organisations"): STAFF,
    ("POST", "/cases/v1/organisations"): WRITERS,
    ("GET", "/cases/v1/organisations/{organisation_id}"): STAFF,
    ("GET", "/cases/v1/organisations/{organisation_id}/rate"): STAFF,
    ("GET", "/cases/v1/organisations/{organisation_id}/reviews"): STAFF | {"partner", "channel"},
    ("GET", "/cases/v1/reviews"): STAFF,
    ("GET", "/cases/v1/patterns"): HEADS | {"auditor"},
    ("POST", "/cases/v1/cases/{case_id}/release-disclosure"): HEADS,
    ("POST", "/cases/v1/organisations/{organisation_id}/review"): WRITERS | {"channel"},
    ("POST", "/cases/v1/organisations/{organisation_id}/merge"): HEADS,
    ("POST", "/cases/v1/organisations/{organisation_id}/unmerge"): HEADS,
    ("POST", "/cases/v1/cases/{case_id}/decide-appeal"): HEADS,
    ("POST", "/cases/v1/organisations/{organisation_id}/rename"): WRITERS,
    ("POST", "/cases/v1/organisations/{organisation_id}/relate"): WRITERS,
    ("POST", "/cases/v1/organisations/{organisation_id}/end-relation"): WRITERS,
    ("POST", "/cases/v1/organisations/{organisation_id}/add-site"): WRITERS,
    ("POST", "/cases/v1/organisations/{organisation_id}/count-heads"): WRITERS,
    ("POST", "/cases/v1/reviews/{review_id}/approve"): WRITERS,
    ("POST", "/cases/v1/reviews/{review_id}/reject"): WRITERS,
    ("GET", "/notify/v1/notifications"): STAFF,
    ("GET", "/notify/v1/notifications/{notification_id}"): STAFF,
    ("GET", "/notify/v1/notifications/{notification_id}/letter"): WRITERS,
    ("POST", "/notify/v1/notifications/{notification_id}/see-to"): WRITERS,
    ("GET", "/notify/v1/subscriptions"): {"partner", "admin"},
    ("POST", "/notify/v1/subscriptions"): {"partner", "admin"},
    ("POST", "/notify/v1/subscriptions/{subscription_id}/rotate"): {"partner", "admin"},
    ("POST", "/notify/v1/subscriptions/{subscription_id}/replay"): {"partner", "admin"},
    ("POST", "/notify/v1/subscriptions/{subscription_id}/end"): {"partner", "admin"},
    ("GET", "/notify/v1/feed"): {"partner", "supervisor", "auditor", "admin"},
    ("GET", "/notify/v1/feed/stream"): {"partner", "supervisor", "auditor", "admin"},
    ("GET", "/reporting/v1/reports"): STAFF,
    ("GET", "/reporting/v1/reports/{name}"): STAFF,
    ("GET", "/reporting/v1/editions"): STAFF | {"partner"},
    ("GET", "/reporting/v1/editions/{quarter}"): STAFF | {"partner"},
    ("GET", "/reporting/v1/editions/{quarter}/{table}"): STAFF | {"partner"},
    **{
        ("GET", f"/reporting/v1/audit/{path}"): {"auditor", "supervisor", "admin"}
        for path in ("logs/{service}", "histories/{identity}", "cases/{case_id}/states", "event-log", "conformance")
    },
    ("GET", "/audit/cases/{case_id}"): {"auditor", "supervisor", "admin"},
    ("GET", "/reporting/v1/ledger/{service}/leaves"): {"supervisor", "auditor", "admin"},
    ("GET", "/reporting/v1/ledger/{service}/proofs/{index}"): {"supervisor", "auditor", "admin"},
    ("GET", "/reporting/v1/ledger/{service}/streams/{stream_id}"): {"supervisor", "auditor", "admin"},
    ("GET", "/"): STAFF,
    ("GET", "/reporting/v1/years/{year}"): STAFF | {"partner"},
    ("GET", "/reporting/v1/years/{year}/editions"): STAFF | {"partner"},
    ("POST", "/reporting/v1/years/{year}/publish"): {"supervisor", "admin"},
    ("GET", "/reporting/v1/papers/{stamp}"): STAFF | {"partner"},
    ("GET", "/reporting/v1/questions"): STAFF,
    ("POST", "/reporting/v1/questions"): STAFF,
    ("GET", "/reporting/v1/questions/{question}"): STAFF,
    ("POST", "/reporting/v1/questions/{question}/remove"): STAFF,
    ("GET", "/figures/{leaf}"): STAFF,
    ("GET", "/figures/organisations/{organisation}"): STAFF,
    ("GET", "/figures/sites/{site}"): STAFF,
    ("GET", "/metrics"): {"auditor", "admin"},
} | {
    ("POST", f"/cases/v1/cases/{{case_id}}/{command}"): WRITERS
    for command in (
        *(
            "feedback",
            "acknowledge",
            "triage",
            "assign",
            "note",
            "consent",
            "withdraw-consent",
            "name-respondent",
            "escalate",
        ),
        *("declare-conflict", "task", "finish-task", "plan", "complete-item", "verify-item", "close", "reopen"),
        *("issue-link", "revoke-link", "report-fee", "report-retaliation", "check-retaliation"),
        *("join-worker", "leave-worker", "count-workers", "name-representative"),
        *("link", "unlink", "merge", "unmerge", "split"),
        *("share-item", "pay-worker", "count-item", "recheck-item"),
        *("safe-contact", "try-code-word", "satisfaction"),
        *("hold", "release"),
        *("ask", "attempt-contact", "request-consent", "decline-consent", "investigate", "report-investigation"),
        *("monitor", "check-withdrawal", "appeal"),
    )
}
"""Who may do what. A route that is not here, or lets in somebody else, fails the test."""


def test_every_route_is_in_the_table_with_just_its_roles(system: System) -> None:
    told = {
        (door.method, door.path): {str(role) for role in door.roles or ()}
        for app in system.apps
        for door in doors(app)
        if door.path not in OPEN and not door.path.startswith("/static")
    }
    assert told == ROLES


def reveal() -> None:
    """Stand for a route whose author forgot the rule."""


def test_a_route_without_a_rule_cannot_be_served() -> None:
    forgetful = APIRouter(prefix="/x")
    forgetful.add_api_route("/open", reveal)
    with pytest.raises(SettingsError, match="/x/open"):
        create_app([forgetful], gatekeeper=NOBODY, wait_for=NOBODY, live=NOBODY, ready=NOBODY, measured=NOBODY)


@pytest.mark.parametrize(("method", "path"), sorted(ROLES))
def test_every_other_role_and_nobody_is_sent_away(system: System, method: str, path: str) -> None:
    url = re.sub(r"\{\w+\}", "00000000-0000-0000-0000-000000000000", path)
    for role in [*Role, "nobody"]:
        client: Client = getattr(system, role)
        headers = {"Authorization": f"Bearer {client.key}"}
        answer = system.http.request(method, url, headers=headers, json={} if method == "POST" else None)
        if role in ROLES[method, path]:
            assert answer.status_code not in {401, 403, 500}, (role, answer.text)
        else:
            assert answer.status_code == (401 if role == "nobody" else 403), (role, answer.text)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic YTpi", "bearer x y", "Bearer \u00e9"])
def test_garbled_credentials_are_nobodys(system: System, header: str) -> None:
    answer = system.http.get("/cases/v1/cases", headers={b"Authorization": header.encode()})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_revoked_key_is_worth_nothing(system: System) -> None:
    caller, key = system.house.keys.create(Role.OPERATOR)
    client = Client(system.http, key)
    assert client.get("/cases/v1/cases").status_code == 200
    assert system.house.keys.revoke(caller.id)
    assert client.get("/cases/v1/cases").status_code == 401


async def test_a_session_opens_pages_and_nothing_else(system: System) -> None:
    session = await system.house.keys.open_session(system.operator.key)
    cookie = {"Cookie": f"redress_session={session}"}
    assert system.http.get("/", headers=cookie).status_code == 200
    assert system.http.get("/cases/v1/cases", headers=cookie).status_code == 401
    assert session is not None
    await system.house.keys.close_session(session)
    assert system.http.get("/", headers=cookie).status_code == 401


def test_the_description_shows_an_example_for_every_answer_and_every_body(system: System) -> None:
    document = system.openapi()
    described = {(method.upper(), path) for path, operations in document["paths"].items() for method in operations}
    assert {path for _, path in set(ROLES) - described} <= {
        "/",
        *(path for _, path in ROLES if path.startswith(("/figures/", "/audit/"))),
    }
    text = str(document["components"]["schemas"])
    for path, operations in document["paths"].items():
        if path in OPEN:
            continue
        for method, operation in operations.items():
            good = [answer for code, answer in operation["responses"].items() if code.startswith("2")]
            shown = [media for answer in good for media in answer.get("content", {}).values()]
            assert any({"example", "examples"} & set(media) for media in shown), (method, path)
            body = operation.get("requestBody", {}).get("content", {})
            for media in body.values():
                named = media.get("schema", {}).get("$ref", "").rsplit("/", 1)[-1]
                own = {"example", "examples"} & (set(media) | set(media.get("schema", {})))
                assert own or "examples" in document["components"]["schemas"][named], (method, path)
    assert "Problem" in text or "Problem" in document["components"]["schemas"]


GUARDED = {
    "content-security-policy",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "cache-control",
    "permissions-policy",
}


@pytest.mark.parametrize(
    "path", ["/", "/cases/v1/cases", "/livez", "/openapi.json", "/static/reporting.css", "/public", "/none"]
)
def test_every_answer_tells_browsers_to_run_frame_and_keep_nothing(system: System, path: str) -> None:
    for client in (system.admin, system.nobody):
        answer = client.get(path)
        assert set(answer.headers) >= GUARDED
        assert (answer.headers["x-content-type-options"], answer.headers["referrer-policy"]) == (
            "nosniff",
            "no-referrer",
        )
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert re.findall("script-src ([^;]+)", policy) in ([], ["'self'"])
        kept = "max-age" if path.startswith("/static") else "no-store"
        assert kept in answer.headers["cache-control"]
    assert "strict-transport-security" not in system.admin.get(path).headers


def test_a_page_holds_no_script_and_no_style_of_its_own(system: System) -> None:
    page = system.admin.get("/").text
    assert re.findall(r"<script[^>]*>[^<]*", page) == ['<script src="/static/figures.js" defer>']
    assert not re.search(r"\son\w+=|\sstyle=|javascript:", page)


def test_a_key_that_asks_too_often_is_told_when_to_return(tmp_path: Path) -> None:
    with running(embedded(tmp_path, web=WebSettings(requests_per_second=0.1, burst=3))) as limited:
        answers = [limited.operator.get("/cases/v1/cases") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 10
        assert answers[-1].json()["type"] == "urn:redress:problem:too-many-requests"
        assert limited.colleague.get("/cases/v1/cases").status_code == 200


def test_health_tells_nothing_about_cases(system: System) -> None:
    assert system.http.get("/livez").json() == {"ok": True, "unwell": []}
    assert set(system.http.get("/readyz").json()) == {"ok", "lag", "dead_letters", "spooled"}


def test_a_monitor_sees_how_far_behind_the_views_are_and_nothing_of_the_matter(system: System) -> None:
    answer = system.auditor.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "redress_consumer_lag_events{view=" in answer.text
    assert "redress_loop_silence_seconds{loop=" in answer.text
    assert system.operator.get("/metrics").status_code == 403
