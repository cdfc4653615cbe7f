"""Forgetting in the blind index: when a person's keys are destroyed, the terms of what they said go."""

import asyncio
from collections import deque
from collections.abc import Sequence
from uuid import UUID

from services.cases.views.words import WORDS, Blind, WordsRow
from shared.documents.port import Condition, Documents, Query
from shared.eventstore.store import EventStore
from shared.vault.vault import Vault

REST = 2.0
"""Seconds between two looks."""
_AGAIN = 30
"""Looks for which an erasure is remembered: a fold that opened a text just before may write just after."""


class Forgetting:
    """Goes after every tombstone of the vault; all of them once after a start, since rows may have been built anew."""

    def __init__(self, documents: Documents, store: EventStore, vault: Vault) -> None:
        """Stand on the rows, the record that they are of, and the vault."""
        self._documents = documents
        self._store = store
        self._vault = vault
        self._blind = Blind(vault)
        self._last = 0
        self._recent: deque[Sequence[UUID]] = deque(maxlen=_AGAIN)

    async def look(self) -> None:
        """Write anew every row that still has terms of somebody who was erased."""
        found = await asyncio.to_thread(self._vault.keys.tombstones, self._last)
        self._recent.append([subject for _, subject in found])
        for subjects in tuple(self._recent):
            for subject in subjects:
                await self._forget(subject)
        self._last = max((number for number, _ in found), default=self._last)

    async def _forget(self, subject: UUID) -> None:
        after = None
        while True:
            theirs = Query((Condition("subjects", "has", str(subject)),), after=after, limit=200)
            page = await self._documents.find(WORDS, theirs)
            anew = [again for row in page.rows if row.terms and (again := await self._again(row)) is not None]
            if anew:
                places = await self._documents.positions(WORDS)
                feed, position = max(places.items(), key=lambda place: place[1])
                await self._documents.save(WORDS, anew, position, feed=feed, after=position)
            if (after := page.next) is None:
                return

    async def _again(self, row: WordsRow) -> WordsRow | None:
        facts = await self._store.stream(row.case_id)
        fact = next((one for one in facts if one.envelope.stream_version == row.version), None)
        again = None if fact is None else await asyncio.to_thread(self._blind.fold, None, fact)
        return again if again is not None and again.terms != row.terms else None
