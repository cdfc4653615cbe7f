"""The composition root of reporting: rows, figures and pages put together."""

from collections.abc import Mapping

from services.reporting.api import reports_router
from services.reporting.api.pages import pages_router
from services.reporting.projections import CASE_FACTS, CONTACT_FACTS
from services.reporting.settings import Settings
from services.reporting.views.definitions import read_definitions
from services.reporting.views.engine import Figures, Table
from services.reporting.views.warehouse import Warehouse
from shared.bus.port import Log
from shared.eventstore.index import no_index
from shared.service import Parts, Service


def build(
    parts: Parts,
    logs: Mapping[str, Log],
    settings: Settings | None = None,
    warehouse: Warehouse | None = None,
) -> Service:
    """Put the service together; `logs` are those of `cases` and `intake`, read again for figures of the past."""
    chosen = settings or Settings()
    tables = (
        Table("cases", CASE_FACTS, logs[CASE_FACTS.source]),
        Table("contacts", CONTACT_FACTS, logs[CONTACT_FACTS.source]),
    )
    rows = {table.name: table.projection.collection.row for table in tables}
    figures = Figures(
        definitions=read_definitions(),
        tables=tables,
        documents=parts.documents,
        warehouse=warehouse or Warehouse(parts.data / "figures", rows, memory=chosen.memory, threads=chosen.threads),
        clock=parts.clock,
        pasts_kept=chosen.pasts_kept,
    )
    return Service(
        name="reporting",
        store=parts.open_store("reporting", no_index),
        documents=parts.documents,
        routers=(reports_router(figures), pages_router(figures)),
        projections=(CASE_FACTS, CONTACT_FACTS),
    )
