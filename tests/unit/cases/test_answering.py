"""The respondent's door, decided: who is let in, until when, and what may come in."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from services.cases.domain import answering
from services.cases.domain.answering import AnswerByLink, IssueLink, Propose, RevokeLink
from services.cases.domain.sniffing import MOST_BYTES
from shared.errors import GateClosedError, InvalidError, TooLargeError
from shared.events import answering as told
from shared.events import cases as facts
from shared.events.values import Money
from tests.support.given_when_then import START, Fact, Outcome
from tests.unit.cases.stories import (
    ANSWERED,
    CLOSED,
    CONSENTED,
    ENGAGED_CASE,
    ESCALATED,
    ESCALATION,
    PLANT,
    POLICY,
    WITHDRAWN,
    case,
)

LINK = UUID("0190f2c4-7a3e-7c11-9c0e-0000000000b1")
ANOTHER = UUID("0190f2c4-7a3e-7c11-9c0e-0000000000b2")
PROPOSAL = UUID("0190f2c4-7a3e-7c11-9c0e-0000000000b3")
ISSUED = answering.issued(ESCALATED, link_id=LINK, at=START)
REVOKED = told.AnswerLinkRevoked(link_id=LINK, reason="Sent to a wrong address.")
OFFER = told.ProposedItem(remedy="RM-FEE", due_on=date(2026, 4, 30), amount=Money(amount=Decimal(5000), currency="THB"))
ASKED: tuple[Fact, ...] = (*ENGAGED_CASE, ISSUED)
LATER = START + timedelta(days=2)


def opening(*story: Fact, at: datetime = LATER, link: UUID = LINK) -> Outcome:
    return case(*story).when(lambda state: answering.open_link(state, link, at=at))


def answer(*story: Fact, position: facts.ResponsePosition = "accepted", text: str | None = None) -> Outcome:
    command = AnswerByLink(position=position, text=text)
    return case(*story).when(lambda state: answering.answer(state, LINK, command, at=LATER))


def propose(*story: Fact, items: tuple[told.ProposedItem, ...] = (OFFER,)) -> Outcome:
    return case(*story).when(
        lambda state: answering.propose(
            state, LINK, Propose(items=items), at=LATER, new_id=lambda: PROPOSAL, policy=POLICY
        )
    )


def test_a_link_lives_beyond_its_time_and_names_when_to_remind() -> None:
    assert ISSUED.expires_at == ESCALATED.answer_by + answering.GRACE
    assert ISSUED.remind_at == (ESCALATED.answer_by - timedelta(days=3), ESCALATED.answer_by - timedelta(days=1))
    late = answering.issued(ESCALATED, link_id=LINK, at=ESCALATED.answer_by)
    assert (late.remind_at, late.expires_at) == ((), ESCALATED.answer_by + answering.GRACE)


def test_every_opening_of_a_live_link_is_a_fact() -> None:
    opening(*ASKED).then(told.AnswerLinkOpened(link_id=LINK))
    opening(*ASKED, told.AnswerLinkOpened(link_id=LINK)).then(told.AnswerLinkOpened(link_id=LINK))


def test_a_link_opens_until_its_last_moment() -> None:
    opening(*ASKED, at=ISSUED.expires_at - timedelta(seconds=1)).then(told.AnswerLinkOpened(link_id=LINK))
    opening(*ASKED, at=ISSUED.expires_at).then_refused("link-expired")


def test_a_link_that_was_taken_back_opens_nothing() -> None:
    opening(*ASKED, REVOKED).then_refused("link-revoked")
    opening(*ASKED, link=ANOTHER).then_refused("link-revoked")


def test_a_withdrawn_consent_shuts_the_door_and_a_new_one_opens_it() -> None:
    opening(*ASKED, WITHDRAWN).then_refused("link-withdrawn")
    opening(*ASKED, WITHDRAWN, CONSENTED).then(told.AnswerLinkOpened(link_id=LINK))


def test_a_closed_case_asks_nothing_any_more() -> None:
    opening(*ASKED, CLOSED).then_refused("case-open")


def test_an_answer_is_given_once() -> None:
    answer(*ASKED).then(
        facts.EmployerResponseRecorded(escalation_id=ESCALATION, organisation_id=PLANT, position="accepted")
    )
    answer(*ASKED, ANSWERED).then_refused("answered-once")


def test_who_disputes_says_what() -> None:
    answer(*ASKED, position="disputed", text=" ").then_fails(InvalidError, "text")
    answer(*ASKED, position="disputed", text="No fee was taken.").then(
        facts.EmployerResponseRecorded(
            escalation_id=ESCALATION, organisation_id=PLANT, position="disputed", text="No fee was taken."
        )
    )


def test_an_offer_is_taken_and_promises_nothing_yet() -> None:
    propose(*ASKED).then(
        told.RemedyProposed(proposal_id=PROPOSAL, escalation_id=ESCALATION, organisation_id=PLANT, items=(OFFER,))
    )


@pytest.mark.parametrize(
    "wrong",
    [
        told.ProposedItem(remedy="RM-NIL", due_on=date(2026, 4, 30)),
        told.ProposedItem(remedy="RM-FEE", due_on=date(2026, 4, 30), workers=0),
        told.ProposedItem(
            remedy="RM-FEE", due_on=date(2026, 4, 30), amount=Money(amount=Decimal("0.001"), currency="THB")
        ),
        told.ProposedItem(remedy="RM-FEE", due_on=date(2026, 4, 30), amount=Money(amount=Decimal(1), currency="ABC")),
    ],
)
def test_an_offer_that_cannot_be_kept_is_refused(wrong: told.ProposedItem) -> None:
    propose(*ASKED, items=(wrong,)).then_fails(InvalidError, "items")


def test_offers_have_an_end() -> None:
    full = told.RemedyProposed(
        proposal_id=PROPOSAL, escalation_id=ESCALATION, organisation_id=PLANT, items=(OFFER,) * answering.MOST_PROPOSED
    )
    propose(*ASKED, full).then_refused("proposals")


def test_a_new_link_ends_the_one_before() -> None:
    given = case(*ASKED)
    command = IssueLink(escalation_id=ESCALATION)
    given.when(lambda state: answering.issue(state, command, link_id=ANOTHER, at=START)).then(
        told.AnswerLinkRevoked(link_id=LINK, reason="A new link was given out."),
        answering.issued(ESCALATED, link_id=ANOTHER, at=START),
    )


def test_a_new_link_needs_a_question_that_waits_and_a_live_consent() -> None:
    def issue(*story: Fact) -> Outcome:
        command = IssueLink(escalation_id=ESCALATION)
        return case(*story).when(lambda state: answering.issue(state, command, link_id=ANOTHER, at=START))

    issue(*ASKED, ANSWERED).then_refused("unanswered")
    issue(*ASKED, WITHDRAWN).then_refused("consent")
    issue(*ASKED, CLOSED).then_refused("case-open")


def test_taking_a_link_back_twice_says_nothing_new() -> None:
    command = RevokeLink(link_id=LINK, reason="Sent to a wrong address.")
    case(*ASKED).when(lambda state: answering.revoke(state, command)).then(REVOKED)
    case(*ASKED, REVOKED).when(lambda state: answering.revoke(state, command)).then()
    unknown = RevokeLink(link_id=ANOTHER, reason="Lost.")
    case(*ASKED).when(lambda state: answering.revoke(state, unknown)).then_fails(InvalidError, "link_id")


def test_a_file_is_taken_in_parts_and_has_an_end() -> None:
    state = case(*ASKED).state
    content = b"%PDF-" + b"x" * answering.PART
    (received,) = answering.hand_in(state, LINK, "a.pdf", content, at=LATER, evidence_id=ANOTHER, digest="d")
    assert isinstance(received, told.EvidenceReceived)
    assert (received.media_type, received.size) == ("application/pdf", len(content))
    parts = answering.parts_of(state, content)
    assert [(one.part, one.parts) for one in parts if isinstance(one, told.EvidenceStored)] == [(1, 2), (2, 2)]
    with pytest.raises(TooLargeError):
        answering.hand_in(state, LINK, "a.pdf", b"%PDF-" + b"x" * MOST_BYTES, at=LATER, evidence_id=ANOTHER, digest="d")
    full = case(*ASKED, *([received] * answering.MOST_FILES)).state
    with pytest.raises(GateClosedError):
        answering.hand_in(full, LINK, "a.pdf", content, at=LATER, evidence_id=ANOTHER, digest="d")
