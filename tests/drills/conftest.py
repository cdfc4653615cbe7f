"""What the drills found, as a plain table below the tests."""

from collections.abc import Callable
from typing import NamedTuple

import pytest


class Found(NamedTuple):
    """One drill: where what was done, and which tool said what."""

    where: str
    done: str
    tool: str
    said: str


FOUND = pytest.StashKey[list[Found]]()
Telling = Callable[[str, str, str, str], None]


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Telling:
    """Put a drill into the table."""
    return lambda where, done, tool, said: request.config.stash.setdefault(FOUND, []).append(
        Found(where, done, tool, said)
    )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the table."""
    found: list[Found] = config.stash.get(FOUND, [])
    if not found:
        return
    rows = [Found("where", "what was done", "found by", "and said"), *sorted(found)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    terminalreporter.write_line("")
    for row in rows:
        left = "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=False))
        terminalreporter.write_line(f"{left}  {row.said}")
