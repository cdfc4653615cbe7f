"""Measure everything and print it: `python -m tests.bench [--quick] [--only NAME] [--runs N] [--json FILE]`."""

import gc
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from services.__main__ import RARELY
from tests.bench import rows_append, rows_log, rows_served, rows_vault
from tests.bench.bench import Bench, BenchError, Row
from tests.bench.machine import Neighbours, load_average, machine
from tests.bench.table import Summary, summaries, table


class Part(StrEnum):
    """What can be measured by itself."""

    IDLE = "idle"
    INTAKE = "intake"
    LIFE = "life"
    APPEND = "append"
    REPLAY = "replay"
    REBUILD = "rebuild"
    SEALING = "sealing"


MEASURING: Mapping[Part, Callable[[Bench], list[Row]]] = {
    Part.IDLE: rows_served.idle,
    Part.INTAKE: rows_served.intake,
    Part.LIFE: rows_served.life,
    Part.APPEND: rows_append.append,
    Part.REPLAY: rows_log.replay,
    Part.REBUILD: rows_log.rebuilt,
    Part.SEALING: rows_vault.sealing,
}

WIDTH = 150
"""Columns of the table where no terminal says how wide it is."""

Quick = Annotated[bool, typer.Option("--quick", help="Short loads, one run: does it work, not how fast is it.")]
Only = Annotated[list[Part] | None, typer.Option(help="Just this; may be given several times.")]
Runs = Annotated[int, typer.Option(min=1, help="How often everything is measured.")]
Json = Annotated[Path | None, typer.Option(help="A file for every row of every run.")]
Folder = Annotated[Path | None, typer.Option(help="Where to write; default: the system's temporary folder.")]

progress = Console(stderr=True)


def main(*, quick: Quick = False, only: Only = None, runs: Runs = 3, json: Json = None, folder: Folder = None) -> None:
    """Measure our speed against the limit of this machine."""
    gc.set_threshold(*RARELY)  # as the command does; what is measured in this process is measured as it runs there
    runs = 1 if quick else runs
    console = Console()
    console = console if console.is_terminal else Console(width=WIDTH)
    with tempfile.TemporaryDirectory(prefix="redress-bench-", dir=folder) as name:
        bench = Bench(Path(name), quick)
        here = machine(bench.folder)
        console.print(_in_a_line(here), style="dim", highlight=False)
        neighbours = Neighbours()
        rows = _measured(bench, only or list(Part), runs)
    after = {"other processes took": f"{neighbours.share():.0%} of the processors", "load average": load_average()}
    found = summaries(rows)
    console.print(table(found, runs))
    console.print(f"meanwhile: {_in_a_line(after)}", style="dim", highlight=False)
    if json is not None:
        json.write_bytes(_as_json({"machine": here, "meanwhile": after}, rows, found))


def _measured(bench: Bench, parts: list[Part], runs: int) -> list[Row]:
    rows: list[Row] = []
    with progress.status("") as status:
        for run in range(1, runs + 1):
            for part in parts:
                status.update(f"run {run} of {runs}: {part}")
                try:
                    rows.extend(MEASURING[part](bench))
                except BenchError as error:
                    progress.print(f"{part} cannot be measured: {error}", style="red", markup=False)
                    raise typer.Exit(1) from error
    return rows


def _in_a_line(members: Mapping[str, str]) -> str:
    return " · ".join(f"{what}: {value}" for what, value in members.items())


def _as_json(circumstances: Mapping[str, object], rows: list[Row], found: list[Summary]) -> bytes:
    shown = [asdict(summary.row) | {"ratio": summary.ratio, "ok": summary.ok} for summary in found]
    content = {**circumstances, "medians": shown, "runs": [asdict(row) for row in rows]}
    return msgspec.json.format(msgspec.json.encode(content), indent=2)


if __name__ == "__main__":
    typer.run(main)
