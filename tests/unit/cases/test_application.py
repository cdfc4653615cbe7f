"""The write side on a real store: numbers, organisations, repeats, imports and what intake says."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest

from services.cases.application import Cases, Questions, case_number, index
from services.cases.consumers import reactions
from services.cases.domain import commands
from services.cases.domain.evolve import replay
from services.cases.domain.state import Case
from shared.clock import Clock
from shared.errors import ConflictError, GateClosedError, NotFoundError, PreconditionError
from shared.events import cases as facts
from shared.events import intake
from shared.events.envelope import Actor
from shared.events.values import Money
from shared.eventstore.context import CommandContext
from shared.eventstore.sqlite import SqliteEventStore
from shared.legacy import LegacyRecord
from shared.vault.memory import passing_vault
from tests.support.given_when_then import START, By, history

OPEN = commands.OpenCase(channel="hotline", language="my")
PLANT = commands.RegisterOrganisation(name="Golden  Prawn", kind="employer", country="TH")


def by(actor: str = "ann", version: int | None = None) -> CommandContext:
    return CommandContext(
        actor=Actor(actor, "operator"), now=START, correlation_id=UUID(int=7), expected_version=version
    )


def at_start() -> datetime:
    return START


CLOCK: Clock = at_start


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteEventStore]:
    opened = SqliteEventStore(tmp_path / "cases.sqlite", "cases", index)
    yield opened
    opened.close()


@pytest.fixture
def cases(store: SqliteEventStore) -> Cases:
    numbers = count(1)
    return Cases(store, clock=CLOCK, ids=lambda: UUID(int=next(numbers)))


async def case_of(store: SqliteEventStore, case_id: UUID) -> Case:
    case = replay(await store.stream(case_id))
    assert case is not None
    return case


def test_a_number_is_derived_and_tells_nothing_of_order() -> None:
    assert case_number(UUID(int=1)) == case_number(UUID(int=1))
    first, second = case_number(UUID(int=1)), case_number(UUID(int=2))
    assert first != second
    assert len(first) == len("R-XXXXX-XXXXX")
    assert not set("ILOU") & set(first.removeprefix("R-"))


async def test_an_opened_case_bears_its_number(cases: Cases, store: SqliteEventStore) -> None:
    written = await cases.open(context=by(), command=OPEN)
    case = await case_of(store, written.stream_id)
    assert case.opening.number == case_number(written.stream_id)
    assert await store.lookup("case-number", case.opening.number) == str(written.stream_id)


async def test_a_taken_number_is_a_conflict(store: SqliteEventStore) -> None:
    always_the_same = Cases(store, clock=CLOCK, ids=lambda: UUID(int=5))
    await always_the_same.open(context=by(), command=OPEN)
    with pytest.raises(ConflictError):
        await always_the_same.open(context=by(), command=OPEN)


async def test_a_decision_without_news_answers_with_the_version_there_is(cases: Cases) -> None:
    case_id = (await cases.open(context=by(), command=OPEN)).stream_id
    assign = commands.Assign(assignee="bo")
    first = await cases.assign(context=by(), case_id=case_id, command=assign)
    again = await cases.assign(context=by(), case_id=case_id, command=assign)
    assert (again.version, again.position) == (first.version, first.position)


async def test_an_unknown_case_and_a_moved_version_are_refused(cases: Cases) -> None:
    note = commands.AddNote(text="note")
    with pytest.raises(NotFoundError):
        await cases.note(context=by(), case_id=UUID(int=404), command=note)
    case_id = (await cases.open(context=by(), command=OPEN)).stream_id
    await cases.note(context=by(version=1), case_id=case_id, command=note)
    with pytest.raises(PreconditionError):
        await cases.note(context=by(version=1), case_id=case_id, command=note)


async def test_an_organisation_is_not_a_case_and_a_case_is_not_an_organisation(cases: Cases) -> None:
    case_id = (await cases.open(context=by(), command=OPEN)).stream_id
    organisation_id = (await cases.register_organisation(context=by(), command=PLANT)).stream_id
    with pytest.raises(NotFoundError):
        await cases.note(context=by(), case_id=organisation_id, command=commands.AddNote(text="note"))
    command = commands.NameRespondent(organisation_id=case_id, role="employer")
    with pytest.raises(GateClosedError):
        await cases.name_respondent(context=by(), case_id=case_id, command=command)


@pytest.mark.parametrize("name", ["golden prawn", " GOLDEN PRAWN ", "Golden Prawn"])
async def test_an_organisation_is_registered_once(cases: Cases, name: str) -> None:
    first = await cases.register_organisation(context=by(), command=PLANT)
    again = commands.RegisterOrganisation(name=name, kind="employer", country="TH")
    with pytest.raises(ConflictError) as caught:
        await cases.register_organisation(context=by(), command=again)
    assert caught.value.fields["organisation_id"] == str(first.stream_id)


@pytest.mark.parametrize(
    "other",
    [
        commands.RegisterOrganisation(name="Golden Prawn", kind="brand", country="TH"),
        commands.RegisterOrganisation(name="Golden Prawn", kind="employer", country="VN"),
        commands.RegisterOrganisation(name="Golden Prawns", kind="employer", country="TH"),
    ],
)
async def test_another_kind_country_or_name_is_another_organisation(
    cases: Cases, other: commands.RegisterOrganisation
) -> None:
    first = await cases.register_organisation(context=by(), command=PLANT)
    assert (await cases.register_organisation(context=by(), command=other)).stream_id != first.stream_id


async def test_a_name_is_the_same_in_either_spelling_of_an_accent(cases: Cases) -> None:
    composed = commands.RegisterOrganisation(name="Caf\u00e9", kind="employer")
    decomposed = commands.RegisterOrganisation(name="CAFE\u0301", kind="employer")
    await cases.register_organisation(context=by(), command=composed)
    with pytest.raises(ConflictError):
        await cases.register_organisation(context=by(), command=decomposed)


LEGACY = LegacyRecord(
    source="state-register",
    reference="17",
    fields={"status": "paid"},
    opened_at=datetime(2014, 8, 22, tzinfo=UTC),
    closed_at=datetime(2018, 3, 21, tzinfo=UTC),
    close_reason="partial",
    close_explanation="paid",
    paid=Money(amount=Decimal("340.00"), currency="USD"),
)


async def test_a_legacy_record_becomes_a_case_with_its_own_past(cases: Cases, store: SqliteEventStore) -> None:
    assert await cases.import_legacy(LEGACY)
    history_of = await store.read(0, 10)
    assert [type(one.event) for one in history_of] == [facts.CaseOpened, facts.LegacyRecordImported, facts.CaseClosed]
    assert [one.envelope.occurred_at.year for one in history_of] == [2014, 2014, 2018]
    assert {one.envelope.recorded_at for one in history_of} == {START}
    case = await case_of(store, history_of[0].envelope.stream_id)
    assert (case.state, case.opening.channel, case.course.duties) == ("closed", "import", ())
    assert case.legacy is not None
    assert case.legacy.dated
    assert case.legacy.paid == LEGACY.paid


async def test_importing_again_changes_nothing(cases: Cases, store: SqliteEventStore) -> None:
    other = LegacyRecord(source="state-register", reference="18", fields={})
    assert await cases.import_batch([LEGACY, other, LEGACY]) == [True, True, False]
    head = await store.head()
    assert await cases.import_batch([other, LEGACY]) == [False, False]
    assert await store.head() == head


async def test_a_record_without_a_date_says_so(cases: Cases, store: SqliteEventStore) -> None:
    await cases.import_legacy(LegacyRecord(source="state-register", reference="18", fields={}))
    opened, imported = await store.read(0, 10)
    assert opened.envelope.occurred_at == START
    assert isinstance(imported.event, facts.LegacyRecordImported)
    assert not imported.event.dated


ACCEPTED = intake.ReportAccepted(
    case_id=UUID(int=77),
    channel="app",
    language="km",
    grievance=intake.Grievance(issues=("WAG-NON", "NEW-ONE"), country="TH", workers=4, statistics_consent=True),
    message_ids=(),
)


async def hear(cases: Cases, store: SqliteEventStore, accepted: intake.ReportAccepted = ACCEPTED) -> None:
    reaction, _ = reactions(cases, Questions(cases, passing_vault()), CLOCK)
    recorded = next(history([By("ann", accepted, datetime(2026, 1, 1, tzinfo=UTC))]))
    await store.execute(lambda unit: reaction.routes[intake.ReportAccepted](unit, recorded))


async def test_an_accepted_report_opens_the_case_it_names(cases: Cases, store: SqliteEventStore) -> None:
    await hear(cases, store)
    (opened,) = await store.stream(ACCEPTED.case_id)
    case = await case_of(store, ACCEPTED.case_id)
    assert opened.envelope.causation_id == UUID(int=1)
    assert opened.envelope.actor.id == "ann"
    assert opened.envelope.occurred_at == datetime(2026, 1, 1, tzinfo=UTC)
    assert (case.issues, case.severity) == (("WAG-NON", "NEW-ONE"), None)
    assert (case.opening.workers, case.opening.statistics_consent, case.opening.language) == (4, True, "km")
    assert case.opening.report_id == next(history([ACCEPTED])).envelope.stream_id


async def test_hearing_it_again_changes_nothing(cases: Cases, store: SqliteEventStore) -> None:
    await hear(cases, store)
    once = await store.head()
    await hear(cases, store)
    assert await store.head() == once
