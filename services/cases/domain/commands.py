"""What one may want of a case, in checked words. Who wants it, and when, comes beside."""

from datetime import date
from typing import Literal
from uuid import UUID

import msgspec

from shared.events import cases as facts
from shared.events.values import Money, Party, SafeContact, Teller

VerificationOutcome = Literal["confirmed", "refuted", "attempts_failed"]


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """The will that something happen to a case."""


class OpenCase(Command, frozen=True, kw_only=True):
    """Make a grievance a case. Identity is never required."""

    channel: str
    language: str
    summary: str | None = None
    country: str | None = None
    sector: str | None = None
    site: str | None = None
    workers: int = 1
    issues: tuple[str, ...] = ()
    complainant: Party | None = None
    safe_contact: SafeContact | None = None
    statistics_consent: bool = False
    told_by: Teller | None = None
    happened_on: date | None = None


class Acknowledge(Command, frozen=True, kw_only=True):
    """The complainant was told on a safe channel that the case is known, or there was none."""

    channel: str | None = None
    no_safe_channel_because: str | None = None


class SetSafeContact(Command, frozen=True, kw_only=True):
    """Say how it is safe to reach the complainant from now on; none: no way is."""

    safe_contact: SafeContact | None


class TryCodeWord(Command, frozen=True, kw_only=True):
    """Compare a word that was said with the code word agreed on."""

    word: str


class TriageCase(Command, frozen=True, kw_only=True):
    """Decide issues, severity, admissibility and the safety screen."""

    issues: tuple[str, ...]
    admissible: bool
    admissibility_reason: str
    danger_now: bool
    severity: str | None = None
    severity_reason: str | None = None
    safety_note: str | None = None


class Assign(Command, frozen=True, kw_only=True):
    """Make somebody the handler, by key id."""

    assignee: str
    team: str | None = None


class AddNote(Command, frozen=True, kw_only=True):
    """Write down what another handler must know."""

    text: str


class RecordSatisfaction(Command, frozen=True, kw_only=True):
    """Write down how content the complainant is, as they told somebody other than the handler."""

    stars: int


class RecordConsent(Command, frozen=True, kw_only=True):
    """The complainant agrees that a recipient may learn something for a purpose."""

    recipient: str
    purpose: facts.ConsentPurpose
    obtained_from: Literal["individual", "caregiver", "representative"] = "individual"
    obtained_by: str | None = None
    withheld: str | None = None


class WithdrawConsent(Command, frozen=True, kw_only=True):
    """The complainant wants nothing more to go to a recipient for a purpose."""

    recipient: str
    purpose: facts.ConsentPurpose


class NameRespondent(Command, frozen=True, kw_only=True):
    """Say that a registered organisation bears a duty here."""

    organisation_id: UUID
    role: facts.RespondentRole


class Escalate(Command, frozen=True, kw_only=True):
    """Put a brief without the person in it before a party that must answer."""

    organisation_id: UUID
    level: facts.EscalationLevel
    brief: str
    level_reason: str | None = None


class Respond(Command, frozen=True, kw_only=True):
    """Record what the escalated party answered."""

    organisation_id: UUID
    position: facts.ResponsePosition
    text: str | None = None


class PlannedItem(msgspec.Struct, frozen=True, kw_only=True):
    """One promise to be made: what, by whom, until when, for how many, and how much."""

    remedy: str
    owner: str
    due_on: date
    workers: int = 1
    claimed: Money | None = None
    assessed: Money | None = None
    description: str | None = None


class AgreePlan(Command, frozen=True, kw_only=True):
    """Record a remedy plan that the complainant was consulted on."""

    items: tuple[PlannedItem, ...]
    complainant_consulted: bool


class CompleteItem(Command, frozen=True, kw_only=True):
    """Report that an item is done, or partly paid: `paid` is this payment, not the running sum."""

    item_id: UUID
    evidence: str
    complete: bool = True
    paid: Money | None = None
    workers: int | None = None


class VerifyItem(Command, frozen=True, kw_only=True):
    """Record the worker's own word on an item, or that safe attempts to get it failed."""

    item_id: UUID
    outcome: VerificationOutcome
    statement: str | None = None


class CloseCase(Command, frozen=True, kw_only=True):
    """End the case with one of nine reasons."""

    reason: facts.CloseReason
    explanation: str
    surviving_case_id: UUID | None = None


class ReopenCase(Command, frozen=True, kw_only=True):
    """Take the case up again."""

    reason: str


class DeclareConflict(Command, frozen=True, kw_only=True):
    """Keep somebody, by key id, out of the case because they have a stake in it."""

    handler: str
    reason: str


class LiftConflict(Command, frozen=True, kw_only=True):
    """Let somebody in again whose stake is gone; said by another person."""

    handler: str
    reason: str


class RegisterOrganisation(Command, frozen=True, kw_only=True):
    """Make an organisation known."""

    name: str
    kind: facts.OrganisationKind
    country: str | None = None
    os_id: str | None = None
    contact: SafeContact | None = None
