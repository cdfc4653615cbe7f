"""Every fact in plain words. What speaks of a person is left out, unless it is asked for."""

from dataclasses import dataclass, field
from uuid import UUID

from shared.cli.replaying.beside import beside
from shared.events import cases as facts
from shared.events.envelope import Event
from shared.events.values import Money, Party, SafeContact


@dataclass(slots=True)
class Words:
    """Names that later facts only refer to, and whether personal fields are told."""

    personal: bool = False
    items: dict[UUID, facts.RemedyItem] = field(default_factory=dict)
    parties: dict[UUID, str] = field(default_factory=dict)

    def learn(self, event: Event) -> None:
        """Remember the names that a fact brings."""
        match event:
            case (
                facts.RespondentNamed(organisation_id=party, name=name)
                | facts.CaseEscalated(organisation_id=party, name=name)
            ):
                self.parties[party] = name
            case facts.RemedyPlanAgreed(items=items):
                self.items |= {item.item_id: item for item in items}
            case _:
                return

    def item(self, item_id: UUID) -> str:
        """Name a promised remedy."""
        item = self.items.get(item_id)
        return f"{item.remedy} by {item.owner}" if item else f"the item {item_id}"

    def party(self, name: str) -> str:
        """Name an organisation where its id is known here."""
        try:
            return self.parties.get(UUID(name), name)
        except ValueError:
            return name

    def quoted(self, what: str, text: str | None) -> str:
        """Quote a personal text, or say only that it is there; nothing when it is not."""
        if not text:
            return ""
        return f" {what}: “{text}”" if self.personal else f" {what} is on record."


def sentence(event: Event, words: Words) -> str:  # noqa: C901, PLR0911, PLR0912 - one table of all facts
    """Say what happened. Total over all facts of cases."""
    match event:
        case facts.CaseOpened():
            return _opened(event, words)
        case facts.CaseAcknowledged(channel=None):
            return f"It was not acknowledged to the complainant: {event.no_safe_channel_because}."
        case facts.CaseAcknowledged():
            return f"The complainant was told over {event.channel} that the case is known."
        case facts.CaseTriaged():
            return _triaged(event, words)
        case facts.CaseAssigned():
            return f"{event.assignee}{_of_team(event.team)} became the handler."
        case facts.SatisfactionRecorded():
            return f"The complainant gave {event.stars} of 5 stars to how it went."
        case facts.NoteAdded():
            return f"A note was written.{words.quoted('The note', event.text)}"
        case facts.ConsentRecorded():
            return _consented(event, words)
        case facts.ConsentWithdrawn():
            return f"The consent for {words.party(event.recipient)} to {event.purpose} was withdrawn."
        case facts.RespondentNamed():
            return f"{event.name} ({event.kind}) was named as the {event.role} who bears a duty."
        case facts.CaseEscalated():
            return _escalated(event)
        case facts.EmployerResponseRecorded():
            who = words.party(str(event.organisation_id))
            return f"{who} answered: {event.position}.{words.quoted('The answer', event.text)}"
        case facts.RemedyPlanAgreed():
            return _planned(event)
        case facts.RemedyItemCompleted():
            return _completed(event, words)
        case facts.RemedyItemVerified():
            return _verified(event, words)
        case facts.RemedyItemRefuted():
            said = words.quoted("Their word", event.statement)
            return f"The worker says that {words.item(event.item_id)} did not come.{said}"
        case facts.CaseClosed():
            return _closed(event)
        case facts.CaseReopened():
            return f"The case was opened again: {_stop(event.reason)}"
        case facts.ConflictDeclared():
            return f"{event.handler} is kept out by a conflict of interest.{words.quoted('The reason', event.reason)}"
        case facts.ConflictLifted():
            return f"{event.handler} is no longer kept out.{words.quoted('The reason', event.reason)}"
        case facts.GlassBroken():
            return f"The glass was broken to read the case.{words.quoted('The reason', event.reason)}"
        case facts.LegacyRecordImported():
            return _imported(event, words)
        case facts.CaseRetired():
            return "It was kept as long as such cases are; what people said may be erased."
        case facts.CaseFieldsViewed():
            return f"Sealed fields were opened for {event.purpose}: {', '.join(event.fields)}."
        case facts.OrganisationRegistered():
            return f"{event.name} was registered as {event.kind}{_in(event.country)}."
        case _:
            return beside(event, words)


def money(amount: Money) -> str:
    """Write an amount with its currency."""
    return f"{amount.amount:,f} {amount.currency}"


def _opened(event: facts.CaseOpened, words: Words) -> str:
    about = f" about {', '.join(event.issues)}" if event.issues else ""
    where = (
        f"{_in(event.country)}{f', {event.sector}' if event.sector else ''}{f', {event.site}' if event.site else ''}"
    )
    persons = words.quoted("The summary", event.summary) + _complainant(event.complainant, words)
    return (
        f"The case {event.number} was opened: over {event.channel}, in the language {event.language}{where}{about}, "
        f"for {_workers(event.workers)}.{persons}{_contact(event.safe_contact, words)}"
    )


def _complainant(party: Party | None, words: Words) -> str:
    if party is None:
        return ""
    return words.quoted("The complainant", ", ".join(known for known in (party.name, party.reference) if known))


def _contact(contact: SafeContact | None, words: Words) -> str:
    return f" A safe contact is {contact.channel}.{words.quoted('Its address', contact.address)}" if contact else ""


def _triaged(event: facts.CaseTriaged, words: Words) -> str:
    admissible = "admissible" if event.admissible else "not admissible"
    severity = f"{event.severity} ({event.severity_reason})" if event.severity_reason else event.severity
    danger = " Somebody is in danger now." if event.danger_now else ""
    return (
        f"It was triaged as {', '.join(event.issues)}, severity {severity}, {admissible}: "
        f"{_stop(event.admissibility_reason)}{danger}{words.quoted('A safety note', event.safety_note)}"
    )


def _consented(event: facts.ConsentRecorded, words: Words) -> str:
    withheld = words.quoted("What is to be withheld", event.withheld)
    return (
        f"Consent for {words.party(event.recipient)} to {event.purpose} was given by the {event.obtained_from}, "
        f"obtained by {event.obtained_by}.{withheld}"
    )


def _escalated(event: facts.CaseEscalated) -> str:
    because = f" ({event.level_reason})" if event.level_reason else ""
    return (
        f"A brief went to {event.name} at the level {event.level}{because}, to be answered by "
        f"{event.answer_by:%Y-%m-%d}: “{event.brief}”"
    )


def _planned(event: facts.RemedyPlanAgreed) -> str:
    items = "; ".join(_promised(item) for item in event.items)
    consulted = "consulted" if event.complainant_consulted else "not consulted"
    return f"A plan was agreed, the complainant was {consulted}: {items}."


def _promised(item: facts.RemedyItem) -> str:
    amounts = (("claimed", item.claimed), ("assessed", item.assessed))
    sums = "".join(f", {kind} {money(amount)}" for kind, amount in amounts if amount)
    return f"{item.remedy} by {item.owner} until {item.due_on} for {_workers(item.workers)}{sums}"


def _completed(event: facts.RemedyItemCompleted, words: Words) -> str:
    done = "done" if event.complete else "partly done"
    paid = f", {money(event.paid)} paid" if event.paid else ""
    reached = f", {_workers(event.workers)} reached" if event.workers is not None else ""
    return f"{words.item(event.item_id)} was reported {done}{paid}{reached}; evidence: {_stop(event.evidence)}"


def _verified(event: facts.RemedyItemVerified, words: Words) -> str:
    item = words.item(event.item_id)
    if event.method == "worker-confirmed":
        return f"The worker confirmed {item}.{words.quoted('Their word', event.statement)}"
    return f"{item} counts as verified after {event.attempts} safe attempts to reach the worker failed."


def _closed(event: facts.CaseClosed) -> str:
    survivor = f" The case {event.surviving_case_id} goes on." if event.surviving_case_id else ""
    tried = f" After {event.attempts} attempts." if event.attempts else ""
    return f"The case was closed as {event.reason}: {_stop(event.explanation)}{tried}{survivor}"


def _imported(event: facts.LegacyRecordImported, words: Words) -> str:
    amounts = (("claimed", event.claimed), ("assessed", event.assessed), ("paid", event.paid))
    sums = "".join(f", {kind} {money(amount)}" for kind, amount in amounts if amount)
    undated = "" if event.dated else " The record has no date of its own."
    filled = "; ".join(f"{name} = {text}" for name, text in event.fields.items() if text)
    return (
        f"It was taken over from {event.source}, record {event.reference}{sums}; never checked with a worker."
        f"{undated}{words.quoted('The record', filled)}"
    )


def _workers(count: int) -> str:
    return "1 worker" if count == 1 else f"{count:,} workers"


def _of_team(team: str | None) -> str:
    return f" of the team {team}" if team else ""


def _in(country: str | None) -> str:
    return f", in {country}" if country else ""


def _stop(text: str) -> str:
    said = text.strip()
    return said if said.endswith((".", "!", "?", "။", "។")) else f"{said}."
