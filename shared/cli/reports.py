"""Commands on stamped reports, and how what was found in one is told."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Protocol

import typer

from shared.auditing.sources import FolderSource, services_in
from shared.auditing.verifying import verify
from shared.cli.console import console
from shared.cli.ledger import keys_given
from shared.documents.sqlite import SqliteDocuments
from shared.errors import InvalidError
from shared.eventstore.exported import ExportedLog
from shared.ledger.shelves import FolderShelf, Shelf
from shared.service import Service

reports = typer.Typer(no_args_is_help=True, help="Reports that can be computed again.")
ReportFile = Annotated[Path, typer.Argument(help="The report as JSON, with its stamp.", exists=True)]

ReportExport = Annotated[Path | None, typer.Option(help="What 'redress ledger export' wrote, in place of --data.")]
ReportKeys = Annotated[
    list[str], typer.Option("--key", help="The ledgers' public keys: the export is verified first; repeat it.")
]


@contextmanager
def exported(folder: Path, keys: Sequence[str]) -> Iterator[tuple[Mapping[str, ExportedLog], SqliteDocuments, Path]]:
    """Open the logs of an export, with room for what is computed of them; with keys, the ledger must hold first."""
    known = keys_given(keys)
    for service in services_in(folder) if known else ():
        for finding in verify(FolderSource(folder, service), known).findings:
            where = "" if finding.at is None else f", from index {finding.at}"
            raise InvalidError(f"The export does not verify: {service}{where}: {finding.what}.", field="export")
    if not known:
        console.print("Without --key the export itself is believed; verify it with 'redress verify'.")
    with (
        TemporaryDirectory(prefix="redress-report-") as name,
        closing(SqliteDocuments(Path(name) / "views.sqlite")) as at,
    ):
        yield {source: ExportedLog(folder, source) for source in services_in(folder)}, at, Path(name)


def ledgers_in(folder: Path) -> Mapping[str, Shelf]:
    """Return the ledgers of an export."""
    return {source: FolderShelf(folder / source / "ledger") for source in services_in(folder)}


def ledgers_of(services: Mapping[str, Service]) -> Mapping[str, Shelf]:
    """Return the ledgers of services."""
    return {name: service.ledger.shelf for name, service in services.items() if service.ledger is not None}


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
