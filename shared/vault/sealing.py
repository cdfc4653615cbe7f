"""Sealing a fact on its way into the record, and opening what was sealed: each in one place."""

from collections.abc import Collection
from typing import TypeVar
from uuid import UUID

import msgspec

from shared.errors import CorruptRecordError
from shared.events.envelope import Event
from shared.vault import tokens
from shared.vault.fields import plan_of, rewritten
from shared.vault.vault import GROUPS, ErasedError, Vault, group_of

S = TypeVar("S", bound=msgspec.Struct)
E = TypeVar("E", bound=Event)


class Sealer:
    """Seals the personal fields of facts. Of an erased person only a mark is kept that something was said."""

    def __init__(self, vault: Vault) -> None:
        """Stand on a vault."""
        self._vault = vault

    def seal(self, event: E, stream: UUID, version: int, subject: UUID) -> E:
        """Return the fact with every personal field sealed; what came sealed from an earlier fact stays as it is."""
        if plan_of(type(event)) is None:
            return event
        vault = self._vault

        def sealed(text: str, field: str, group: str | None) -> str:
            whose = subject if group is None else group_of(subject, group)
            if tokens.is_sealed(text) and self._carries(text, whose):
                return text
            try:
                return vault.seal(text, subject=whose, stream=stream, version=version, field=field)
            except ErasedError:
                head = tokens.head_of(subject=whose, key=0, stream=stream, version=version, field=field)
                return tokens.join(head, b"")

        return rewritten(event, sealed)

    def flush(self) -> None:
        """Make the keys durable; called before the facts are committed."""
        self._vault.flush()

    def _carries(self, text: str, subject: UUID) -> bool:
        """Whether text is a token of this person; what somebody wrote in that form is text like any other."""
        token = tokens.read(text)
        if token is None or token.subject != subject:
            return False
        try:
            self._vault.opened(token)
        except ErasedError:
            return self._vault.is_erased(subject)
        except CorruptRecordError:
            return False
        return True


class Place(msgspec.Struct, frozen=True):
    """Where a value is opened: whose record it is and, where one fact is read, its stream and version."""

    subjects: frozenset[UUID]
    stream: UUID | None = None
    version: int | None = None


def place_of(subjects: Collection[UUID | None], stream: UUID | None = None, version: int | None = None) -> Place:
    """Return the place of a record about these persons and the groups in what they said."""
    known = {subject for subject in subjects if subject is not None}
    groups = {group_of(subject, group) for subject in known for group in GROUPS}
    return Place(frozenset(known | groups), stream, version)


def opened_text(vault: Vault, text: str, place: Place, field: str) -> str:
    """Return what a token says, or `[erased]`; one that belongs elsewhere is a `CorruptRecordError`.

    A value may travel on into later facts about the same person, under the same last name of its path; nowhere else.
    """
    token = tokens.read(text)
    if token is None:
        if tokens.is_sealed(text):
            raise CorruptRecordError("A sealed value does not read; restore the record from a back-up.")
        return text
    here = place.version is not None and token.stream == place.stream
    exact = (token.version, token.field) == (place.version, field)
    if token.subject not in place.subjects or token.leaf != field.rpartition(".")[2] or (here and not exact):
        raise CorruptRecordError("A sealed value does not belong where it lies; restore the record from a back-up.")
    try:
        return vault.opened(token)
    except ErasedError:
        return tokens.ERASED


def opened(vault: Vault, struct: S, place: Place) -> S:
    """Return a fact or a part of one with its personal fields opened."""
    return rewritten(struct, lambda text, field, _group: opened_text(vault, text, place, field))


def masked(struct: S) -> S:
    """Return a fact or a part of one with its sealed fields masked."""
    return rewritten(struct, lambda text, _field, _group: tokens.MASK if tokens.is_sealed(text) else text)
