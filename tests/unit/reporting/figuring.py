"""Figures over lives: the rows folded, loaded and asked without a server."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from services.reporting.projections import (
    CASE_FACTS,
    CLOCK_FACTS,
    CONTACT_FACTS,
    ORGANISATION_FACTS,
    PROJECTIONS,
    PUBLICATION_FACTS,
)
from services.reporting.views.definitions import read_definitions
from services.reporting.views.engine import Figures, Table, encode
from services.reporting.views.facts import CaseFacts, ClockFacts, ContactFacts, OrganisationFacts, PublicationFacts
from services.reporting.views.questions import Question, values
from services.reporting.views.warehouse import LIVE, Warehouse
from shared.bus import port
from shared.documents.folding import fold_batch
from shared.documents.port import Row
from shared.documents.sqlite import SqliteDocuments
from shared.events.envelope import Recorded
from shared.policy import default_policy
from tests.unit.reporting.lives import Log

DEFINITIONS = read_definitions()
ROWS: Mapping[str, type[Row]] = {name: one.collection.row for name, one in PROJECTIONS.items()}


def folded(facts: Sequence[Recorded]) -> Sequence[CaseFacts]:
    """Fold a log of cases into rows, as a projection does."""
    rows: dict[object, CaseFacts] = {}
    for fact in facts:
        if fact.envelope.stream == CASE_FACTS.stream:
            rows[fact.envelope.stream_id] = CASE_FACTS.fold(rows.get(fact.envelope.stream_id), fact)
    return list(rows.values())


def organisations(facts: Sequence[Recorded]) -> Sequence[OrganisationFacts]:
    """Fold a log of cases into rows of organisations."""
    rows: dict[object, OrganisationFacts] = {}
    for fact in facts:
        if fact.envelope.stream == ORGANISATION_FACTS.stream:
            rows[fact.envelope.stream_id] = ORGANISATION_FACTS.fold(rows.get(fact.envelope.stream_id), fact)
    return list(rows.values())


def clocks(facts: Sequence[Recorded]) -> Sequence[ClockFacts]:
    """Fold a log of cases into rows of clocks."""
    rows: dict[object, ClockFacts] = {}
    for fact in facts:
        if fact.envelope.stream == CLOCK_FACTS.stream:
            rows[fact.envelope.stream_id] = CLOCK_FACTS.fold(rows.get(fact.envelope.stream_id), fact)
    return list(rows.values())


def publications(facts: Sequence[Recorded]) -> Sequence[PublicationFacts]:
    """Fold a log of reporting into rows of publications."""
    rows: dict[object, PublicationFacts] = {}
    for fact in facts:
        if fact.envelope.stream == PUBLICATION_FACTS.stream:
            rows[fact.envelope.stream_id] = PUBLICATION_FACTS.fold(rows.get(fact.envelope.stream_id), fact)
    return list(rows.values())


def contacts(facts: Sequence[Recorded]) -> Sequence[ContactFacts]:
    """Fold a log of intake into rows."""
    return [CONTACT_FACTS.fold(None, fact) for fact in facts]


class Desk:
    """A warehouse for many small questions."""

    def __init__(self, folder: Path) -> None:
        self.warehouse = Warehouse(folder, ROWS, memory="256MB", threads=1)

    def ask(
        self,
        report: str,
        group_by: Sequence[str],
        *,
        cases: Sequence[CaseFacts] = (),
        contacts: Sequence[ContactFacts] = (),
        organisations: Sequence[OrganisationFacts] = (),
        clocks: Sequence[ClockFacts] = (),
        publications: Sequence[PublicationFacts] = (),
        at: datetime = datetime(2026, 6, 1, tzinfo=UTC),
    ) -> list[dict[str, Any]]:
        """Compute a report over exactly these rows."""
        self.warehouse.create(LIVE)
        self.warehouse.put(LIVE, "cases", [encode(row) for row in cases])
        self.warehouse.put(LIVE, "contacts", [encode(row) for row in contacts])
        self.warehouse.put(LIVE, "organisations", [encode(row) for row in organisations])
        self.warehouse.put(LIVE, "clocks", [encode(row) for row in clocks])
        self.warehouse.put(LIVE, "publications", [encode(row) for row in publications])
        definition = DEFINITIONS[report]
        asked = Question(report=report, group_by=tuple(group_by))
        given = values(asked, definition, at, default_policy())
        columns, rows = self.warehouse.run(LIVE, definition.statement(group_by), given)
        return [dict(zip(columns, row, strict=True)) for row in rows]


@dataclass(frozen=True)
class House:
    """Figures over two logs, with rows in a real store of documents."""

    figures: Figures
    documents: SqliteDocuments
    logs: Mapping[str, Log]

    async def catch_up(self) -> None:
        """Fold what is new into the rows."""
        told, heard = self.logs["cases"].facts, self.logs["intake"].facts
        await fold_batch(CASE_FACTS, self.documents, told, len(told))
        await fold_batch(CONTACT_FACTS, self.documents, heard, len(heard))
        await fold_batch(ORGANISATION_FACTS, self.documents, told, len(told))
        await fold_batch(CLOCK_FACTS, self.documents, told, len(told))
        published = self.logs["reporting"].facts
        await fold_batch(PUBLICATION_FACTS, self.documents, published, len(published))

    async def ask(self, report: str, group_by: str, **question: Any) -> list[tuple[Any, ...]]:
        """Compute a report and return its rows."""
        asked = Question(report=report, group_by=tuple(group_by.split(",")), **question)
        return list((await self.figures.answer(asked)).rows)


def house(folder: Path, now: datetime = datetime(2026, 6, 1, tzinfo=UTC), cases: port.Log | None = None) -> House:
    """Put reporting together on two empty logs, or on another log of cases."""
    folder.mkdir(exist_ok=True)
    logs = {name: Log(name) for name in ("cases", "intake", "reporting")}
    read: Mapping[str, port.Log] = logs if cases is None else {**logs, "cases": cases}
    documents = SqliteDocuments(folder / "views.sqlite")
    figures = Figures(
        definitions=DEFINITIONS,
        tables=[Table(name, one, read[one.source]) for name, one in PROJECTIONS.items()],
        documents=documents,
        warehouse=Warehouse(folder / "figures", ROWS, memory="256MB", threads=1),
        clock=lambda: now,
        policy=default_policy(),
        pasts_kept=2,
    )
    for projection in PROJECTIONS.values():
        asyncio.run(documents.prepare(projection.collection))
    return House(figures, documents, logs)
