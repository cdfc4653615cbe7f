"""How a case is shown: its state flattened into the words of the procedure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from services.cases.domain.disclosure import level_of
from services.cases.domain.lasting import totals
from services.cases.domain.state import Case, Closure, Consent, Escalation, Item, Question, Task, Triage
from services.cases.domain.yields import Yield, of_item
from shared.policy import Policy, default_policy
from shared.rights import Caller

_IDENTITY = "disclose-identity"
_UNTRIAGED: Mapping[str, object] = dict.fromkeys(
    ("admissible", "admissibility_reason", "danger_now", "severity_reason", "safety_note", "triaged_at", "triaged_by")
)


def show(case: Case, now: datetime, policy: Policy | None = None) -> dict[str, object]:
    """Return the case as it is answered; `now` decides what is overdue."""
    return {
        "case_id": case.case_id,
        "version": case.version,
        "subject": case.subject,
        "state": case.state,
        "opened_at": case.opened_at,
        "opened_by": case.opened_by.id,
        **_fields(case.opening, but=("issues", "acknowledge_by")),
        "safe_contact": case.safe_contact,
        "issues": case.issues,
        "severity": case.severity,
        **_triage(case.triage),
        "acknowledged_at": case.acknowledged_at,
        "acknowledged_on": case.acknowledged_on,
        "held_since": case.course.held_since,
        "assignee": case.assignee,
        "team": case.team,
        "level": level_of(case),
        "respondents": case.respondents,
        "consents": [_consent(consent) for consent in case.consents],
        "escalations": [_escalation(escalation) for escalation in case.escalations],
        "fees": case.fees,
        "workers_affected": case.crew.workers(case.opening.workers),
        "members": sorted(case.crew.members),
        "representatives": case.crew.representatives,
        "links": case.crew.links,
        "merged": [one.other_id for one in case.crew.absorbed],
        "merged_into": case.crew.merged_into,
        "retaliation": {
            "checks": case.watch.checks,
            "reports": case.watch.reports,
            "disclosure_rests_since": case.watch.resting_since,
        },
        **_steps(case),
        "questions": [_question(one) for one in case.questions],
        "planned_questions": [_fields(one) for one in case.planned],
        "proposals": case.door.proposals,
        "evidence": case.door.evidence,
        "remedies": [_remedy(item, of_item(case.yields, item.promise.item_id)) for item in case.items],
        "money": totals(case, policy or default_policy()),
        "clocks": _clocks(case, now),
        "closures": [_closure(closure) for closure in case.closures],
        "close_reason": case.closures[-1].ended.reason if case.course.ended else None,
        "legacy": case.legacy,
        "kept_out": case.kept_out,
        "tasks": [_task(task) for task in case.tasks],
    }


def show_shared(case: Case, partner: Caller) -> dict[str, object]:
    """Return the part of a case that a partner may see: its course, what was put before them, what they answered."""
    asked = [one for one in case.escalations if str(one.sent.organisation_id) == partner.organisation]
    identity = partner.organisation is not None and case.consented(partner.organisation, frozenset({_IDENTITY}))
    return {
        "case_id": case.case_id,
        "version": case.version,
        "number": case.opening.number,
        "state": case.state,
        "opened_at": case.opened_at,
        "country": case.opening.country,
        "issues": case.issues,
        "severity": case.severity,
        "level": level_of(case),
        "escalations": [_escalation(one) for one in asked],
        "suppliers": _suppliers(case, partner),
        "disclosure": "identity" if identity else "facts",
        "close_reason": case.closures[-1].ended.reason if case.course.ended else None,
    } | ({"complainant": case.opening.complainant} if identity else {})


def _suppliers(case: Case, partner: Caller) -> list[dict[str, object]]:
    """Return the employers of the case, to who stands above them; an employer does not learn of others here."""
    if partner.organisation in {str(one.organisation_id) for one in case.respondents}:
        return []
    employers = (one for one in case.respondents if one.role == "employer")
    return [{"organisation_id": one.organisation_id, "name": one.name} for one in employers]


def _fields(struct: msgspec.Struct, but: tuple[str, ...] = ()) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(struct).items() if name not in but}


def _triage(triage: Triage | None) -> Mapping[str, object]:
    if triage is None:
        return _UNTRIAGED
    decided = _fields(triage.decided, but=("issues", "severity", "assess_by"))
    return {**decided, "triaged_at": triage.at, "triaged_by": triage.by}


def _consent(consent: Consent) -> dict[str, object]:
    live = consent.withdrawn_at is None and not consent.rests
    return {
        **_fields(consent.given),
        "given_at": consent.given_at,
        "withdrawn_at": consent.withdrawn_at,
        "live": live,
        "rests": consent.rests,
    }


def _escalation(escalation: Escalation) -> dict[str, object]:
    answer = escalation.answer
    return {
        **_fields(escalation.sent),
        "escalated_at": escalation.escalated_at,
        "answered_at": escalation.answered_at,
        "position": answer.position if answer else None,
        "text": answer.text if answer else None,
    }


def _remedy(item: Item, yielded: Yield) -> dict[str, object]:
    return {
        **_fields(item.promise),
        **_fields(item, but=("promise",)),
        "shares": [
            {"member_id": one.member_id, "due": one.amount, "paid": yielded.paid.get(one.member_id)}
            for one in yielded.shares
        ],
        "counts": yielded.counts,
        "recheck_at": yielded.recheck_at,
        "rechecked_at": yielded.rechecked_at,
        "lasted": yielded.outcome,
    }


def _clocks(case: Case, now: datetime) -> list[dict[str, object]]:
    running = case.course.open_duties
    return [{**_fields(duty), "overdue": duty in running and duty.overdue(now)} for duty in case.course.duties]


def _steps(case: Case) -> dict[str, object]:
    steps = case.steps
    return {
        "failed_attempts": steps.attempts,
        "consents_asked": steps.asked,
        "investigations": [
            {
                **_fields(one.opened),
                "opened_at": one.at,
                "reported_at": one.reported_at,
                "finding": one.reported.finding if one.reported else None,
                "report": one.reported.report if one.reported else None,
            }
            for one in steps.investigations
        ],
        "appeals": [
            {
                **_fields(one.filed),
                "filed_at": one.at,
                "decided_at": one.decided_at,
                "decided_by": one.decided_by,
                "outcome": one.decided.outcome if one.decided else None,
                "reason": one.decided.reason if one.decided else None,
            }
            for one in steps.appeals
        ],
        "overridden": steps.overridden,
    }


def _question(question: Question) -> dict[str, object]:
    answer = question.answer
    return {
        **_fields(question.asked, but=("report_id",)),
        "asked_at": question.at,
        "answered_at": question.answered_at,
        "answer": _fields(answer, but=("question_id", "kind")) if answer else None,
        "replies": [_fields(one, but=("question_id", "kind")) for one in question.replies],
    }


def _task(task: Task) -> dict[str, object]:
    return {**_fields(task.added), **_fields(task, but=("added",))}


def _closure(closure: Closure) -> dict[str, object]:
    return {**_fields(closure.ended), **_fields(closure, but=("ended",))}
