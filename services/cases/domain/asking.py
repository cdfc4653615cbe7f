"""Asking the complainant whether somebody may learn something, and taking a no."""

from collections.abc import Sequence

from services.cases.domain.commands import Command
from services.cases.domain.course import DISCLOSING
from services.cases.domain.disclosure import recipient_of, unregistered
from services.cases.domain.gates import still_open, triaged
from services.cases.domain.state import Case
from shared.errors import GateClosedError
from shared.events import procedure as told
from shared.events.cases import ConsentPurpose
from shared.events.envelope import Event


class RequestConsent(Command, frozen=True, kw_only=True):
    """Ask the complainant whether a recipient may learn something for a purpose."""

    recipient: str
    purpose: ConsentPurpose


class DeclineConsent(Command, frozen=True, kw_only=True):
    """Take down that the complainant does not want it."""

    recipient: str
    purpose: ConsentPurpose
    reason: str | None = None


def request_consent(case: Case, command: RequestConsent, *, recipient_known: bool) -> Sequence[Event]:
    """Ask once; what is asked already, or consented to, says nothing new."""
    still_open(case)
    triaged(case)
    recipient = recipient_of(command.recipient)
    if command.purpose in DISCLOSING and not recipient_known:
        raise unregistered("recipient")
    if case.consented(recipient, frozenset({command.purpose})) or case.steps.waits_for(recipient, command.purpose):
        return []
    return [told.ConsentRequested(recipient=recipient, purpose=command.purpose)]


def decline_consent(case: Case, command: DeclineConsent) -> Sequence[Event]:
    """Record a no to what was asked; a consent that stands is withdrawn, not declined."""
    still_open(case)
    recipient = recipient_of(command.recipient)
    if not case.steps.waits_for(recipient, command.purpose):
        raise GateClosedError(
            "consent-asked",
            "The complainant was not asked for this consent.",
            opens="Ask with 'request-consent'; a consent that stands is ended with 'withdraw-consent'.",
        )
    return [told.ConsentDeclined(recipient=recipient, purpose=command.purpose, reason=command.reason)]
