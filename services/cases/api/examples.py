"""What the answers look like, for the OpenAPI document."""

from typing import Any

from services.cases.api.words import ITEM, ORGANISATION

_CASE = "0190f2c4-7a3e-7c11-9c0e-3f5b8a1d2e4d"
_AT = "2026-03-02T02:30:00Z"

WRITTEN = {"version": 3, "position": "cases:42"}
TRIED = {"matched": True, **WRITTEN}
OPENED = {"case_id": _CASE, "number": "R-7K2QF-0M9XA", "version": 1, "position": "cases:40"}
REGISTERED = {"organisation_id": ORGANISATION, "version": 1, "position": "cases:41"}

CASE = {
    "case_id": _CASE,
    "number": "R-7K2QF-0M9XA",
    "state": "remediating",
    "version": 9,
    "severity": "S2",
    "issues": ["REC-FEE", "DOC-RET"],
    "respondents": [{"organisation_id": ORGANISATION, "name": "Golden Prawn Co., Ltd.", "role": "employer"}],
    "clocks": [{"duty": "acknowledge", "party": "office", "due_at": _AT, "met_at": _AT, "overdue": False}],
    "remedies": [{"item_id": ITEM, "remedy": "RM-FEE", "status": "part_done"}],
    "consents": [{"recipient": ORGANISATION, "purpose": "disclose-facts", "live": True}],
    "escalations": [{"organisation_id": ORGANISATION, "level": "employer", "position": "accepted"}],
}
CASES = {
    "items": [{"case_id": _CASE, "number": "R-7K2QF-0M9XA", "state": "remediating", "overdue": False}],
    "next": None,
    "total": 1,
    "total_is": "exact",
}
FOUND = {
    "items": [
        {
            "case_id": _CASE,
            "number": "R-7K2QF-0M9XA",
            "state": "remediating",
            "overdue": False,
            "found_in": [{"version": 4, "at": _AT, "fields": ["text"]}],
        }
    ],
    "next": None,
}
HISTORY = {
    "case_id": _CASE,
    "items": [
        {
            "position": 40,
            "envelope": {"type": "cases.case-opened", "stream_version": 1, "occurred_at": _AT, "recorded_at": _AT},
            "data": {"number": "R-7K2QF-0M9XA", "channel": "hotline", "language": "my"},
        }
    ],
    "total": 1,
}
NEXT = {
    "case_id": _CASE,
    "version": 6,
    "open": ["acknowledge", "triage", "assign", "note"],
    "closed": [
        {
            "command": "escalate",
            "gate": "consent",
            "detail": "No live consent lets this organisation learn of the case.",
            "opens": "Record the complainant's consent for this organisation, to disclose facts or identity.",
        }
    ],
}
CLOCKS = {
    "case_id": _CASE,
    "version": 6,
    "items": [
        {
            "duty": "answer",
            "party": ORGANISATION,
            "started_at": _AT,
            "due_at": _AT,
            "policy": "2026.3",
            "state": "missed",
            "overdue": True,
            "consequence": "alerted",
            "why": ["Missed 2026-03-16 02:30 UTC. Not escalated: no live consent lets the next party learn of it."],
        }
    ],
}
ORGANISATION_SHOWN = {"organisation_id": ORGANISATION, "name": "Golden Prawn Co., Ltd.", "kind": "employer"}
ORGANISATIONS = {"items": [ORGANISATION_SHOWN], "next": None, "total": 1, "total_is": "exact"}

BRIEF: dict[str, Any] = {
    "number": "R-7K2QF-0M9XA",
    "organisation": "Golden Prawn Co., Ltd.",
    "level": "employer",
    "brief": "Workers at plant 2 paid recruitment fees and their passports are kept. Please answer.",
    "answer_by": _AT,
    "position": None,
    "proposals": [],
    "evidence": [],
}
PATTERNS = {
    "items": [{"kind": "organisation", "key": ORGANISATION, "cases": 6, "workers": 31, "since": _AT, "times": 1}],
    "next": None,
    "total": 1,
    "total_is": "exact",
}
RATE = {"cases": 4, "mean_headcount": 420.0, "per_1000_workers": 9.524, "opened_from": _AT, "opened_to": _AT}
REVIEWS_OF = {
    "organisation_id": ORGANISATION,
    "published": True,
    "from": 10,
    "reviews": 37,
    "stars": {"no-fees": 2.1, "respect": 3.8},
}
REVIEWS = {
    "items": [{"review_id": ITEM, "organisation_id": ORGANISATION, "status": "waiting", "stars": {"no-fees": 2}}],
    "next": None,
    "total": 1,
    "total_is": "exact",
}
EVIDENCE = {
    "evidence_id": ITEM,
    "organisation_id": ORGANISATION,
    "name": "*******",
    "media_type": "application/pdf",
    "size": 48211,
    "digest": "9f2c5b0e6a1d4c7388e7",
}
LINKS = {
    "items": [{"link_id": ITEM, "escalation_id": ITEM, "expires_at": _AT, "opened": 2, "path": "/cases/answer/..."}],
    "total": 1,
}


def shown(status: int, example: object) -> dict[int | str, dict[str, Any]]:
    """Return the `responses` of a route that answers like this example."""
    return {status: {"description": "Done.", "content": {"application/json": {"example": example}}}}


QUEUES = {"items": [{"queue": "mine", "cases": 3, "first_due": _AT}]}
DONE = {"items": [{"case_id": _CASE, "version": 4}], "done": 1, "refused": 0, "position": "cases:42"}
_TASK = {"task_id": ITEM, "what": "*******", "assignee": "operator-mae-sot", "version": 4, "due_at": _AT}
TASKS = {
    "items": [{"case_id": _CASE, "number": "R-7K2QF-0M9XA", "state": "assessing", "tasks": [_TASK]}],
    "next": None,
    "total": 1,
    "total_is": "exact",
}
_FILTER = {"filter_id": ITEM, "name": "Fees in Thailand", "owner": "operator-mae-sot", "shared": True}
FILTERS = {
    "items": [{**_FILTER, "filter": {"issue": "REC-FEE"}, "saved_at": _AT}],
    "next": None,
    "total": 1,
    "total_is": "exact",
}
_TEMPLATE = {"template_id": ITEM, "name": "Called back", "language": "en", "text": "Called back about {number}:"}
TEMPLATES = {
    "items": [{**_TEMPLATE, "saved_at": _AT}],
    "next": None,
    "total": 1,
    "total_is": "exact",
}
FILLED = {"template_id": ITEM, "name": "Called back", "text": "Called back about R-7K2QF-0M9XA:"}
