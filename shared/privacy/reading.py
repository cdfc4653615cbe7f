"""Reading sealed data: masked without a purpose; with one, opened after it was put on record who reads what and why."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from shared.errors import CorruptRecordError
from shared.events.envelope import Actor
from shared.events.privacy import FieldsViewed, Purpose
from shared.eventstore.context import CommandContext
from shared.eventstore.store import EventStore
from shared.ids import derived_id, new_id
from shared.rights import DEFAULT_TENANT
from shared.supervision import Failure, attempt
from shared.vault import tokens
from shared.vault.sealing import Place, opened_text
from shared.vault.vault import Vault

log = logging.getLogger("redress.privacy")


class Asked(msgspec.Struct, frozen=True):
    """Who wants to see what is sealed, for what, when, and in which tenant that is put on record."""

    actor: Actor
    purpose: Purpose
    now: datetime
    tenant: str = DEFAULT_TENANT


class Part(msgspec.Struct, frozen=True):
    """Something to be shown, and where the sealed values in it belong.

    `called` has the names under which they were sealed, for members that are shown under another.
    """

    content: object
    place: Place
    called: Mapping[str, str] = {}

    def field(self, shown: str) -> str:
        """Return the path of a member as it was sealed."""
        before, dot, name = shown.rpartition(".")
        return f"{before}{dot}{self.called.get(name, name)}"


Say = Callable[[UUID, Purpose, tuple[str, ...]], FieldsViewed]
"""From whose data, for what and which fields to the fact that says so."""


class Reading:
    """Shows parts of a service's record; the fact that it was opened goes into the same record."""

    def __init__(self, store: EventStore, vault: Vault) -> None:
        """Take the record of the service and the vault."""
        self._store = store
        self._vault = vault

    async def shown(self, parts: Sequence[Part], subject: UUID | None, asked: Asked | None, say: Say) -> list[Any]:
        """Return the parts as plain trees, masked, or opened for who asked."""
        trees = [msgspec.to_builtins(part.content) for part in parts]
        if asked is None:
            return [_replaced(tree, "", lambda _text, _field: tokens.MASK) for tree in trees]
        fields = sorted({_named(field) for tree in trees for field in _sealed(tree, "")})
        if fields and subject is not None:
            await self.put_on_record(subject, asked, say(subject, asked.purpose, tuple(fields)))
        return [
            _replaced(tree, "", lambda text, field, part=part: self.plain(text, part.place, part.field(field)))  # type: ignore[misc]  # bound default
            for tree, part in zip(trees, parts, strict=True)
        ]

    def plain(self, text: str, place: Place, field: str) -> str:
        """Return one value opened without a trace; one that was altered or moved is shown as that, and logged."""
        plain = attempt(lambda: opened_text(self._vault, text, place, field))
        if not isinstance(plain, Failure):
            return plain
        if not isinstance(plain.error, CorruptRecordError):
            raise plain.error
        log.error("a sealed value does not belong where it lies", extra={"field": _named(field)})
        return tokens.ALTERED

    async def put_on_record(self, subject: UUID, asked: Asked, viewed: FieldsViewed) -> None:
        """Write down who opened whose data, before they see it."""
        stream_id = access_stream(self._store.source, subject)
        context = CommandContext(
            actor=asked.actor, now=asked.now, correlation_id=new_id(), tenant=asked.tenant, subject=subject
        )
        await self._store.write(
            context, lambda unit: unit.append(stream_id, unit.version(stream_id), [viewed], context)
        )


def access_stream(source: str, subject: UUID) -> UUID:
    """Return the stream of a service that says who opened the data of a person."""
    return derived_id("access", source, subject.hex)


def _replaced(tree: Any, path: str, replace: Callable[[str, str], str]) -> Any:
    if isinstance(tree, str):
        return replace(tree, path) if tokens.is_sealed(tree) else tree
    if isinstance(tree, dict):
        before = f"{path}." if path else ""
        return {name: _replaced(one, f"{before}{name}", replace) for name, one in tree.items()}
    if isinstance(tree, list | tuple):
        before = f"{path}." if path else ""
        return [_replaced(one, f"{before}{place}", replace) for place, one in enumerate(tree)]
    return tree


def _sealed(tree: Any, path: str) -> Iterable[str]:
    if isinstance(tree, str):
        if tokens.is_sealed(tree):
            yield path
    elif isinstance(tree, dict):
        before = f"{path}." if path else ""
        for name, one in tree.items():
            yield from _sealed(one, f"{before}{name}")
    elif isinstance(tree, list | tuple):
        for one in tree:
            yield from _sealed(one, path)


def _named(field: str) -> str:
    return ".".join(name for name in field.split(".") if not name.isdigit())
