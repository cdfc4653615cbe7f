"""A sentence for everything that happens beside the course of a case."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from shared.cli.replaying.beside import beside
from shared.cli.replaying.sentences import Words
from shared.events import (
    MODULES,
    cases,
    clocks,
    desk,
    handling,
    parties,
    policies,
    procedure,
    protection,
    questions,
    remedying,
    safety,
    together,
)
from shared.events import answering as told
from shared.events.envelope import Event
from shared.events.values import Money, SafeContact, SafeWay

ID = UUID("0190f2c4-7a3e-7c11-9c0e-000000000001")
AT = datetime(2026, 3, 1, tzinfo=UTC)
SECRET = "Nobody Knows"

EVERY_FACT: Sequence[Event] = (
    policies.PolicyAdopted(label="ngo-hotline 1", sha256="0" * 64, content="{}"),
    questions.QuestionAsked(question_id=ID, kind="free", report_id=ID, expires_at=AT, text=SECRET),
    questions.QuestionAnswered(question_id=ID, kind="free", message_id=ID, reply="said", text=SECRET, moved=False),
    questions.QuestionPlanned(
        question_id=ID, kind="satisfaction", counted_from=AT, ask_at=AT, otherwise="nothing", policy="ngo-hotline 1"
    ),
    questions.QuestionWithheld(question_id=ID, kind="satisfaction", because="overtaken"),
    questions.ReplyReceived(question_id=ID, kind="free", message_id=ID, because="late", text=SECRET),
    told.AnswerLinkIssued(link_id=ID, escalation_id=ID, organisation_id=ID, answer_by=AT, expires_at=AT),
    told.AnswerLinkRevoked(link_id=ID, reason=SECRET),
    told.AnswerLinkOpened(link_id=ID),
    told.RemedyProposed(
        proposal_id=ID,
        escalation_id=ID,
        organisation_id=ID,
        items=(told.ProposedItem(remedy="RM-FEE", due_on=date(2026, 4, 30), description=SECRET),),
    ),
    told.EvidenceReceived(
        evidence_id=ID,
        escalation_id=ID,
        organisation_id=ID,
        name=SECRET,
        media_type="application/pdf",
        size=3,
        digest="ab",
    ),
    told.EvidenceStored(case_id=ID, part=1, parts=2, content=SECRET),
    remedying.RemedyShared(item_id=ID, shares=()),
    remedying.WorkerPaid(item_id=ID, member_id=ID, amount=Money(amount=Decimal(5), currency="THB")),
    remedying.RemedyCounted(item_id=ID, unit="documents", count=12),
    remedying.RecheckScheduled(item_id=ID, recheck_at=AT),
    remedying.RemedyRechecked(item_id=ID, outcome="lasts", statement=SECRET),
    protection.RetaliationWatchStarted(organisation_id=ID, check_at=(AT,)),
    protection.RetaliationChecked(outcome="none", statement=SECRET),
    protection.RetaliationReported(number="R-1", acts=("threat",), severity="S1", statement=SECRET),
    protection.DisclosureReleased(reason=SECRET),
    together.WorkerJoined(member_id=ID, name=SECRET),
    together.WorkerLeft(member_id=ID),
    together.GroupCounted(workers=40),
    together.RepresentativeNamed(name=SECRET),
    together.CaseLinked(other_id=ID, kind="related"),
    together.CaseUnlinked(other_id=ID),
    together.CaseMerged(survivor_id=ID, reason=SECRET),
    together.CaseUnmerged(survivor_id=ID, reason=SECRET),
    together.CaseAbsorbed(other_id=ID, workers=3),
    together.AbsorptionUndone(other_id=ID),
    together.CaseSplit(other_id=ID, workers=3),
    together.PatternRaised(kind="site", key="plant 2", cases=6, workers=31, since=AT),
    parties.OrganisationRenamed(name="Silver Prawn", kind="employer"),
    parties.OrganisationMerged(survivor_id=ID, reason=SECRET),
    parties.OrganisationUnmerged(survivor_id=ID, reason=SECRET),
    parties.RelationRecorded(kind="supplies", organisation_id=ID),
    parties.RelationEnded(kind="supplies", organisation_id=ID),
    parties.SiteRegistered(site_id=ID, name="Plant 2"),
    parties.HeadcountRecorded(site_id=ID, workers=3, counted_on=date(2026, 1, 1)),
    parties.ReviewReceived(organisation_id=ID, stars={"no-fees": 2}, channel="app", text=SECRET),
    parties.ReviewApproved(organisation_id=ID),
    parties.ReviewRejected(organisation_id=ID, reason=SECRET),
    parties.RecruitmentFeeReported(
        fee_id=ID,
        amount=Money(amount=Decimal(15000), currency="THB"),
        from_country="MM",
        to_country="TH",
        paid_on=date(2025, 11, 1),
    ),
    handling.FeedbackGiven(channel="hotline", text=SECRET),
    handling.CaseHeld(waits_for="authority", until=AT, reason=SECRET),
    procedure.ContactAttempted(channel="hotline", outcome="not-reached", note=SECRET),
    procedure.ConsentRequested(recipient=str(ID), purpose="disclose-facts"),
    procedure.ConsentDeclined(recipient=str(ID), purpose="disclose-facts", reason=SECRET),
    procedure.InvestigationOpened(investigation_id=ID, kind="internal", terms=SECRET, report_by=AT),
    procedure.InvestigationReported(investigation_id=ID, finding="partly", report=SECRET),
    procedure.MonitoringStarted(),
    procedure.WithdrawalChecked(outcome="free", statement=SECRET),
    procedure.AppealFiled(appeal_id=ID, by="complainant", grounds=SECRET, decide_by=AT),
    procedure.AppealDecided(appeal_id=ID, outcome="upheld", reason=SECRET),
    procedure.GateOverridden(number="R-1", gate="attempts", reason=SECRET),
    handling.CaseReleased(),
    clocks.ClockStarted(case_id=ID, duty="answer", party="office", due_at=AT),
    clocks.ClockPaused(case_id=ID, duty="answer", party="office", reason="on-hold"),
    clocks.ClockResumed(case_id=ID, duty="answer", party="office", due_at=AT),
    clocks.ClockMet(case_id=ID, duty="answer", party="office", due_at=AT, late=True),
    clocks.ClockMissed(
        case_id=ID, duty="answer", party="office", due_at=AT, consequence="alerted", because="not-in-the-ladder"
    ),
    desk.TaskAdded(task_id=ID, what=SECRET, assignee="operator-mae-sot"),
    desk.TaskFinished(task_id=ID, outcome=SECRET),
    safety.SafeContactSet(safe_contact=SafeContact(channel="sms", address=SECRET)),
    safety.SafeContactSet(
        safe_contact=SafeContact(channel="line", address=SECRET, further=(SafeWay(channel="sms", address=SECRET),))
    ),
    safety.CodeWordTried(matched=True),
    desk.FilterSaved(name="Fees", owner="operator-mae-sot", shared=True, filter={"issue": "REC-FEE"}),
    desk.FilterRemoved(),
    desk.NoteTemplateSaved(name="Called back", language="en", text="Called back:"),
    desk.NoteTemplateRemoved(),
)


def test_every_fact_beside_the_course_has_a_sentence_of_its_own() -> None:
    of_cases = {
        kind for module in MODULES for kind in module.EVENTS if kind.TOPIC.startswith("cases.") and module is not cases
    }
    assert {type(event) for event in EVERY_FACT} == of_cases
    assert len({beside(event, Words()) for event in EVERY_FACT}) == len(EVERY_FACT)


def test_nothing_about_a_person_is_told_unless_it_is_asked_for() -> None:
    assert SECRET not in "".join(beside(event, Words()) for event in EVERY_FACT)
    assert SECRET in beside(EVERY_FACT[1], Words(personal=True))
