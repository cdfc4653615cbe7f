"""What notify hears, and what it does about it: it takes down who may be told how, and tells what the rules say.

Imported cases are passed over without a trace. An import brings in hundreds of thousands of records of people who
were never asked for a safe way to be told, and one `suppressed` each would double the log to say nothing. They have
no recipient stream, so whatever happens to them later is passed over as well.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import msgspec

from services.notify.application import Office, Receipts, Telling, handler_id
from services.notify.domain import Rule, Rules, Silence
from services.notify.templates import day
from shared.bus.port import Handler, Reaction
from shared.events import REGISTRY
from shared.events.arrivals import DeliveryReported
from shared.events.cases import CASE, CaseAcknowledged, CaseAssigned, CaseOpened, OrganisationRegistered
from shared.events.clocks import CLOCKS
from shared.events.envelope import Envelope, Event, Recorded
from shared.events.notify import Audience, RecipientRegistered
from shared.events.safety import SafeContactSet
from shared.events.values import SafeContact
from shared.eventstore.work import UnitOfWork

IMPORTED = "import"

AUDIENCE_OF: Mapping[str, Audience] = {"brand": "brand", "government": "government"}
"""As what an organisation of a kind is told; all others as respondents."""

Links = Callable[[UUID], str]
"""From the id of an answer link to the address of the page behind it."""

NO_ADDRESS = Silence("no-public-address", person=False)
"""Nothing leads to this deployment from outside; the handler passes the link on, from the desk."""

_OF_A_CASE = frozenset({CASE, CLOCKS})
"""Streams that belong to a case, of which an imported one is told to nobody."""

E = TypeVar("E", bound=Event)


def _spoken_to_in(contact: SafeContact | None, language: str) -> SafeContact | None:
    """Return the contact with the case's language where it names none of its own."""
    if contact is None or contact.language is not None:
        return contact
    return msgspec.structs.replace(contact, language=language)


@dataclass(frozen=True, slots=True)
class Register:
    """One method per fact that says who may be told something, and how."""

    telling: Telling
    office: Office

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
        recipient = RecipientRegistered(audience=AUDIENCE_OF.get(event.kind, "respondent"), contact=event.contact)
        self.telling.register(work, subject_id=cause.stream_id, recipient=recipient, cause=cause)

    def on_case_assigned(self, work: UnitOfWork, cause: Envelope, event: CaseAssigned) -> None:
        """Take down who handles the case."""
        known = self.telling.recipient(work, subject_id=cause.stream_id)
        if known is not None:
            contact = self.office.handlers.get(event.assignee)
            handler = RecipientRegistered(audience="operator", number=known.number, contact=contact)
            self.telling.register(work, subject_id=handler_id(cause.stream_id), recipient=handler, cause=cause)

    def on_case_acknowledged(self, work: UnitOfWork, cause: Envelope, event: CaseAcknowledged) -> None:
        """Where the handler found no safe channel, nothing is ever sent for this case."""
        known = self.telling.recipient(work, subject_id=cause.stream_id)
        if known is not None and event.no_safe_channel_because is not None:
            silent = msgspec.structs.replace(known, contact=None)
            self.telling.register(work, subject_id=cause.stream_id, recipient=silent, cause=cause)


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells what the rules say of a fact, and takes back what it makes needless."""

    telling: Telling
    rules: Rules
    office: Office
    links: Links | None = None

    def on_fact(self, work: UnitOfWork, heard: Recorded) -> None:
        """Apply every rule that a fact fits."""
        for rule in self.rules.ended_by(heard.event):
            about = getattr(heard.event, str(rule.about), None)
            self.telling.withdraw(work, rule=rule, about=str(about), cause=heard.envelope)
        for rule in self.rules.of(heard.event):
            self._tell(work, heard.envelope, heard.event, rule)

    def _tell(self, work: UnitOfWork, cause: Envelope, event: Event, rule: Rule) -> None:
        case_id: UUID = getattr(event, "case_id", cause.stream_id)
        case = self.telling.recipient(work, subject_id=case_id)
        number = case.number if case else getattr(event, "number", None)
        if number is None and cause.stream in _OF_A_CASE:
            return
        to = self._addressee(work, cause, event, rule, case_id)
        if to is None:
            return
        filled = {gap: self._filled(gap, getattr(event, name)) for gap, name in rule.values.items()}
        self.telling.tell(
            work,
            cause=cause,
            case_id=case_id,
            rule=rule,
            to=to,
            values={"number": number or str(case_id), **filled},
            moments=rule.moments(event),
            about=str(getattr(event, rule.about)) if rule.about else "",
            hindered=NO_ADDRESS if "link" in rule.values and self.links is None else None,
        )

    def _filled(self, gap: str, value: object) -> str:
        if gap == "link" and self.links is not None and isinstance(value, UUID):
            return self.links(value)
        return _written(value)

    def _addressee(
        self, work: UnitOfWork, cause: Envelope, event: Event, rule: Rule, case_id: UUID
    ) -> UUID | RecipientRegistered | None:
        match rule.audience:
            case "complainant":
                return case_id
            case "supervisor":
                return RecipientRegistered(audience="supervisor", contact=self.office.supervisors)
            case "safeguarding":
                return RecipientRegistered(audience="safeguarding", contact=self.office.safeguarding)
            case "witness":
                witness = self.office.witness
                return RecipientRegistered(audience="witness", contact=witness) if witness else None
            case "operator":
                # Whoever of the office has no address looks at the desk; lines of silence would only fill the list.
                handler = self.telling.recipient(work, subject_id=handler_id(case_id))
                return handler_id(case_id) if handler and handler.contact else None
            case _:
                return self._organisation(work, cause, event, rule)

    def _organisation(self, work: UnitOfWork, cause: Envelope, event: Event, rule: Rule) -> UUID | None:
        named = _id_in(getattr(event, rule.to, None))
        if named is None:
            return None
        self.telling.demand_known(work, subject_id=named, cause=cause)
        known = self.telling.recipient(work, subject_id=named)
        return named if rule.audience == (known.audience if known else "respondent") else None


def reactions(telling: Telling, rules: Rules, office: Office, links: Links | None = None) -> Sequence[Reaction]:
    """Return the routing tables: what is heard of cases, and of intake where a rule names a fact of it."""
    register, teller = Register(telling, office), Teller(telling, rules, office, links)
    routes: dict[type[Event], Handler] = dict(
        (
            _route(CaseOpened, register.on_case_opened),
            _route(OrganisationRegistered, register.on_organisation_registered),
            _route(SafeContactSet, register.on_safe_contact_set),
            _route(CaseAssigned, register.on_case_assigned),
            _route(CaseAcknowledged, register.on_case_acknowledged),
        )
    )
    for kind in _kinds(rules, "cases"):
        routes[kind] = _then(routes.get(kind), teller.on_fact)
    of_intake: dict[type[Event], Handler] = {kind: _then(None, teller.on_fact) for kind in _kinds(rules, "intake")}
    heard = [Reaction(name="notify-of-cases", source="cases", routes=routes)]
    return [*heard, Reaction(name="notify-of-intake", source="intake", routes=of_intake)] if of_intake else heard


def of_receipts(receipts: Receipts) -> Reaction:
    """Return the reaction to what providers tell of what was sent."""
    return Reaction(name="notify-of-receipts", source="intake", routes={DeliveryReported: receipts.on_reported})


def _kinds(rules: Rules, service: str) -> Sequence[type[Event]]:
    return [REGISTRY[name] for name in sorted(rules.facts(service)) if name in REGISTRY]


def _then(first: Handler | None, then: Handler) -> Handler:
    def handle(work: UnitOfWork, heard: Recorded) -> None:
        if first is not None:
            first(work, heard)
        then(work, heard)

    return handle


def _route(kind: type[E], listen: Callable[[UnitOfWork, Envelope, E], None]) -> tuple[type[Event], Handler]:
    def handle(work: UnitOfWork, heard: Recorded) -> None:
        if isinstance(heard.event, kind):
            listen(work, heard.envelope, heard.event)

    return kind, handle


def _written(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(_written(one) for one in value)
    return day(value) if isinstance(value, datetime) else str(value)


def _id_in(value: object) -> UUID | None:
    if isinstance(value, UUID):
        return value
    try:
        return UUID(str(value))
    except ValueError:
        return None
