"""Measure everything and print it: `python -m tests.bench`; `--help` says how to ask for less.

What runs on Kafka, PostgreSQL and MongoDB is measured where these can be had; elsewhere the run says what is missing.
"""

import gc
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from services.__main__ import RARELY
from shared.errors import RedressError
from tests.bench import (
    rows_append,
    rows_bus,
    rows_figures,
    rows_log,
    rows_postgres,
    rows_replicas,
    rows_scale,
    rows_served,
    rows_telling,
    rows_vault,
    rows_verify,
)
from tests.bench.bench import Bench, BenchError, MissingError, Row
from tests.bench.ground import Engines
from tests.bench.machine import Neighbours, load_average, machine
from tests.bench.table import Summary, summaries, table
from tests.engines.fixtures import in_ci


class Part(StrEnum):
    """What can be measured by itself."""

    IDLE = "idle"
    INTAKE = "intake"
    WEBHOOKS = "webhooks"
    LIFE = "life"
    APPEND = "append"
    REPLAY = "replay"
    REBUILD = "rebuild"
    FIGURES = "figures"
    TELLING = "telling"
    SEALING = "sealing"
    VERIFYING = "verifying"
    WRITES = "writes"
    PUBLISHING = "publishing"
    HEARING = "hearing"
    LATENCY = "latency"
    REPLICAS = "replicas"
    SCALE = "scale"


MEASURING: Mapping[Part, Callable[[Bench], list[Row]]] = {
    Part.IDLE: rows_served.idle,
    Part.INTAKE: rows_served.intake,
    Part.WEBHOOKS: rows_served.webhooks,
    Part.LIFE: rows_served.life,
    Part.APPEND: rows_append.append,
    Part.REPLAY: rows_log.replay,
    Part.REBUILD: rows_log.rebuilt,
    Part.FIGURES: rows_figures.figures,
    Part.TELLING: rows_telling.telling,
    Part.SEALING: rows_vault.sealing,
    Part.VERIFYING: rows_verify.verified,
    Part.WRITES: rows_postgres.writes,
    Part.PUBLISHING: rows_bus.publishing,
    Part.HEARING: rows_bus.hearing,
    Part.LATENCY: rows_replicas.latency,
    Part.REPLICAS: rows_replicas.replicas,
    Part.SCALE: rows_scale.scale,
}
ON_ENGINES = (Part.WRITES, Part.PUBLISHING, Part.HEARING, Part.LATENCY, Part.REPLICAS)
LONG = (Part.SCALE,)
"""What takes an hour: measured when it is asked for by name, and in short by `--quick`."""

WIDTH = 150
"""Columns of the table where no terminal says how wide it is."""

Quick = Annotated[bool, typer.Option("--quick", help="Short loads, one run: does it work, not how fast is it.")]
OnEngines = Annotated[bool, typer.Option("--engines", help="Just what runs on Kafka, PostgreSQL and MongoDB.")]
Only = Annotated[list[Part] | None, typer.Option(help="Just this; may be given several times.")]
Runs = Annotated[int, typer.Option(min=1, help="How often everything is measured.")]
Json = Annotated[Path | None, typer.Option(help="A file for every row of every run.")]
Simulated = Annotated[
    Path | None, typer.Option(help="Where simulated systems stay for a later bench; default: they go with this one.")
]
Folder = Annotated[Path | None, typer.Option(help="Where to write; default: the system's temporary folder.")]

progress = Console(stderr=True)


def main(
    *,
    quick: Quick = False,
    engines: OnEngines = False,
    only: Only = None,
    runs: Runs = 3,
    json: Json = None,
    folder: Folder = None,
    simulated: Simulated = None,
) -> None:
    """Measure our speed against the limit of this machine."""
    gc.set_threshold(*RARELY)  # as the command does; what is measured in this process is measured as it runs there
    runs = 1 if quick else runs
    console = Console()
    console = console if console.is_terminal else Console(width=WIDTH)
    with tempfile.TemporaryDirectory(prefix="redress-bench-", dir=folder) as name, Engines() as lent:
        bench = Bench(Path(name), quick, lent, simulated)
        here = machine(bench.folder)
        console.print(_in_a_line(here), style="dim", highlight=False)
        parts = list(only or (ON_ENGINES if engines else [part for part in Part if quick or part not in LONG]))
        parts = _possible(parts, lent, demanded=engines or only is not None)
        neighbours = Neighbours()
        rows = _measured(bench, parts, runs)
    after = {"other processes took": f"{neighbours.share():.0%} of the processors", "load average": load_average()}
    found = summaries(rows)
    console.print(table(found, runs))
    console.print(f"meanwhile: {_in_a_line(after)}", style="dim", highlight=False)
    if json is not None:
        json.write_bytes(_as_json({"machine": here, "meanwhile": after}, rows, found))


def _possible(parts: list[Part], engines: Engines, *, demanded: bool) -> list[Part]:
    """Return what can be measured here: without engines not what runs on them, if nobody asked for just that."""
    if not set(parts) & set(ON_ENGINES):
        return parts
    progress.print("Finding or starting Kafka, PostgreSQL and MongoDB ...", style="dim")
    try:
        progress.print(f"engines: {engines.origins}", style="dim", markup=False, highlight=False)
    except MissingError as missing:
        progress.print(f"An engine is missing. {missing}", style="red", markup=False)
        if demanded or in_ci():
            raise typer.Exit(1) from missing
        progress.print(f"So these are not measured: {', '.join(ON_ENGINES)}.", style="red")
        return [part for part in parts if part not in ON_ENGINES]
    return parts


def _measured(bench: Bench, parts: list[Part], runs: int) -> list[Row]:
    rows: list[Row] = []
    for run in range(1, runs + 1):
        for part in parts:
            begun = time.monotonic()
            with progress.status(f"run {run} of {runs}: {part}"):
                try:
                    rows.extend(MEASURING[part](bench))
                except (BenchError, RedressError) as error:
                    progress.print(f"{part} cannot be measured: {error}", style="red", markup=False)
                    raise typer.Exit(1) from error
            progress.print(f"run {run} of {runs}: {part}, {time.monotonic() - begun:.0f} s", style="dim")
    return rows


def _in_a_line(members: Mapping[str, str]) -> str:
    return " · ".join(f"{what}: {value}" for what, value in members.items())


def _as_json(circumstances: Mapping[str, object], rows: list[Row], found: list[Summary]) -> bytes:
    shown = [asdict(summary.row) | {"ratio": summary.ratio, "ok": summary.ok} for summary in found]
    content = {**circumstances, "medians": shown, "runs": [asdict(row) for row in rows]}
    return msgspec.json.format(msgspec.json.encode(content), indent=2)


if __name__ == "__main__":
    typer.run(main)
