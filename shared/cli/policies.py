"""`redress policy`: check a pack, show one, and say what would have been different under it."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from shared.cli.console import console, plain_errors
from shared.clock import system_clock
from shared.errors import SettingsError
from shared.events.envelope import Recorded
from shared.eventstore.index import no_index
from shared.eventstore.open import open_store
from shared.policy import Policy, read_policy
from shared.policy.pack import SHIPPED, shipped
from shared.policy.simulating import simulate

policies = typer.Typer(no_args_is_help=True, help="Check and try out the rules of time.")

Pack = Annotated[str, typer.Argument(help=f"A file, or one of {', '.join(SHIPPED)}.")]
BATCH = 5_000


@policies.command("check")
def check(pack: Pack) -> None:
    """Say whether a pack can be used; what is wrong is named with its key."""
    with plain_errors():
        policy = _read(pack)
    console.print(f"{policy.label} can be used.")


@policies.command("show")
def show(pack: Pack) -> None:
    """Show the times of a pack, and by which calendar they run."""
    with plain_errors():
        policy = _read(pack)
    durations, calendar = policy.durations, policy.calendar
    console.print(policy.label + (f": {policy.basis}" if policy.basis else ""))
    console.print(f"  acknowledge within {durations.acknowledge}, answer within {durations.answer}")
    console.print(f"  feedback within {durations.feedback or 'no set time'}")
    for code, severity in sorted(policy.severities.items()):
        console.print(f"  {code} taken up within {severity.respond_within}")
    console.print(f"  days of {calendar.time_zone}, weekend {' '.join(calendar.weekend) or 'none'}")
    console.print(f"  {len(calendar.holidays)} holidays; climbs from {' '.join(policy.ladder.escalates) or 'nowhere'}")


@policies.command("simulate")
def simulate_pack(
    pack: Pack, data: Annotated[Path, typer.Option(help="The data folder; it may be in use.")] = Path("data")
) -> None:
    """Replay past cases under a pack, and show which deadlines and misses would differ."""
    with plain_errors():
        policy = _read(pack)
        history = asyncio.run(_history(data))
        console.print(f"{'duty':12} {'begun':>8} {'earlier':>8} {'later':>8} {'missed':>8} {'would be':>8}")
        for kind in simulate(history, policy, system_clock()):
            numbers = (kind.begun, kind.earlier, kind.later, kind.missed, kind.would_be_missed)
            console.print(f"{kind.duty:12} " + " ".join(f"{number:8}" for number in numbers))


async def _history(data: Path) -> list[Recorded]:
    if not (data / "cases").is_dir():
        raise SettingsError(f"There is no data folder {data}; name it with --data.")
    store = open_store(data / "cases", "cases", no_index)
    history: list[Recorded] = []
    while read := await store.read(history[-1].position if history else 0, BATCH):
        history += read
    store.close()
    return history


def _read(pack: str) -> Policy:
    if pack in SHIPPED:
        return read_policy(shipped(pack))
    try:
        return read_policy(Path(pack).read_bytes())
    except OSError as error:
        raise SettingsError(f"{pack} cannot be read: {error.strerror}. Shipped packs: {', '.join(SHIPPED)}.") from error
