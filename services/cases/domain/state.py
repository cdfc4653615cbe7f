"""The case as its facts have made it. Frozen: a change is a new state.

A part of the case is the fact that made it, with what only the envelope knew and what happened to it since.
"""

from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

import msgspec

from services.cases.domain.course import DISCLOSING, Course, State
from services.cases.domain.crew import Crew
from services.cases.domain.door import Door
from services.cases.domain.steps import Steps
from services.cases.domain.watch import Watch
from services.cases.domain.yields import Yields
from shared.events import cases as facts
from shared.events import desk, questions, safety
from shared.events.envelope import Actor
from shared.events.parties import RecruitmentFeeReported
from shared.events.questions import QuestionPlanned
from shared.events.values import Money, SafeContact

ItemStatus = Literal["agreed", "part_done", "completed", "verified", "refuted"]


class Triage(msgspec.Struct, frozen=True):
    """What the last triage decided, when and by whom."""

    decided: facts.CaseTriaged
    at: datetime
    by: str


class Consent(msgspec.Struct, frozen=True):
    """What one recipient may learn, since when, and until when; `rests` since retaliation was reported."""

    given: facts.ConsentRecorded
    given_at: datetime
    withdrawn_at: datetime | None = None
    rests: bool = False

    def stands(self, recipient: str, purposes: frozenset[str]) -> bool:
        """Whether it was given for this recipient and one of these purposes, and not withdrawn."""
        given = self.given
        return self.withdrawn_at is None and given.recipient == recipient and given.purpose in purposes

    def covers(self, recipient: str, purposes: frozenset[str]) -> bool:
        """Whether it holds now, for this recipient and one of these purposes."""
        return not self.rests and self.stands(recipient, purposes)


class Escalation(msgspec.Struct, frozen=True):
    """What went to whom, and what they answered."""

    sent: facts.CaseEscalated
    escalated_at: datetime
    answer: facts.EmployerResponseRecorded | None = None
    answered_at: datetime | None = None


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A promised remedy and what became of it. `reported_by`: everyone who said that something of it was done."""

    promise: facts.RemedyItem
    status: ItemStatus = "agreed"
    paid: Money | None = None
    evidence: tuple[str, ...] = ()
    reported_by: tuple[str, ...] = ()
    workers_reached: int | None = None
    verified_by: str | None = None
    method: facts.VerificationMethod | None = None
    attempts: int | None = None
    statement: str | None = None

    @property
    def currency(self) -> str | None:
        """The currency in which the item counts, once there is one."""
        known = self.promise.assessed or self.promise.claimed or self.paid
        return known.currency if known else None

    def paid_with(self, payment: Money | None) -> Money | None:
        """Return the running sum after a payment."""
        if payment is None:
            return self.paid
        before = self.paid.amount if self.paid else Decimal()
        return Money(amount=before + payment.amount, currency=payment.currency)


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody shall do for the case, and what came of it."""

    added: desk.TaskAdded
    by: str
    at: datetime
    done_at: datetime | None = None
    done_by: str | None = None
    outcome: str | None = None


class ContactChange(msgspec.Struct, frozen=True):
    """The last word on the safe contact, with the version of the fact that says it."""

    said: safety.SafeContactSet
    version: int


class Question(msgspec.Struct, frozen=True):
    """What the complainant was asked by a message, and what they answered; `replies` decided nothing."""

    asked: questions.QuestionAsked
    at: datetime
    answer: questions.QuestionAnswered | None = None
    answered_at: datetime | None = None
    replies: tuple[questions.ReplyReceived, ...] = ()


class Closure(msgspec.Struct, frozen=True):
    """One ending of the case; a reopened case keeps its earlier ones."""

    ended: facts.CaseClosed
    at: datetime
    by: str
    reopened_at: datetime | None = None
    reopened_because: str | None = None


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A grievance in the open, from its opening to its last closure."""

    case_id: UUID
    version: int
    opening: facts.CaseOpened
    opened_at: datetime
    opened_by: Actor
    course: Course
    acknowledged_at: datetime | None = None
    acknowledged_on: str | None = None
    issues: tuple[str, ...] = ()
    severity: str | None = None
    triage: Triage | None = None
    assignee: str | None = None
    team: str | None = None
    respondents: tuple[facts.RespondentNamed, ...] = ()
    consents: tuple[Consent, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    items: tuple[Item, ...] = ()
    planned_by: str | None = None
    closures: tuple[Closure, ...] = ()
    legacy: facts.LegacyRecordImported | None = None
    subject: UUID | None = None
    retired: bool = False
    kept_out: tuple[str, ...] = ()
    tasks: tuple[Task, ...] = ()
    door: Door = Door()
    crew: Crew = Crew()
    watch: Watch = Watch()
    yields: Yields = ()
    steps: Steps = Steps()
    overriding: str | None = None
    """The gate that whoever decides now passes by their right; no fact sets it."""
    questions: tuple[Question, ...] = ()
    planned: tuple[QuestionPlanned, ...] = ()
    """What is to be asked by the rules, and was neither asked nor withheld yet."""
    satisfaction_at: datetime | None = None
    fees: tuple[RecruitmentFeeReported, ...] = ()
    contact_change: ContactChange | None = None

    @property
    def state(self) -> State:
        """Where the case stands in the procedure."""
        return self.course.state

    @property
    def safe_contact(self) -> SafeContact | None:
        """How it is safe to reach the complainant."""
        return self.contact_change.said.safe_contact if self.contact_change else self.opening.safe_contact

    def item(self, item_id: UUID) -> Item | None:
        """Return a promised remedy, or None."""
        return next((item for item in self.items if item.promise.item_id == item_id), None)

    def consented(self, recipient: str, purposes: frozenset[str]) -> bool:
        """Whether a live consent covers this recipient for one of these purposes."""
        return any(consent.covers(recipient, purposes) for consent in self.consents)

    def may_learn(self, organisation_id: UUID) -> bool:
        """Whether a live consent lets anything about this case be disclosed to the organisation."""
        return self.consented(str(organisation_id), DISCLOSING)

    def unanswered(self, organisation_id: UUID) -> Escalation | None:
        """Return the earliest escalation that the organisation has not answered yet, or None."""
        waiting = (one for one in self.escalations if one.answer is None)
        return next((one for one in waiting if one.sent.organisation_id == organisation_id), None)
