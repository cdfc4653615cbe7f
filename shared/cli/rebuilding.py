"""Build the views of a service anew, beside the served ones, and compare."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

from shared.bus.filling import Empty, fill, is_empty, is_worth
from shared.bus.mending import Mended, mend
from shared.bus.projecting import Rebuilt, rebuild
from shared.cli.progress import Progress
from shared.documents.folding import Projection
from shared.errors import SettingsError
from shared.hosting import Host


async def rebuild_service(
    host: Host, service: str, progress: Progress, *, source: str | None = None, swap: bool = True
) -> Sequence[Rebuilt]:
    """Rebuild the views of a service, those of one `source` or all, and say whether each equals what was served.

    Without `swap` what is served stays.
    """
    mine = host.services[service]
    results = []
    for projection in _heard(mine.projections, source):
        log = host.bus.log(projection.source)
        heads = [await feed.head() for feed in await log.feeds()]
        progress.begin(f"rebuilding {projection.collection.name}", sum(heads))
        results.append(await rebuild(projection, log, mine.documents, progress.advance, swap=swap))
    return results


async def mend_service(
    host: Host, service: str, progress: Progress, *, since: datetime, source: str | None = None
) -> Sequence[Mended]:
    """Fold anew the rows that have facts on record since a moment, and put right those that differ."""
    mine = host.services[service]
    results = []
    for projection in _heard(mine.projections, source):
        log = host.bus.log(projection.source)
        progress.begin(f"mending {projection.collection.name}", sum([await feed.head() for feed in await log.feeds()]))
        results.append(await mend(projection, log, mine.documents, since, progress.advance))
    return results


def _heard(projections: Sequence[Projection[Any]], source: str | None) -> Sequence[Projection[Any]]:
    found = [one for one in projections if source in (None, one.source)]
    if not found:
        known = ", ".join(sorted({one.source for one in projections}))
        raise SettingsError(f"No view of this service hears {source}; they hear {known}.")
    return found


async def _empty(host: Host, source: str) -> AsyncIterator[Empty]:
    for service in host.services.values():
        for projection in service.projections:
            if projection.source == source and await is_empty(projection, service.documents):
                yield Empty(projection, service.documents)


async def catch_up(host: Host, progress: Progress) -> None:
    """Bring reactions and views of a system that does not run to the end of their logs."""
    await host.prepare()
    for source, spoken in host.services.items():
        log = host.bus.log(source)
        empty = [one async for one in _empty(host, source)]
        if empty and await is_worth(log):
            progress.begin(f"building the views of {source}", await spoken.store.head())
            await fill(empty, log, progress.advance)
    progress.begin("bringing the views up to date", await host.backlog())
    await host.drain(progress.advance)
