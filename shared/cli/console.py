"""How the command line speaks: plainly, with progress on everything long, and with what to do next on an error."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from shared.errors import RedressError

console = Console(highlight=False)
complaints = Console(stderr=True, highlight=False)


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn a refusal into a sentence and exit code 1."""
    try:
        yield
    except RedressError as error:
        complaints.print(f"[red]{error.title}.[/red] {error.detail}", soft_wrap=True)
        sys.exit(1)


class Bars:
    """Progress as bars on standard error; implements `shared.cli.progress.Progress`."""

    def __init__(self) -> None:
        """Prepare; the bars appear with `begin`, inside a `with`."""
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._progress = Progress(*columns, console=complaints)
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        """Start showing."""
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop showing; what was shown stays."""
        self._progress.stop()

    def begin(self, what: str, total: int) -> None:
        """Start a bar of so many steps."""
        self._task = self._progress.add_task(what, total=total)

    def advance(self, steps: int = 1) -> None:
        """Move the bar on."""
        if self._task is not None:
            self._progress.update(self._task, advance=steps)
