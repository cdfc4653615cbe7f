"""What every sentence may ask: whether personal words are told, and how an organisation is called."""

from typing import Protocol


class Quoting(Protocol):
    """Whoever knows whether what a person said is told."""

    def quoted(self, what: str, text: str | None) -> str:
        """Quote a personal text, or say only that it is there."""
        ...

    def party(self, name: str) -> str:
        """Name an organisation where its id is known."""
        ...
