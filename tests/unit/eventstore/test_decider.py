"""Load, decide, append: what every command relies on."""

import msgspec
import pytest
import pytest_asyncio

from shared.errors import NotFoundError, PreconditionError
from shared.events.cases import NoteAdded
from shared.events.envelope import Recorded
from shared.eventstore.decider import Decider
from tests.support.stores import Record, Records
from tests.unit.eventstore.test_store import STREAM, context, note

Notes = tuple[str, ...]


def evolve(notes: Notes | None, fact: Recorded) -> Notes:
    return (*(notes or ()), fact.event.text) if isinstance(fact.event, NoteAdded) else (notes or ())


NOTEBOOK: Decider[Notes] = Decider("notebook", evolve)


@pytest_asyncio.fixture
async def store(records: Records) -> Record:
    opened = records.open("cases")
    await opened.write(context(), note("first"))
    return opened


async def test_a_decision_sees_the_state_and_its_facts_are_appended(store: Record) -> None:
    written = await store.write(
        context(),
        lambda work: NOTEBOOK.change(work, STREAM, context(), lambda notes: [NoteAdded(text=f"after {notes[-1]}")]),
    )
    assert written.version == 2
    assert NOTEBOOK.fold(await store.stream(STREAM)) == ("first", "after first")


async def test_nothing_decided_answers_with_the_present_version(store: Record) -> None:
    written = await store.write(context(), lambda work: NOTEBOOK.change(work, STREAM, context(), lambda _notes: []))
    assert (written.version, written.position) == (1, 1)


async def test_an_expected_version_that_has_passed_is_refused(store: Record) -> None:
    stale = msgspec.structs.replace(context(), expected_version=7)
    with pytest.raises(PreconditionError) as refusal:
        await store.write(stale, lambda work: NOTEBOOK.change(work, STREAM, stale, lambda _notes: []))
    assert refusal.value.fields["version"] == 1


async def test_a_stream_that_is_not_there_is_not_found(store: Record) -> None:
    nothing = context().correlation_id
    with pytest.raises(NotFoundError, match="notebook"):
        await store.write(context(), lambda work: NOTEBOOK.change(work, nothing, context(), lambda _notes: []))
