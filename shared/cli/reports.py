"""Commands on stamped reports, and how what was found in one is told."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Protocol

import typer

from shared.cli.console import console

reports = typer.Typer(no_args_is_help=True, help="Reports that can be computed again.")
ReportFile = Annotated[Path, typer.Argument(help="The report as JSON, with its stamp.", exists=True)]


class Finding(Protocol):
    """What is not as a report says: of which kind, and in words where."""

    @property
    def kind(self) -> str:
        """Which part it is about."""
        ...

    @property
    def words(self) -> str:
        """What, and where."""
        ...


def told(found: Sequence[Finding]) -> int:
    """Tell what was found, and return the exit code: 0 where nothing was."""
    for one in found:
        console.print(f"[red]{one.kind}[/red]: {one.words}", soft_wrap=True)
    console.print("It is not as it says." if found else "It was computed again and is the same, number by number.")
    return 1 if found else 0
