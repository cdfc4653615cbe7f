"""`redress simulate`: a history of any size in an empty data folder, to see what many cases cost."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Protocol

import typer

from shared.cli.console import Bars, console, plain_errors
from shared.cli.lookups import instant
from shared.cli.options import DATA, Data
from shared.cli.rebuilding import catch_up
from shared.clock import system_clock
from shared.embedded import Embedded, FolderLock
from shared.eventstore.store import EventStore


class Simulate(Protocol):
    """Writes what is missing of a simulated history, and returns how many facts that was."""

    def __call__(
        self, store: EventStore, *, seed: int, cases: int, until: datetime, advance: Callable[[int], None]
    ) -> Coroutine[Any, Any, int]:
        """Hear of cases opened through `advance`."""
        ...


def simulating_commands(
    commands: typer.Typer, opened: Callable[[Path], AbstractContextManager[Embedded]], simulate_: Simulate
) -> None:
    """Add the command; `opened` makes and opens a data folder."""

    @commands.command()
    def simulate(
        cases: Annotated[int, typer.Option(min=1, help="How many cases.")] = 10_000,
        seed: Annotated[int, typer.Option(help="The same seed and end give the same history.")] = 2026,
        until: Annotated[str | None, typer.Option(help="Where the history ends (ISO 8601); default: today.")] = None,
        data: Data = DATA,
    ) -> None:
        """Fill an empty data folder with so many cases and their whole lives; run again, it goes on."""
        with plain_errors():
            end = instant(until) or system_clock().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
            lock = FolderLock(data)
            lock.demand()
        with opened(data) as house, Bars() as bars:
            store = house.host.services["cases"].store
            bars.begin("simulating cases", cases)
            written = asyncio.run(simulate_(store, seed=seed, cases=cases, until=end, advance=bars.advance))
            asyncio.run(catch_up(house.host, bars))
        console.print(
            f"{cases} cases until {end:%Y-%m-%d}, seed {seed}: {written} facts written now. "
            f"Look at them: redress up --data {data}",
            soft_wrap=True,
        )
