"""What a long command tells while it works; the console shows it as a bar, a test writes it down."""

from typing import Protocol


class Progress(Protocol):
    """Hears how far a command is."""

    def begin(self, what: str, total: int) -> None:
        """Start a stretch of work of so many steps; the stretch before it, if any, is over."""
        ...

    def advance(self, steps: int = 1) -> None:
        """Say that so many further steps are done."""
        ...


class Silent:
    """Progress that nobody watches."""

    def begin(self, what: str, total: int) -> None:
        """Hear it, and show nothing."""

    def advance(self, steps: int = 1) -> None:
        """Hear it, and show nothing."""
