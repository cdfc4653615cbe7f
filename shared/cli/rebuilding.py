"""Build the views of a service anew, beside the served ones, and compare."""

from collections.abc import Sequence

from shared.bus.projecting import Rebuilt, rebuild
from shared.cli.progress import Progress
from shared.hosting import Host


async def rebuild_service(host: Host, service: str, progress: Progress) -> Sequence[Rebuilt]:
    """Rebuild every view of a service and say of each whether it equals what was served."""
    mine = host.services[service]
    results = []
    for projection in mine.projections:
        log = host.bus.log(projection.source)
        heads = [await feed.head() for feed in await log.feeds()]
        progress.begin(f"rebuilding {projection.collection.name}", sum(heads))
        results.append(await rebuild(projection, log, mine.documents, progress.advance))
    return results


async def catch_up(host: Host, progress: Progress) -> None:
    """Bring reactions and views of a system that does not run to the end of their logs."""
    await host.prepare()
    progress.begin("bringing the views up to date", await host.backlog())
    await host.drain(progress.advance)
