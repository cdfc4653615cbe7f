"""Time passes: a year across changes of the clock, and any life with jumps in time and restarts."""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.cases.application.procedure import Procedure
from services.cases.domain import appeals, commands, handling, investigating
from services.cases.domain.clocks import follow
from shared.errors import RedressError
from shared.events import cases as facts
from shared.policy import Packs, read_policy
from shared.policy.pack import shipped
from tests.unit.cases.timekeeping import Office

BRUSSELS = ZoneInfo("Europe/Brussels")
EU = Packs(read_policy(shipped("eu-2019-1937")))
OPEN = commands.OpenCase(channel="hotline", language="my")
TRIAGE = commands.TriageCase(issues=("REC-FEE",), admissible=True, admissibility_reason="-", danger_now=False)


def test_in_a_year_each_clock_is_missed_once_and_at_its_instant_across_the_changes_of_the_clock(tmp_path: Path) -> None:
    """Seven days end at the same time of day in Brussels, also over 29 March and 25 October 2026."""
    rng = Random(20260329)
    office = Office(tmp_path, datetime(2026, 1, 1, 1, 30, tzinfo=UTC), EU)
    due: dict[UUID, datetime] = {}
    while office.now.year == 2026:
        opened_at = office.now
        case_id = office.open(OPEN)
        due[case_id] = (opened_at.astimezone(BRUSSELS) + timedelta(days=7)).astimezone(UTC)
        for _ in range(rng.randint(1, 3)):
            office.now += timedelta(hours=rng.uniform(1, 40))
            office.wake()
        if rng.random() < 0.1:
            office.restart()
    office.now += timedelta(days=30)
    for _ in range(3):
        office.wake()
    for case_id, at in due.items():
        ((missed_at, miss),) = office.misses(case_id)
        assert (missed_at, miss.due_at, miss.duty) == (at, at, "acknowledge")
    changed = {at.astimezone(BRUSSELS).utcoffset() for at in due.values()}
    assert changed == {timedelta(hours=1), timedelta(hours=2)}
    assert len(due) > 100
    office.close()


class Time(RuleBasedStateMachine):
    """A case under commands, jumps in time, rounds of the scheduler and restarts, in any order."""

    def __init__(self) -> None:
        """Begin on a Monday."""
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.office = Office(Path(self.folder.name), datetime(2026, 3, 2, 2, 30, tzinfo=UTC))
        self.awake = True

    @initialize()
    def opened(self) -> None:
        self.case_id = self.office.open(OPEN)

    def _try(self, method: object, command: object, by: str = "ann") -> None:
        try:
            self.office.do(self.case_id, method, command, by)  # type: ignore[arg-type]  # every method takes these
        except RedressError:
            return

    @property
    def steps(self) -> Procedure:
        return Procedure(self.office.cases, self.office.new_id)

    @rule(hours=st.floats(0.5, 24 * 45))
    def time_passes(self, hours: float) -> None:
        self.office.now += timedelta(hours=hours)
        self.awake = False

    @rule()
    def the_scheduler_looks(self) -> None:
        self.office.wake()
        self.awake = True

    @rule()
    def the_house_restarts(self) -> None:
        self.office.restart()

    @rule()
    def acknowledged(self) -> None:
        self._try(self.office.cases.acknowledge, commands.Acknowledge(channel="hotline"))

    @rule()
    def triaged(self) -> None:
        self._try(self.office.cases.triage, TRIAGE)

    @rule()
    def assigned(self) -> None:
        self._try(self.office.cases.assign, commands.Assign(assignee="ann"))

    @rule(days=st.integers(1, 30))
    def held(self, days: int) -> None:
        until = self.office.now + timedelta(days=days)
        self._try(self.office.cases.hold, handling.Hold(waits_for="worker", until=until, reason="-"))

    @rule()
    def released(self) -> None:
        self._try(self.office.cases.release, handling.Release())
        self.awake = False

    @rule(days=st.integers(1, 60))
    def looked_into(self, days: int) -> None:
        until = self.office.now + timedelta(days=days)
        command = investigating.OpenInvestigation(kind="internal", terms="-", report_by=until)
        self._try(self.steps.investigate, command)

    @rule()
    def reported(self) -> None:
        waiting = [one for one in self.office.case(self.case_id).steps.investigations if one.reported is None]
        for one in waiting[:1]:
            found = investigating.ReportInvestigation(
                investigation_id=one.opened.investigation_id, finding="partly", report="-"
            )
            self._try(self.steps.report_investigation, found)

    @rule(reason=st.sampled_from(["unremedied", "referred"]))
    def closed(self, reason: facts.CloseReason) -> None:
        self._try(self.office.cases.close, commands.CloseCase(reason=reason, explanation="-"), by="bo")

    @rule()
    def reopened(self) -> None:
        self._try(self.office.cases.reopen, commands.ReopenCase(reason="-"))
        self.awake = False  # what stood still may be due at once

    @rule()
    def appealed(self) -> None:
        self._try(self.steps.appeal, appeals.FileAppeal(by="complainant", grounds="-"))

    @rule(outcome=st.sampled_from(["upheld", "dismissed"]))
    def decided(self, outcome: str) -> None:
        self._try(self.steps.decide_appeal, appeals.DecideAppeal(outcome=outcome, reason="-"), by="chit")  # type: ignore[arg-type]  # sampled
        self.awake = False

    @invariant()
    def clocks_are_in_step_with_the_case(self) -> None:
        case = self.office.case(self.case_id)
        assert list(follow(self.office.clocks(self.case_id), case, policy=None)) == []

    @invariant()
    def no_time_is_missed_twice_and_none_before_it_passed(self) -> None:
        seen: set[tuple[str, UUID | None, datetime, datetime]] = set()
        started = datetime.min.replace(tzinfo=UTC)
        for one in self.office.ticks(self.case_id):
            event = one.event
            if event.TOPIC == "cases.clock-started":
                started = one.envelope.recorded_at
            if event.TOPIC == "cases.clock-missed":
                key = (event.duty, event.subject, event.due_at, started)  # type: ignore[attr-defined]  # a clock's fact
                assert key not in seen, "a time is missed once"
                seen.add(key)
                assert one.envelope.occurred_at == event.due_at < one.envelope.recorded_at  # type: ignore[attr-defined]  # as above

    @precondition(lambda self: self.awake)
    @invariant()
    def nothing_is_left_due_when_the_scheduler_looked(self) -> None:
        assert not [clock for clock in self.office.clocks(self.case_id).due(self.office.now) if self.awake]

    def teardown(self) -> None:
        self.office.close()
        self.folder.cleanup()


Time.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
TestTime = Time.TestCase
