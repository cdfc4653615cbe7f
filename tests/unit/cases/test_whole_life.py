"""A case under any sequence of commands: what always holds."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.cases.domain import closing, commands, disclosure, opening, remedies
from services.cases.domain.evolve import evolve, replay
from services.cases.domain.state import Case
from shared.errors import RedressError
from shared.events import cases as facts
from shared.events.envelope import Event, Recorded
from shared.events.values import Money, Party
from tests.support.given_when_then import START, STEP, By, history
from tests.unit.cases.stories import BRAND, GOLDEN_PRAWN, PLANT, POLICY

PEOPLE = st.sampled_from(["ann", "bo", "chit"])
ORGANISATIONS = st.sampled_from([PLANT, BRAND])
LEVELS: st.SearchStrategy[facts.EscalationLevel] = st.sampled_from(disclosure.LADDER)
PURPOSES: st.SearchStrategy[facts.ConsentPurpose] = st.sampled_from(["disclose-facts", "disclose-identity", "service"])
OUTCOMES: st.SearchStrategy[commands.VerificationOutcome] = st.sampled_from(["confirmed", "refuted", "attempts_failed"])
REASONS: st.SearchStrategy[facts.CloseReason] = st.sampled_from(["remedied", "partial", "unreachable", "withdrawn"])
ITEMS = st.integers(0, 5)
UNKNOWN_ITEM = UUID(int=99)


class Life(RuleBasedStateMachine):
    """Commands in any order by three people; a refused one must leave no fact."""

    def __init__(self) -> None:
        """Begin before the case."""
        super().__init__()
        self.log: list[Recorded] = []
        self.case: Case | None = None
        self.next_id = 1000

    def new_id(self) -> UUID:
        self.next_id += 1
        return UUID(int=self.next_id)

    def item(self, number: int) -> UUID:
        items = self.live.items
        return items[number].promise.item_id if number < len(items) else UNKNOWN_ITEM

    @property
    def live(self) -> Case:
        assert self.case is not None
        return self.case

    def commit(self, by: str, decide: Callable[[Case], Sequence[Event]]) -> None:
        try:
            decided = decide(self.live)
        except RedressError:
            return
        for recorded in history([By(by, event) for event in decided], after=len(self.log)):
            self._keeps_the_rules(recorded)
            self.log.append(recorded)
            self.case = evolve(self.case, recorded)

    def _keeps_the_rules(self, recorded: Recorded) -> None:
        case = self.live
        match recorded.event:
            case facts.CaseEscalated(organisation_id=organisation_id, brief=brief):
                live = {
                    consent.given.recipient
                    for consent in case.consents
                    if consent.withdrawn_at is None and consent.given.purpose.startswith("disclose")
                }
                assert str(organisation_id) in live, "nothing is disclosed without live consent"
                assert "aye" not in brief.casefold()
            case facts.RemedyItemVerified(item_id=item_id):
                reports = self.reports_since_refuted(item_id)
                assert any(report.complete for _, report in reports), "nothing is verified that was not completed"
                assert recorded.envelope.actor.id not in {by for by, _ in reports}, "four eyes"
            case facts.CaseClosed(reason="remedied"):
                verified = {one.event.item_id for one in self.log if isinstance(one.event, facts.RemedyItemVerified)}
                assert verified
                assert verified == {item.promise.item_id for item in case.items}
            case facts.CaseReopened():
                assert case.state == "closed"
            case facts.NoteAdded() | facts.ConsentWithdrawn():
                pass
            case _:
                assert case.state != "closed", "a closed case changes only by notes, withdrawal and reopening"

    def reports_since_refuted(self, item_id: UUID) -> list[tuple[str, facts.RemedyItemCompleted]]:
        reports: list[tuple[str, facts.RemedyItemCompleted]] = []
        for recorded in self.log:
            match recorded.event:
                case facts.RemedyItemCompleted() as report if report.item_id == item_id:
                    reports.append((recorded.envelope.actor.id, report))
                case facts.RemedyItemRefuted() as refuted if refuted.item_id == item_id:
                    reports.clear()
        return reports

    @initialize(by=PEOPLE)
    def open(self, by: str) -> None:
        command = commands.OpenCase(channel="hotline", language="my", complainant=Party(name="Aye Aye"))
        opened = opening.open_case(command, number="R-00000-00000", at=START, policy=POLICY)
        self.log = list(history([By(by, event) for event in opened]))
        self.case = replay(self.log)

    @rule(by=PEOPLE, reason=st.sampled_from([None, "no channel"]))
    def acknowledge(self, by: str, reason: str | None) -> None:
        command = commands.Acknowledge(no_safe_channel_because=reason)
        self.commit(by, lambda case: opening.acknowledge(case, command, at=START, policy=POLICY))

    @rule(by=PEOPLE, admissible=st.booleans(), code=st.sampled_from(["REC-FEE", "MOV-RES", "NOT-ONE"]))
    def triage(self, by: str, *, admissible: bool, code: str) -> None:
        command = commands.TriageCase(
            issues=(code,), admissible=admissible, admissibility_reason="checked", danger_now=False
        )
        at = START + STEP * len(self.log)
        self.commit(by, lambda case: opening.triage(case, command, at=at, policy=POLICY))

    @rule(by=PEOPLE, to=PEOPLE)
    def assign(self, by: str, to: str) -> None:
        self.commit(by, lambda case: opening.assign(case, commands.Assign(assignee=to)))

    @rule(by=PEOPLE)
    def note(self, by: str) -> None:
        self.commit(by, lambda case: opening.note(case, commands.AddNote(text="note")))

    @rule(by=PEOPLE, to=ORGANISATIONS, purpose=PURPOSES)
    def consent(self, by: str, to: UUID, purpose: facts.ConsentPurpose) -> None:
        command = commands.RecordConsent(recipient=str(to), purpose=purpose)
        self.commit(by, lambda case: disclosure.consent(case, command, by=by, recipient_known=True))

    @rule(by=PEOPLE, to=ORGANISATIONS, purpose=PURPOSES)
    def withdraw(self, by: str, to: UUID, purpose: facts.ConsentPurpose) -> None:
        command = commands.WithdrawConsent(recipient=str(to), purpose=purpose)
        self.commit(by, lambda case: disclosure.withdraw_consent(case, command))

    @rule(by=PEOPLE, to=ORGANISATIONS)
    def name(self, by: str, to: UUID) -> None:
        command = commands.NameRespondent(organisation_id=to, role="employer")
        self.commit(by, lambda case: disclosure.name_respondent(case, command, organisation=GOLDEN_PRAWN))

    @rule(by=PEOPLE, to=ORGANISATIONS, level=LEVELS, brief=st.sampled_from(["Fees were paid.", "AYE AYE paid."]))
    def escalate(self, by: str, to: UUID, level: facts.EscalationLevel, brief: str) -> None:
        command, escalation_id = commands.Escalate(organisation_id=to, level=level, brief=brief), self.new_id()
        self.commit(
            by,
            lambda case: disclosure.escalate(
                case, command, at=START, escalation_id=escalation_id, organisation=GOLDEN_PRAWN, policy=POLICY
            ),
        )

    @rule(by=PEOPLE, organisation_id=ORGANISATIONS)
    def respond(self, by: str, organisation_id: UUID) -> None:
        command = commands.Respond(organisation_id=organisation_id, position="partly")
        self.commit(by, lambda case: disclosure.respond(case, command))

    @rule(by=PEOPLE, consulted=st.sampled_from([True, True, True, False]))
    def plan(self, by: str, *, consulted: bool) -> None:
        promise = commands.PlannedItem(remedy="RM-WAG", owner="plant", due_on=date(2026, 4, 1))
        command = commands.AgreePlan(items=(promise,), complainant_consulted=consulted)
        self.commit(by, lambda case: remedies.agree_plan(case, command, new_id=self.new_id, policy=POLICY))

    @rule(by=PEOPLE, number=ITEMS, complete=st.booleans(), amount=st.integers(0, 3))
    def complete(self, by: str, number: int, *, complete: bool, amount: int) -> None:
        paid = Money(amount=Decimal(amount), currency="THB")
        command = commands.CompleteItem(item_id=self.item(number), evidence="receipt", complete=complete, paid=paid)
        self.commit(by, lambda case: remedies.complete_item(case, command, policy=POLICY))

    @rule(by=PEOPLE, number=ITEMS, outcome=OUTCOMES)
    def verify(self, by: str, number: int, outcome: commands.VerificationOutcome) -> None:
        command = commands.VerifyItem(item_id=self.item(number), outcome=outcome)
        self.commit(by, lambda case: remedies.verify_item(case, command, by=by, policy=POLICY))

    @rule(by=PEOPLE, reason=REASONS)
    def close(self, by: str, reason: facts.CloseReason) -> None:
        command = commands.CloseCase(reason=reason, explanation="ended")
        self.commit(by, lambda case: closing.close(case, command, by=by, survivor_known=False, policy=POLICY))

    @rule(by=PEOPLE)
    def reopen(self, by: str) -> None:
        self.commit(by, lambda case: closing.reopen(case, commands.ReopenCase(reason="again")))

    @invariant()
    def replay_equals_the_live_state(self) -> None:
        assert replay(self.log) == self.case

    @invariant()
    def the_version_is_the_number_of_facts(self) -> None:
        assert (self.case.version if self.case else 0) == len(self.log)

    @invariant()
    def payments_add_up(self) -> None:
        for item in self.case.items if self.case else ():
            reports = [one.event for one in self.log if isinstance(one.event, facts.RemedyItemCompleted)]
            mine = [report.paid.amount for report in reports if report.item_id == item.promise.item_id and report.paid]
            assert (item.paid.amount if item.paid else 0) == sum(mine)

    def teardown(self) -> None:
        case: Case | None = None
        for length, recorded in enumerate(self.log, start=1):
            case = evolve(case, recorded)
            assert case == replay(self.log[:length]), "every prefix of the log folds"


Life.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestLife = Life.TestCase
