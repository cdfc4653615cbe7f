"""The rules say who is told of which fact; one that cannot hold is refused before anything is told."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.notify.application import Office, load_rules, read_rules
from services.notify.domain import Notification
from shared.errors import SettingsError
from shared.events.answering import AnswerLinkIssued
from shared.events.cases import (
    CaseAssigned,
    CaseTriaged,
    EmployerResponseRecorded,
    OrganisationRegistered,
    RemedyItemCompleted,
)
from shared.events.notify import NotificationQueued, NotificationSuppressed
from shared.events.protection import RetaliationReported
from shared.events.together import PatternRaised
from tests.unit.notify.given import CASE, FACTORY, NOON, Ears, contact, opened

HIDDEN = ("no-public-address", False)
RULE = """
version = "1"
[[rule]]
fact = "cases.case-closed"
audience = "complainant"
occasion = "closure"
"""
ESCALATION = UUID("0190b5c2-7c1e-7a10-8f00-3c1de50f6a03")
LINK = AnswerLinkIssued(
    link_id=UUID("0190b5c2-7c1e-7a10-8f00-3c1de50f6a04"),
    escalation_id=ESCALATION,
    organisation_id=FACTORY,
    answer_by=NOON + timedelta(days=14),
    expires_at=NOON + timedelta(days=44),
    remind_at=(NOON + timedelta(days=11), NOON + timedelta(days=13)),
)
ANSWERED = EmployerResponseRecorded(escalation_id=ESCALATION, organisation_id=FACTORY, position="accepted")
IN_DANGER = CaseTriaged(issues=("X",), severity="S1", admissible=True, admissibility_reason="Yes.", danger_now=True)
PLANT = OrganisationRegistered(name="Plant", kind="employer", contact=contact(address="plant@example.com"))
BRAND = OrganisationRegistered(name="Brand", kind="brand", contact=contact(address="brand@example.com"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("case-closed", "case-clozed", "no such fact"),
        ("complainant", "everybody", "cannot be read"),
        ("closure", "escalation", "there is no text escalation.complainant"),
        ('occasion = "closure"', 'occasion = "closure"\nvalues = { name = "reason" }', "names number"),
        ('occasion = "closure"', 'occasion = "closure"\nwhen = { explanation = "x" }', "no open field explanation"),
        ('occasion = "closure"', 'occasion = "closure"\nwhen = { colour = "red" }', "no open field colour"),
        ('occasion = "closure"', 'occasion = "closure"\ndelay_minutes = -1', "not negative"),
        ('occasion = "closure"', 'occasion = "closure"\nat = "reason"', "belong together"),
        ('occasion = "closure"', 'occasion = "closure"\ncolour = "red"', "cannot be read"),
        ("[[rule]]", "[[rule]", "cannot be read"),
        ('occasion = "closure"', 'occasion = "closure"' + RULE.replace('version = "1"', ""), "already"),
    ],
)
def test_a_rule_that_cannot_hold_is_refused_with_its_place(old: str, new: str, said: str) -> None:
    assert read_rules(RULE).version == "1"
    with pytest.raises(SettingsError, match=said):
        read_rules(RULE.replace(old, new, 1))


def test_a_fact_to_come_may_be_awaited() -> None:
    (rule,) = read_rules(RULE.replace("case-closed", "case-sung") + "awaited = true").rule
    assert rule.fact == "cases.case-sung"


def test_the_handler_is_told_of_what_is_theirs_when_the_office_knows_an_address() -> None:
    ears = Ears(office=Office({"thida": contact(address="thida@example.org")}, contact(address="heads@example.org")))
    ears.hear(opened())
    ears.hear(CaseAssigned(assignee="thida"))
    ears.hear(IN_DANGER)
    told = [(one.occasion, one.audience, one.address) for one in ears.work.said(NotificationQueued)]
    assert sorted(told) == [
        ("assignment", "operator", "thida@example.org"),
        ("crisis", "operator", "thida@example.org"),
        ("crisis", "supervisor", "heads@example.org"),
    ]


def test_a_handler_without_an_address_is_told_by_the_desk_alone() -> None:
    ears = Ears()
    ears.hear(opened())
    ears.hear(CaseAssigned(assignee="thida"))
    assert not ears.work.said(NotificationQueued)
    assert not ears.work.said(NotificationSuppressed)


@pytest.mark.parametrize(("kind", "audience"), [(PLANT, "respondent"), (BRAND, "brand")])
def test_reminders_wait_for_their_time_and_an_answer_takes_them_back(
    kind: OrganisationRegistered, audience: str
) -> None:
    ears = Ears()
    ears.hear(kind, FACTORY)
    ears.hear(opened())
    ears.hear(LINK)
    reminders = [one for one in ears.work.said(NotificationQueued) if one.occasion == "reminder"]
    assert [one.audience for one in reminders] == [audience] * 2
    assert [one.not_before for one in reminders] == list(LINK.remind_at)
    ears.hear(ANSWERED)
    taken_back = [one for one in ears.work.said(NotificationSuppressed) if one.occasion == "reminder"]
    assert [one.reason for one in taken_back] == ["over"] * 2


def test_a_reported_remedy_is_asked_about_a_day_later_and_a_part_of_one_is_not() -> None:
    ears = Ears()
    ears.hear(opened(contact("th")))
    ears.hear(RemedyItemCompleted(item_id=ESCALATION, evidence="Receipt", complete=False))
    ears.hear(RemedyItemCompleted(item_id=ESCALATION, evidence="Receipt", complete=True))
    (check,) = ears.work.said(NotificationQueued)
    assert (check.occasion, check.not_before, check.rules) == (
        "remedy-check",
        NOON + timedelta(days=1),
        load_rules().version,
    )


def test_what_came_too_late_to_tell_is_expired() -> None:
    ears = Ears()
    ears.hear(opened(contact("th")))
    ears.hear(RemedyItemCompleted(item_id=ESCALATION, evidence="Receipt", complete=True))
    (check,) = ears.work.said(NotificationQueued)
    waiting = Notification(queued=check, due_at=check.not_before)
    assert not waiting.is_expired(NOON + timedelta(days=14))
    assert waiting.is_expired(NOON + timedelta(days=15))
    assert check.case_id == CASE


def test_who_must_answer_gets_the_link_and_without_an_address_outside_nobody_does() -> None:
    for links, told, kept in ((lambda link_id: f"https://redress.example/{link_id}", 1, []), (None, 0, [HIDDEN])):
        ears = Ears(links=links)
        ears.hear(PLANT, FACTORY)
        ears.hear(opened())
        ears.hear(LINK)
        sent = [one for one in ears.work.said(NotificationQueued) if one.occasion == "invitation"]
        assert len(sent) == told
        assert all(f"https://redress.example/{LINK.link_id}\n" in one.body for one in sent)
        silent = ears.work.said(NotificationSuppressed)
        assert [(one.reason, one.person) for one in silent if one.occasion == "invitation"] == kept


def test_retaliation_is_told_at_once_to_those_who_protect_people() -> None:
    ears = Ears(office=Office({"thida": contact(address="thida@example.org")}, safeguarding=contact(address="s@e.org")))
    ears.hear(opened())
    ears.hear(CaseAssigned(assignee="thida"))
    ears.hear(RetaliationReported(number="R-1", acts=("dismissal",), severity="S1", statement="Somchai threw her out"))
    told = [one for one in ears.work.said(NotificationQueued) if one.occasion == "retaliation"]
    assert sorted((one.audience, one.address) for one in told) == [
        ("operator", "thida@example.org"),
        ("safeguarding", "s@e.org"),
    ]
    assert all(one.not_before is None and "Somchai" not in one.body for one in told)


def test_a_pattern_is_told_to_the_supervisors_without_saying_what_it_is() -> None:
    ears = Ears(supervisors=contact(address="heads@example.org"))
    pattern = PatternRaised(kind="recruiter", key="somchai agency", cases=5, workers=40, since=NOON)
    ears.hear(pattern, ESCALATION)
    (told,) = ears.work.said(NotificationQueued)
    assert (told.occasion, told.address) == ("pattern", "heads@example.org")
    assert "5" in told.body
    assert "somchai" not in told.body
