"""The respondent's own door: links that open one escalation, and what comes in through them."""

import base64
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from services.cases.domain.commands import Command
from services.cases.domain.gates import said, still_open
from services.cases.domain.money import well_formed
from services.cases.domain.sniffing import MOST_BYTES, media_type
from services.cases.domain.state import Case, Escalation
from shared.errors import GateClosedError, InvalidError, TooLargeError
from shared.events import answering as told
from shared.events import cases as facts
from shared.events.envelope import Event
from shared.policy import Policy

GRACE = timedelta(days=30)
"""How long after its time an answer is still taken: a late one is better than none."""
REMINDERS = (timedelta(days=3), timedelta(days=1))
"""How long before the time to answer a reminder is due."""
MOST_PROPOSED = 20
MOST_FILES = 20
PART = 240_000
LONGEST_NAME = 200


class IssueLink(Command, frozen=True, kw_only=True):
    """Give a respondent a new link to answer by; the one before opens nothing any more."""

    escalation_id: UUID


class RevokeLink(Command, frozen=True, kw_only=True):
    """Let a link open nothing any more."""

    link_id: UUID
    reason: str


class AnswerByLink(Command, frozen=True, kw_only=True):
    """Answer the escalation of a link, once."""

    position: facts.ResponsePosition
    text: str | None = None


class Propose(Command, frozen=True, kw_only=True):
    """Offer to do something."""

    items: tuple[told.ProposedItem, ...]


def issued(sent: facts.CaseEscalated, *, link_id: UUID, at: datetime) -> told.AnswerLinkIssued:
    """Return the link of an escalation."""
    remind_at = (sent.answer_by - before for before in REMINDERS)
    return told.AnswerLinkIssued(
        link_id=link_id,
        escalation_id=sent.escalation_id,
        organisation_id=sent.organisation_id,
        answer_by=sent.answer_by,
        expires_at=max(sent.answer_by, at) + GRACE,
        remind_at=tuple(moment for moment in remind_at if moment > at),
    )


def issued_with(escalated: Sequence[Event], *, link_id: UUID, at: datetime) -> Sequence[Event]:
    """Return the link that goes out with an escalation."""
    return [issued(sent, link_id=link_id, at=at) for sent in escalated if isinstance(sent, facts.CaseEscalated)]


def issue(case: Case, command: IssueLink, *, link_id: UUID, at: datetime) -> Sequence[Event]:
    """Give out a new link for an escalation that waits for its answer, and end those before it."""
    still_open(case)
    escalation = _escalation(case, command.escalation_id)
    if escalation.answer is not None:
        raise GateClosedError(
            "unanswered", "The escalation is answered.", opens="Escalate again; a new link comes with it."
        )
    if not case.may_learn(escalation.sent.organisation_id):
        raise GateClosedError(
            "consent",
            "No live consent lets this organisation learn of the case.",
            opens="Record the complainant's consent for this organisation.",
        )
    ended = _ended(case, escalation.sent.escalation_id, "A new link was given out.")
    return [*ended, issued(escalation.sent, link_id=link_id, at=at)]


def revoke(case: Case, command: RevokeLink) -> Sequence[Event]:
    """End a link, of a closed case too; ending it again says nothing new."""
    link = case.door.link(command.link_id)
    if link is None:
        raise InvalidError("No link of this case has this id.", field="link_id")
    reason = said(command.reason, "reason")
    return [] if link.revoked_at else [told.AnswerLinkRevoked(link_id=command.link_id, reason=reason)]


def let_in(case: Case, link_id: UUID, *, at: datetime) -> Escalation:
    """Return the escalation behind a link that still opens something, or say in plain words why it does not."""
    link = case.door.link(link_id)
    escalation = None if link is None else _escalation(case, link.issued.escalation_id)
    if link is None or escalation is None or link.revoked_at is not None:
        raise _shut("link-revoked", "This link was taken back.")
    if at >= link.issued.expires_at:
        raise _shut("link-expired", "The time of this link is over.")
    if not case.may_learn(escalation.sent.organisation_id):
        raise _shut("link-withdrawn", "This request was taken back.")
    if case.course.ended:
        raise _shut("case-open", "The matter is closed; nothing more is asked of you here.")
    return escalation


def open_link(case: Case, link_id: UUID, *, at: datetime) -> Sequence[Event]:
    """Put on record that the brief is shown."""
    let_in(case, link_id, at=at)
    return [told.AnswerLinkOpened(link_id=link_id)]


def answer(case: Case, link_id: UUID, command: AnswerByLink, *, at: datetime) -> Sequence[Event]:
    """Take the answer to the escalation of the link, once."""
    escalation = let_in(case, link_id, at=at)
    if escalation.answer is not None:
        raise GateClosedError(
            "answered-once",
            "This request is answered already; the first answer stands.",
            opens="Write to the office that sent the link, or hand in a proposal or a file.",
        )
    if command.position in {"partly", "disputed"} and not (command.text or "").strip():
        raise InvalidError("Say what you dispute, and why.", field="text")
    return [
        facts.EmployerResponseRecorded(
            escalation_id=escalation.sent.escalation_id,
            organisation_id=escalation.sent.organisation_id,
            position=command.position,
            text=command.text or None,
        )
    ]


def propose(
    case: Case, link_id: UUID, command: Propose, *, at: datetime, new_id: Callable[[], UUID], policy: Policy
) -> Sequence[Event]:
    """Take an offer; it binds nobody until it stands in a plan."""
    escalation = let_in(case, link_id, at=at)
    if not command.items:
        raise InvalidError("A proposal offers something.", field="items")
    if sum(len(one.items) for one in case.door.proposals) + len(command.items) > MOST_PROPOSED:
        raise GateClosedError(
            "proposals", f"{MOST_PROPOSED} offers are on record.", opens="The office agrees a plan or asks again."
        )
    for item in command.items:
        if item.remedy not in policy.remedies:
            raise InvalidError("'remedy' is not among the remedies that can be offered.", field="items")
        if item.workers < 1:
            raise InvalidError("'workers' counts at least one.", field="items")
        well_formed(item.amount, "items")
    return [
        told.RemedyProposed(
            proposal_id=new_id(),
            escalation_id=escalation.sent.escalation_id,
            organisation_id=escalation.sent.organisation_id,
            items=command.items,
        )
    ]


def hand_in(
    case: Case, link_id: UUID, name: str, content: bytes, *, at: datetime, evidence_id: UUID, digest: str
) -> Sequence[Event]:
    """Take a file of a kind that cannot be run; how many and how large they may be has an end."""
    escalation = let_in(case, link_id, at=at)
    if len(content) > MOST_BYTES:
        raise TooLargeError(f"A file may have up to {MOST_BYTES} bytes.")
    if len(case.door.evidence) >= MOST_FILES:
        raise GateClosedError(
            "files", f"{MOST_FILES} files are on record.", opens="Write to the office that sent the link."
        )
    return [
        told.EvidenceReceived(
            evidence_id=evidence_id,
            escalation_id=escalation.sent.escalation_id,
            organisation_id=escalation.sent.organisation_id,
            name=said(name, "name")[:LONGEST_NAME],
            media_type=media_type(content),
            size=len(content),
            digest=digest,
        )
    ]


def parts_of(case: Case, content: bytes) -> Sequence[Event]:
    """Return a file in parts that every store and topic can carry."""
    pieces = [content[start : start + PART] for start in range(0, len(content), PART)]
    return [
        told.EvidenceStored(
            case_id=case.case_id, part=number, parts=len(pieces), content=base64.b64encode(piece).decode()
        )
        for number, piece in enumerate(pieces, 1)
    ]


def _ended(case: Case, escalation_id: UUID, reason: str) -> Iterator[Event]:
    for link in case.door.links:
        if link.issued.escalation_id == escalation_id and link.revoked_at is None:
            yield told.AnswerLinkRevoked(link_id=link.issued.link_id, reason=reason)


def _escalation(case: Case, escalation_id: UUID) -> Escalation:
    found = next((one for one in case.escalations if one.sent.escalation_id == escalation_id), None)
    if found is None:
        raise InvalidError("No escalation of this case has this id.", field="escalation_id")
    return found


def _shut(gate: str, detail: str) -> GateClosedError:
    return GateClosedError(gate, detail, opens="Ask the office that sent the link for a new one.")
