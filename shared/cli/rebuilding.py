"""Build the views of a service anew, beside the served ones, and compare."""

from collections.abc import Sequence

from shared.bus.projecting import Rebuilt, rebuild
from shared.cli.progress import Progress
from shared.hosting import Host


async def rebuild_service(host: Host, service: str, progress: Progress, *, catch_up: bool) -> Sequence[Rebuilt]:
    """Rebuild every view of a service; `catch_up` first brings the served ones to the end of the log."""
    await host.prepare()
    if catch_up:
        await host.drain()
    mine = host.services[service]
    results = []
    for projection in mine.projections:
        feed = host.services[projection.source].store
        progress.begin(f"rebuilding {projection.collection.name}", await feed.head())
        results.append(await rebuild(projection, feed, mine.documents, progress.advance))
    return results
