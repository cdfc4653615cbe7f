"""The composition root of reporting: rows, figures and pages put together."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import get_args

from services.reporting.api import reports_router
from services.reporting.api.audit import audit_router
from services.reporting.api.audit_pages import audit_pages_router
from services.reporting.api.editions import editions_routers
from services.reporting.api.figure_pages import figure_pages_router
from services.reporting.api.pages import pages_router
from services.reporting.api.public import public_router
from services.reporting.api.publications import publications_routers
from services.reporting.api.questions import questions_router
from services.reporting.api.verifying import Finding, verified
from services.reporting.api.yearly import Years, yearly_routers
from services.reporting.application import Keeping, Publishing
from services.reporting.domain.audience import Audience
from services.reporting.domain.declared import Axes, Axis
from services.reporting.domain.rules import Rule
from services.reporting.projections import CASE_FACTS, PROJECTIONS
from services.reporting.settings import Settings
from services.reporting.views.definitions import Definition, read_definitions
from services.reporting.views.editions import Editions
from services.reporting.views.engine import Figures, Table
from services.reporting.views.histories import Histories
from services.reporting.views.trails import trail_projections
from services.reporting.views.warehouse import Warehouse
from shared.bus.port import Log
from shared.documents.port import Documents
from shared.errors import InvalidError
from shared.events.cases import CloseReason
from shared.eventstore.index import no_index
from shared.ledger.shelves import Shelf
from shared.policy import Policy, default_policy
from shared.service import Parts, Service


def build(
    parts: Parts,
    logs: Mapping[str, Log],
    settings: Settings | None = None,
    warehouse: Warehouse | None = None,
) -> Service:
    """Put the service together; `logs` are those of `cases` and `intake`, read again for figures of the past."""
    chosen = settings or Settings()
    store = parts.open_store("reporting", no_index)
    # Where topics carry the records, its own is among the logs; where one process has them all, the store is the log.
    tables = tables_of({"reporting": store, **logs})
    rows = {table.name: table.projection.collection.row for table in tables}
    policy = default_policy()
    figures = Figures(
        definitions=read_definitions(),
        tables=tables,
        documents=parts.documents,
        warehouse=warehouse or Warehouse(parts.data / "figures", rows, memory=chosen.memory, threads=chosen.threads),
        clock=parts.clock,
        policy=policy,
        pasts_kept=chosen.pasts_kept,
        roots=parts.roots,
    )
    editions = Editions(
        definitions=figures.definitions,
        cases=tables[0],
        warehouse=Warehouse(parts.data / "editions", rows, memory=chosen.memory, threads=chosen.threads),
        clock=parts.clock,
        axes=axes_of(policy, chosen),
        rules={
            Audience.PARTNER: Rule(chosen.partner_threshold, chosen.dominance),
            Audience.PUBLIC: Rule(chosen.public_threshold, chosen.dominance),
        },
        policy=policy,
    )
    years = Years(editions, policy)
    histories = Histories(parts.documents, logs, policy, CASE_FACTS.fold)
    return Service(
        name="reporting",
        store=store,
        documents=parts.documents,
        routers=(
            reports_router(figures),
            *editions_routers(editions),
            figure_pages_router(figures, policy),
            pages_router(),
            public_router(editions, policy),
            audit_router(histories, figures),
            audit_pages_router(histories),
            *yearly_routers(years),
            *publications_routers(years, Publishing(store)),
            questions_router(figures, Keeping(store)),
        ),
        projections=(*PROJECTIONS.values(), *trail_projections(policy)),
    )


async def verify(
    report: bytes,
    logs: Mapping[str, Log],
    documents: Documents,
    folder: Path,
    definitions: Mapping[str, Definition] | None = None,
    *,
    ledgers: Mapping[str, Shelf] | None = None,
) -> Sequence[Finding]:
    """Check a stamped report against the logs of an embedded system; `folder` is for files in passing.

    With `ledgers`, the roots of the stamp must be theirs, too.
    """
    settings, policy, known = Settings(), default_policy(), definitions or read_definitions()

    def recompute(then: Mapping[str, Log], at: datetime) -> Figures:
        tables = tables_of(then)
        rows = {table.name: table.projection.collection.row for table in tables}
        return Figures(
            definitions=known,
            tables=tables,
            documents=documents,
            warehouse=Warehouse(folder, rows, memory=settings.memory, threads=settings.threads),
            clock=lambda: at,
            policy=policy,
            pasts_kept=2,
        )

    sources = sorted({projection.source for projection in PROJECTIONS.values()})
    if lacking := [name for name in sources if name not in logs]:
        raise InvalidError(f"The record lacks what {', '.join(lacking)} said; export all of it.", field="export")
    return await verified(report, known, {name: logs[name] for name in sources}, ledgers or {}, recompute)


def tables_of(logs: Mapping[str, Log]) -> Sequence[Table]:
    """Return every table of facts, to be filled from these logs."""
    return tuple(Table(name, projection, logs[projection.source]) for name, projection in PROJECTIONS.items())


def axes_of(policy: Policy, settings: Settings) -> Axes:
    """Return the values that columns have in editions: those of the rules and of the settings, never those of cases."""
    axes = {
        "issue": Axis(tuple(policy.issues)),
        "severity": Axis(tuple(policy.severities), rest="untriaged"),
        "close_reason": Axis(get_args(CloseReason)),
        "channel": Axis(settings.public_channels, rest="other"),
        "country": Axis(settings.public_countries, rest="other"),
    }
    return {name: axis for name, axis in axes.items() if axis.values}
