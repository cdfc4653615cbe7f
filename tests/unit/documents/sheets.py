"""A view for the tests of documents: one row per stream of notes."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from shared.documents.folding import Projection
from shared.documents.port import Collection, Condition, Documents, Query, Row
from shared.events.cases import CASE, NoteAdded
from shared.events.envelope import Actor, Envelope, Recorded
from shared.ids import derived_id

START = datetime(2026, 1, 1, tzinfo=UTC)


class Sheet(Row, kw_only=True):
    """A row of the tests: the notes of a stream."""

    name: str = ""
    opened_at: datetime | None = START
    size: int = 0
    tags: tuple[str, ...] = ()


SHEETS = Collection(
    "sheets", 1, Sheet, columns=("name", "opened_at", "size"), many=("tags",), text="name", order="opened_at"
)


def fold(row: Sheet | None, recorded: Recorded) -> Sheet:
    sheet = row or Sheet(id=recorded.envelope.stream_id)
    assert isinstance(recorded.event, NoteAdded)
    sheet.name += recorded.event.text
    sheet.size += 1
    sheet.tags = (*sheet.tags, recorded.event.text)
    return sheet


VIEW = Projection(SHEETS, "cases", CASE, fold)


def sheet(number: int, *, version: int = 1, **values: object) -> Sheet:
    return Sheet(id=derived_id("sheet", str(number)), version=version, **values)  # type: ignore[arg-type]  # test values


def noted(streams: Sequence[int], first: int = 1) -> list[Recorded]:
    """Return one fact for each number, of the stream of this number, in this order."""
    versions: dict[int, int] = {}
    facts: list[Recorded] = []
    for position, stream in enumerate(streams, first):
        version = versions[stream] = versions.get(stream, 0) + 1
        at = START + timedelta(minutes=position)
        envelope = Envelope(
            event_id=derived_id("fact", str(position)),
            type=NoteAdded.TOPIC,
            type_version=1,
            stream=CASE,
            stream_id=derived_id("sheet", str(stream)),
            stream_version=version,
            occurred_at=at,
            recorded_at=at,
            actor=Actor("ann", "operator"),
            correlation_id=derived_id("test", "c"),
        )
        facts.append(Recorded(envelope, NoteAdded(text=f"{stream}.{version} "), position))
    return facts


async def ids(documents: Documents, *conditions: Condition) -> set[UUID]:
    return {row.id for row in (await documents.find(SHEETS, Query(conditions, limit=100))).rows}


async def versions(documents: Documents) -> dict[UUID, int]:
    return {row.id: row.version for row in (await documents.find(SHEETS, Query(limit=100))).rows}
