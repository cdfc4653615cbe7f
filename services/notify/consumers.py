"""What notify hears of cases, and what it does about it.

Imported cases are passed over without a trace. An import brings in hundreds of thousands of records of people who
were never asked for a safe way to be told, and one `suppressed` each would double the log to say nothing. They have
no recipient stream, so whatever happens to them later is passed over as well.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from services.notify.application import Telling
from services.notify.templates import day
from shared.bus.port import Handler, Reaction
from shared.events.cases import (
    CaseAcknowledged,
    CaseClosed,
    CaseEscalated,
    CaseOpened,
    EmployerResponseRecorded,
    GlassBroken,
    OrganisationRegistered,
)
from shared.events.envelope import Envelope, Event, Recorded
from shared.events.notify import Occasion, RecipientRegistered
from shared.events.safety import SafeContactSet
from shared.events.values import SafeContact
from shared.eventstore.work import UnitOfWork

IMPORTED = "import"

E = TypeVar("E", bound=Event)


def _spoken_to_in(contact: SafeContact | None, language: str) -> SafeContact | None:
    """Return the contact with the case's language where it names none of its own."""
    if contact is None or contact.language is not None:
        return contact
    return msgspec.structs.replace(contact, language=language)


@dataclass(frozen=True, slots=True)
class Listener:
    """One method per fact of cases that says who may be told something, or that is news for somebody."""

    telling: Telling
    supervisors: SafeContact | None = None

    def on_case_opened(self, work: UnitOfWork, cause: Envelope, event: CaseOpened) -> None:
        """Take down the safe contact, or that there is none."""
        if event.channel != IMPORTED:
            contact = _spoken_to_in(event.safe_contact, event.language)
            recipient = RecipientRegistered(audience="complainant", number=event.number, contact=contact)
            self.telling.register(work, subject_id=cause.stream_id, recipient=recipient, cause=cause)

    def on_safe_contact_set(self, work: UnitOfWork, cause: Envelope, event: SafeContactSet) -> None:
        """Take down the last word on how it is safe; it holds for what waits already, too."""
        known = self.telling.recipient(work, subject_id=cause.stream_id)
        if known is not None:
            language = known.contact.language if known.contact and known.contact.language else "en"
            contact = _spoken_to_in(event.safe_contact, language)
            changed = msgspec.structs.replace(known, contact=contact)
            self.telling.register(work, subject_id=cause.stream_id, recipient=changed, cause=cause)

    def on_organisation_registered(self, work: UnitOfWork, cause: Envelope, event: OrganisationRegistered) -> None:
        """Take down the organisation's contact, or that there is none."""
        recipient = RecipientRegistered(audience="respondent", contact=event.contact)
        self.telling.register(work, subject_id=cause.stream_id, recipient=recipient, cause=cause)

    def on_case_acknowledged(self, work: UnitOfWork, cause: Envelope, event: CaseAcknowledged) -> None:
        """Tell the complainant, unless the handler found no safe channel: then nothing is ever sent for this case."""
        known = self.telling.recipient(work, subject_id=cause.stream_id)
        if known is not None and event.no_safe_channel_because is not None:
            silent = msgspec.structs.replace(known, contact=None)
            self.telling.register(work, subject_id=cause.stream_id, recipient=silent, cause=cause)
        self._tell_complainant(work, cause, "acknowledgement")

    def on_employer_response_recorded(
        self, work: UnitOfWork, cause: Envelope, _event: EmployerResponseRecorded
    ) -> None:
        """Tell the complainant that there is news."""
        self._tell_complainant(work, cause, "answer")

    def on_case_closed(self, work: UnitOfWork, cause: Envelope, _event: CaseClosed) -> None:
        """Tell the complainant that there is an update."""
        self._tell_complainant(work, cause, "closure")

    def on_case_escalated(self, work: UnitOfWork, cause: Envelope, event: CaseEscalated) -> None:
        """Tell the organisation that a request waits; the brief itself never leaves the house this way."""
        case = self.telling.recipient(work, subject_id=cause.stream_id)
        if case is None or case.number is None:
            return
        self.telling.demand_known(work, subject_id=event.organisation_id, cause=cause)
        self.telling.tell(
            work,
            cause=cause,
            occasion="escalation",
            audience="respondent",
            to=event.organisation_id,
            values={"number": case.number, "organisation": event.name, "answer_by": day(event.answer_by)},
        )

    def on_glass_broken(self, work: UnitOfWork, cause: Envelope, event: GlassBroken) -> None:
        """Tell the supervisors; without an address for them it stands in the list of notifications all the same."""
        self.telling.tell(
            work,
            cause=cause,
            occasion="break-glass",
            audience="supervisor",
            to=RecipientRegistered(audience="supervisor", contact=self.supervisors),
            values={"number": event.number},
        )

    def _tell_complainant(self, work: UnitOfWork, cause: Envelope, occasion: Occasion) -> None:
        case = self.telling.recipient(work, subject_id=cause.stream_id)
        if case is None or case.number is None:
            return
        self.telling.tell(
            work,
            cause=cause,
            occasion=occasion,
            audience="complainant",
            to=cause.stream_id,
            values={"number": case.number},
        )


def reaction(telling: Telling, supervisors: SafeContact | None = None) -> Reaction:
    """Return the routing table; `supervisors` is where they are told that somebody broke the glass."""
    listener = Listener(telling, supervisors)
    routes = (
        _route(CaseOpened, listener.on_case_opened),
        _route(OrganisationRegistered, listener.on_organisation_registered),
        _route(SafeContactSet, listener.on_safe_contact_set),
        _route(CaseAcknowledged, listener.on_case_acknowledged),
        _route(CaseEscalated, listener.on_case_escalated),
        _route(EmployerResponseRecorded, listener.on_employer_response_recorded),
        _route(CaseClosed, listener.on_case_closed),
        _route(GlassBroken, listener.on_glass_broken),
    )
    return Reaction(name="notify-of-cases", source="cases", routes=dict(routes))


def _route(kind: type[E], listen: Callable[[UnitOfWork, Envelope, E], None]) -> tuple[type[Event], Handler]:
    def handle(work: UnitOfWork, heard: Recorded) -> None:
        if isinstance(heard.event, kind):
            listen(work, heard.envelope, heard.event)

    return kind, handle
