"""What the office keeps for its work: filters of the list, and templates of notes."""

import string
from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from services.cases.domain.gates import said
from shared.errors import CorruptRecordError, ForbiddenError, InvalidError
from shared.events import desk
from shared.events.envelope import Event, Recorded

PLACES = frozenset({"number", "site", "country", "opened", "today"})
"""What a template may leave open."""


class SaveFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Keep a filter under a name, which replaces one's own filter of that name."""

    name: str
    filter: Mapping[str, str]
    shared: bool = False


class SaveTemplate(msgspec.Struct, frozen=True, kw_only=True):
    """Keep a template of notes under a name and language, which replaces the one there."""

    name: str
    language: str
    text: str


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A filter or template as its facts have made it; `content` is None once it was removed."""

    kept_id: UUID
    version: int
    content: desk.FilterSaved | desk.NoteTemplateSaved | None


def evolve(kept: Kept | None, recorded: Recorded) -> Kept:
    """Return the filter or template after one more fact."""
    head = recorded.envelope
    match recorded.event:
        case desk.FilterSaved() | desk.NoteTemplateSaved() as event:
            return Kept(kept_id=head.stream_id, version=head.stream_version, content=event)
        case _ if kept is None:
            raise CorruptRecordError(f"The stream {head.stream_id} begins with {head.type}.")
        case _:
            return Kept(kept_id=head.stream_id, version=head.stream_version, content=None)


def save_filter(kept: Kept | None, command: SaveFilter, *, by: str) -> Sequence[Event]:
    """Keep a filter; the same again says nothing new."""
    if not command.filter:
        raise InvalidError("A filter that is kept demands something.", field="filter")
    name = said(command.name, "name").strip()
    fact = desk.FilterSaved(name=name, owner=by, shared=command.shared, filter=command.filter)
    return [] if kept is not None and kept.content == fact else [fact]


def save_template(kept: Kept | None, command: SaveTemplate) -> Sequence[Event]:
    """Keep a template; the same again says nothing new."""
    text = said(command.text, "text")
    unknown = sorted(name for name in _places(text) if name not in PLACES)
    if unknown:
        raise InvalidError(f"A template may leave open {', '.join(sorted(PLACES))}, and nothing else.", field="text")
    fact = desk.NoteTemplateSaved(name=said(command.name, "name").strip(), language=command.language, text=text)
    return [] if kept is not None and kept.content == fact else [fact]


def remove(kept: Kept, *, by: str, head: bool) -> Sequence[Event]:
    """Remove a filter or a template; somebody else's filter only as a head of the office."""
    match kept.content:
        case None:
            return []
        case desk.FilterSaved(owner=owner) if owner != by and not head:
            raise ForbiddenError("A filter is removed by whoever keeps it, or by a supervisor.")
        case desk.FilterSaved():
            return [desk.FilterRemoved()]
        case desk.NoteTemplateSaved():
            return [desk.NoteTemplateRemoved()]


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a template with its open places filled in."""
    return text.format_map(dict.fromkeys(PLACES, "") | dict(values))


def _places(text: str) -> Sequence[str]:
    try:
        return [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
    except ValueError as error:
        raise InvalidError(
            "A template writes a brace as {{ or }}, and an open place as {number}.", field="text"
        ) from error
