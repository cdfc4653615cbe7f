"""`redress policy`: check a pack, show one, and say what would have been different under it."""

import asyncio
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from shared.cli.console import console, plain_errors
from shared.cli.options import DATA
from shared.clock import system_clock
from shared.errors import SettingsError
from shared.events.envelope import Recorded
from shared.events.policies import ARCHIVE
from shared.eventstore.index import no_index
from shared.eventstore.open import open_store
from shared.eventstore.sqlite import SqliteEventStore
from shared.policy import Policy, read_policy, read_policy_file
from shared.policy.archive import Kept, in_force, kept_in, read_kept
from shared.policy.pack import SHIPPED, shipped
from shared.policy.simulating import simulate

policies = typer.Typer(no_args_is_help=True, help="Check and try out the rules of time.")

Pack = Annotated[str, typer.Argument(help=f"A file, one of {', '.join(SHIPPED)}, or a label that was ever adopted.")]
In = Annotated[Path, typer.Option(help="The data folder; it may be in use.")]
BATCH = 5_000


@policies.command("check")
def check(pack: Pack, data: In = DATA) -> None:
    """Say whether a pack can be used; what is wrong is named with its key."""
    with plain_errors():
        policy = _read(pack, data)
    console.print(f"{policy.label} can be used.")


@policies.command("adopted")
def adopted(data: In = DATA) -> None:
    """List every pack that cases ever ran by, and since when."""
    with plain_errors():
        kept = asyncio.run(_kept(data))
    for one in kept:
        print(f"{one.since:%Y-%m-%d %H:%M} {one.label} {one.sha256}")  # noqa: T201 - for scripts, too


@policies.command("show")
def show(pack: Pack, data: In = DATA) -> None:
    """Show the times of a pack, and by which calendar they run."""
    with plain_errors():
        policy = _read(pack, data)
    durations, calendar = policy.durations, policy.calendar
    console.print(policy.label + (f": {policy.basis}" if policy.basis else ""))
    console.print(f"  acknowledge within {durations.acknowledge}, answer within {durations.answer}")
    console.print(f"  feedback within {durations.feedback or 'no set time'}")
    for code, severity in sorted(policy.severities.items()):
        console.print(f"  {code} taken up within {severity.respond_within}")
    console.print(f"  days of {calendar.time_zone}, weekend {' '.join(calendar.weekend) or 'none'}")
    console.print(f"  {len(calendar.holidays)} holidays; climbs from {' '.join(policy.ladder.escalates) or 'nowhere'}")


@policies.command("simulate")
def simulate_pack(pack: Pack, data: In = DATA) -> None:
    """Replay past cases under a pack, and show which deadlines and misses would differ."""
    with plain_errors():
        policy = _read(pack, data)
        history = asyncio.run(_history(data))
        console.print(f"{'duty':12} {'begun':>8} {'earlier':>8} {'later':>8} {'missed':>8} {'would be':>8}")
        for kind in simulate(history, policy, system_clock()):
            numbers = (kind.begun, kind.earlier, kind.later, kind.missed, kind.would_be_missed)
            console.print(f"{kind.duty:12} " + " ".join(f"{number:8}" for number in numbers))


async def _history(data: Path) -> list[Recorded]:
    history: list[Recorded] = []
    with closing(_record(data)) as store:
        while read := await store.read(history[-1].position if history else 0, BATCH):
            history += read
    return history


async def _kept(data: Path) -> Sequence[Kept]:
    with closing(_record(data)) as store:
        return kept_in(await store.stream(ARCHIVE))


def _record(data: Path) -> SqliteEventStore:
    if not (data / "cases").is_dir():
        raise SettingsError(f"There is no data folder {data}; name it with --data.")
    return open_store(data / "cases", "cases", no_index)


def _read(pack: str, data: Path) -> Policy:
    if pack in SHIPPED:
        return read_policy(shipped(pack))
    if Path(pack).is_file():
        return read_policy_file(Path(pack), "The name of the pack")
    kept = in_force(asyncio.run(_kept(data)), pack) if (data / "cases").is_dir() else None
    if kept is None:
        raise SettingsError(
            f"{pack} is no file, no shipped pack ({', '.join(SHIPPED)}), and was never adopted in {data}."
        )
    return read_kept(kept.content)
