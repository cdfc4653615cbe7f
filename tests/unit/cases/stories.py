"""Facts that many stories of cases begin with."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from services.cases.domain.evolve import evolve
from services.cases.domain.organisations import Organisation
from services.cases.domain.state import Case
from shared.events import cases as facts
from shared.events.procedure import ContactAttempted
from shared.events.values import Money, Party, SafeContact
from shared.policy import default_policy
from tests.support.given_when_then import START, By, Fact, Given

POLICY = default_policy()
PLANT = UUID("0190f2c4-7a3e-7c11-9c0e-000000000001")
BRAND = UUID("0190f2c4-7a3e-7c11-9c0e-000000000002")
ESCALATION = UUID("0190f2c4-7a3e-7c11-9c0e-0000000000e1")
FEES = UUID("0190f2c4-7a3e-7c11-9c0e-0000000000a1")
PASSPORTS = UUID("0190f2c4-7a3e-7c11-9c0e-0000000000a2")

OPENED = facts.CaseOpened(
    number="R-7K2QF-0M9XA",
    channel="hotline",
    language="my",
    acknowledge_by=START + timedelta(days=7),
    summary="Fees were taken.",
    country="TH",
    site="Plant 2",
    complainant=Party(name="Aye Aye Mon", reference="W-2041"),
    safe_contact=SafeContact(channel="email", address="aye@example.org"),
)
ACKNOWLEDGED = facts.CaseAcknowledged(channel="email")
TRIAGED = facts.CaseTriaged(
    issues=("REC-FEE",),
    severity="S2",
    admissible=True,
    admissibility_reason="Within the mandate.",
    danger_now=False,
    assess_by=START + timedelta(hours=73),
)
ASSIGNED = facts.CaseAssigned(assignee="handler")
NAMED = facts.RespondentNamed(organisation_id=PLANT, name="Golden Prawn", kind="employer", role="employer")
CONSENTED = facts.ConsentRecorded(
    recipient=str(PLANT), purpose="disclose-facts", obtained_from="individual", obtained_by="handler"
)
WITHDRAWN = facts.ConsentWithdrawn(recipient=str(PLANT), purpose="disclose-facts")
ESCALATED = facts.CaseEscalated(
    escalation_id=ESCALATION,
    organisation_id=PLANT,
    name="Golden Prawn",
    level="employer",
    brief="Workers paid fees.",
    answer_by=START + timedelta(days=14),
)
ANSWERED = facts.EmployerResponseRecorded(escalation_id=ESCALATION, organisation_id=PLANT, position="accepted")
FEE_ITEM = facts.RemedyItem(
    item_id=FEES,
    remedy="RM-FEE",
    owner="Golden Prawn",
    due_on=date(2026, 4, 30),
    assessed=Money(amount=Decimal(5000), currency="THB"),
)
PASSPORT_ITEM = facts.RemedyItem(
    item_id=PASSPORTS, remedy="RM-DOC", owner="Golden Prawn", due_on=date(2026, 4, 7), workers=3
)
PLANNED = facts.RemedyPlanAgreed(items=(FEE_ITEM,), complainant_consulted=True)
PART_PAID = facts.RemedyItemCompleted(
    item_id=FEES, evidence="receipt 1", complete=False, paid=Money(amount=Decimal(2000), currency="THB")
)
PAID = facts.RemedyItemCompleted(
    item_id=FEES, evidence="receipt 2", complete=True, paid=Money(amount=Decimal(3000), currency="THB")
)
VERIFIED = facts.RemedyItemVerified(item_id=FEES, method="worker-confirmed")
REFUTED = facts.RemedyItemRefuted(item_id=FEES)
CLOSED = facts.CaseClosed(reason="withdrawn", explanation="The complainant asked to end it.")
REOPENED = facts.CaseReopened(reason="They called again.")

NOT_REACHED = ContactAttempted(channel="email", outcome="not-reached")
REACHED = ContactAttempted(channel="email", outcome="reached")

TRIAGED_CASE: tuple[Fact, ...] = (OPENED, ACKNOWLEDGED, By("handler", TRIAGED))
ENGAGED_CASE: tuple[Fact, ...] = (*TRIAGED_CASE, NAMED, CONSENTED, ESCALATED)
PLANNED_CASE: tuple[Fact, ...] = (*ENGAGED_CASE, ANSWERED, By("handler", PLANNED))
PAID_CASE: tuple[Fact, ...] = (*PLANNED_CASE, By("reporter", PAID))
VERIFIED_CASE: tuple[Fact, ...] = (*PAID_CASE, By("verifier", VERIFIED))

GOLDEN_PRAWN = Organisation(
    organisation_id=PLANT,
    version=1,
    name="Golden Prawn",
    kind="employer",
    country="TH",
    os_id=None,
    contact=None,
    registered_at=START,
)


def tried(days: int) -> tuple[Fact, ...]:
    """Return attempts that failed, on as many days."""
    return tuple(By("caller", NOT_REACHED, START + timedelta(days=day)) for day in range(days))


def case(*story: Fact) -> Given[Case]:
    """Return the case of a story."""
    return Given(evolve, *story)
