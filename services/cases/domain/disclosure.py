"""Who may learn what, and what goes out: consents, respondents, escalations and their answers."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import get_args
from uuid import UUID

from services.cases.domain.commands import Escalate, NameRespondent, RecordConsent, Respond, WithdrawConsent
from services.cases.domain.course import DISCLOSING
from services.cases.domain.gates import admissible, said, still_open
from services.cases.domain.organisations import Organisation
from services.cases.domain.state import Case
from shared.errors import GateClosedError
from shared.events import cases as facts
from shared.events.envelope import Event
from shared.policy import Policy

LADDER: tuple[facts.EscalationLevel, ...] = get_args(facts.EscalationLevel)

_SHORT = 3
"""Terms up to this length are looked for as words of their own, longer ones anywhere."""


def consent(case: Case, command: RecordConsent, *, by: str, recipient_known: bool) -> Sequence[Event]:
    """Record what a recipient may learn; one that holds already says nothing new."""
    still_open(case)
    recipient = recipient_of(command.recipient)
    if command.purpose in DISCLOSING and not recipient_known:
        raise unregistered("recipient")
    if case.consented(recipient, frozenset({command.purpose})):
        return []
    return [
        facts.ConsentRecorded(
            recipient=recipient,
            purpose=command.purpose,
            obtained_from=command.obtained_from,
            obtained_by=command.obtained_by or by,
            withheld=command.withheld,
        )
    ]


def withdraw_consent(case: Case, command: WithdrawConsent) -> Sequence[Event]:
    """Stop later disclosure, of a closed case too; withdrawing what was never given says nothing new."""
    recipient = recipient_of(command.recipient)
    if not any(consent.stands(recipient, frozenset({command.purpose})) for consent in case.consents):
        return []
    return [facts.ConsentWithdrawn(recipient=recipient, purpose=command.purpose)]


def name_respondent(case: Case, command: NameRespondent, *, organisation: Organisation | None) -> Sequence[Event]:
    """Say that a registered organisation bears a duty; saying it again says nothing new."""
    still_open(case)
    if organisation is None:
        raise unregistered("organisation_id")
    if organisation.merged_into is not None:
        raise GateClosedError(
            "organisation-stands",
            "The organisation is shown under another.",
            opens=f"Name its survivor, {organisation.merged_into}.",
        )
    named = facts.RespondentNamed(
        organisation_id=command.organisation_id, name=organisation.name, kind=organisation.kind, role=command.role
    )
    known = {(one.organisation_id, one.role) for one in case.respondents}
    return [] if (named.organisation_id, named.role) in known else [named]


def escalate(
    case: Case,
    command: Escalate,
    *,
    at: datetime,
    escalation_id: UUID,
    organisation: Organisation | None,
    policy: Policy,
) -> Sequence[Event]:
    """Put a brief before a party; four gates stand before a word leaves the house."""
    still_open(case)
    admissible(case)
    if organisation is None:
        raise unregistered("organisation_id")
    _consented(case, command.organisation_id)
    _without_the_person(case, said(command.brief, "brief"))
    _one_step_up(case, command)
    return [
        facts.CaseEscalated(
            escalation_id=escalation_id,
            organisation_id=command.organisation_id,
            name=organisation.name,
            level=command.level,
            brief=command.brief,
            answer_by=policy.due(policy.durations.answer, at),
            level_reason=command.level_reason,
        )
    ]


def respond(case: Case, command: Respond) -> Sequence[Event]:
    """Record the answer to the earliest escalation that waits for one."""
    still_open(case)
    waiting = case.unanswered(command.organisation_id)
    if waiting is None:
        raise GateClosedError(
            "open-escalation",
            "No escalation to this organisation waits for an answer.",
            opens="Escalate the case to this organisation first.",
        )
    return [
        facts.EmployerResponseRecorded(
            escalation_id=waiting.sent.escalation_id,
            organisation_id=command.organisation_id,
            position=command.position,
            text=command.text,
        )
    ]


def level_of(case: Case) -> facts.EscalationLevel | None:
    """Return the highest level that the case has reached."""
    reached = [LADDER.index(one.sent.level) for one in case.escalations]
    return LADDER[max(reached)] if reached else None


def recipient_id(text: str) -> UUID | None:
    """Return the organisation that a consent's recipient names, or None when it names something else."""
    try:
        return UUID(text.strip())
    except ValueError:
        return None


def recipient_of(text: str) -> str:
    """Return an organisation's id in its one spelling; other recipients as they were named."""
    organisation_id = recipient_id(said(text, "recipient"))
    return str(organisation_id) if organisation_id else text.strip()


def unregistered(field: str) -> GateClosedError:
    """Return the refusal of an id that no organisation has."""
    return GateClosedError(
        "registered-organisation",
        f"'{field}' is not the id of a registered organisation.",
        opens="Register the organisation with POST /cases/v1/organisations and use its id.",
    )


def _consented(case: Case, organisation_id: UUID) -> None:
    if not case.may_learn(organisation_id) and case.watch.resting_since is not None:
        raise GateClosedError(
            "retaliation",
            "Retaliation was reported; consents given before it rest.",
            opens="Record a consent given since then, or let a supervisor release disclosure with a reason.",
        )
    if not case.may_learn(organisation_id):
        raise GateClosedError(
            "consent",
            "No live consent lets this organisation learn of the case.",
            opens="Record the complainant's consent for this organisation, to disclose facts or identity.",
        )


def _without_the_person(case: Case, brief: str) -> None:
    text = _folded(brief)
    for what, term in _personal_terms(case):
        if _occurs(_folded(term), text):
            raise GateClosedError(
                "brief-without-person",
                f"The brief contains the complainant's {what}.",
                opens="Write the brief without anything that tells who complained.",
            )


def _personal_terms(case: Case) -> Iterator[tuple[str, str]]:
    complainant, contact = case.opening.complainant, case.safe_contact
    if complainant is not None and complainant.name:
        yield "name", complainant.name
    if complainant is not None and complainant.reference:
        yield "reference", complainant.reference
    if contact is not None and contact.address:
        yield "contact address", contact.address
    for way in contact.further if contact is not None else ():
        yield "contact address", way.address


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).split())


def _occurs(term: str, text: str) -> bool:
    if len(term) > _SHORT:
        return term in text
    return bool(term) and re.search(rf"(?<!\w){re.escape(term)}(?!\w)", text) is not None


def _one_step_up(case: Case, command: Escalate) -> None:
    reached = level_of(case)
    allowed = 0 if reached is None else LADDER.index(reached) + 1
    if LADDER.index(command.level) > allowed and not (command.level_reason or "").strip():
        raise GateClosedError(
            "escalation-level",
            f"The level '{command.level}' skips '{LADDER[allowed]}'.",
            opens="Escalate one level at a time, or give 'level_reason'.",
        )
