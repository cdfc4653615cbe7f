"""`redress ledger`, `verify`, `prove`: show and export ledgers, verify what was exported, prove single facts."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from shared.auditing.findings import Verified
from shared.auditing.notes import Key, read_key
from shared.auditing.proving import verify_proofs
from shared.auditing.remote import log_at, logs_at
from shared.auditing.sources import FolderSource, Source, services_in
from shared.auditing.stamps import Authorities, verify_stamps
from shared.auditing.tiled import TiledSource, in_folder
from shared.auditing.verifying import verify
from shared.cli.console import Bars, console, plain_errors
from shared.cli.options import DATA, Data
from shared.clock import system_clock
from shared.errors import InvalidError, NotFoundError, SettingsError
from shared.events.envelope import Actor, Event
from shared.events.ledger import LedgerKeyRotated, LedgerRenewed
from shared.eventstore.context import CommandContext
from shared.ids import derived_id, new_id
from shared.ledger.reading import newest
from shared.notary.exporting import export_record
from shared.notary.keeper import Keeper
from shared.notary.signing import FILE, LedgerSettings, add_key
from shared.notary.stamping import StampSettings, stamper_of
from shared.service import Service
from shared.web.ledger import proofs_of_stream

OPERATOR = Actor("system:command-line", "admin")

Opened = Callable[[Path], AbstractContextManager[Mapping[str, Service]]]
"""Opens the services where they are: in a folder, or on the engines that the settings name."""

Keys = Annotated[list[str], typer.Option("--key", help="A public key of a log, or a file of them; may be repeated.")]
Whose = Annotated[str, typer.Argument(help="The service.", show_default=False)]


def ledger_commands(commands: typer.Typer, opened: Opened) -> None:
    """Add the commands on ledgers."""
    ledger = typer.Typer(no_args_is_help=True, help="Show, export, renew and re-key the ledgers.")
    commands.add_typer(ledger, name="ledger")
    _of_the_office(ledger, opened)
    _of_stamps(ledger, opened)
    _of_keys(ledger, opened)
    _proving(commands, opened)
    _of_auditors(commands)


def _of_the_office(ledger: typer.Typer, opened: Opened) -> None:
    @ledger.command("show")
    def show(data: Data = DATA) -> None:
        """Show how far each record is signed, and the public keys to hand out."""
        with opened(data) as services:
            for name, keeper in _keepers(services).items():
                asyncio.run(keeper.look())
                size = newest(keeper.shelf)[1].size
                print(f"{name}: {size} facts signed{f', REFUSED: {keeper.refused}' if keeper.refused else ''}")  # noqa: T201 - for scripts, too
                for key in keeper.verifiers():
                    print(f"  {key}")  # noqa: T201 - for scripts, too

    @ledger.command("export")
    def export(
        folder: Annotated[Path, typer.Argument(help="A folder that is not there yet.")],
        tenant: Annotated[str | None, typer.Option(help="Show only this tenant's facts; of others, hashes.")] = None,
        data: Data = DATA,
    ) -> None:
        """Write every record with its ledger into a folder that an auditor can take away."""
        with opened(data) as services, Bars() as bars:
            for name, keeper in _keepers(services).items():
                asyncio.run(keeper.look())
                bars.begin(f"facts of {name}", asyncio.run(keeper.store.head()))
                done = asyncio.run(export_record(keeper.store, keeper.shelf, folder, bars.advance, tenant=tenant))
                console.print(f"{name}: {done.facts} facts")
        console.print(
            f"Next: redress verify {folder} --key KEY (the key as the auditor got it before, not this folder's)."
        )

    @ledger.command("renew")
    def renew(
        service: Whose,
        reason: Annotated[str, typer.Option(help="Why the record is another one than was signed.")],
        data: Data = DATA,
    ) -> None:
        """After a restore: put the old log aside and begin a new one, under another name; it goes on record."""
        with opened(data) as services:
            keeper = _keeper(services, service)
            signed, old = newest(keeper.shelf)[1], keeper.origin()
            told = LedgerRenewed(service=service, origin=old, size=signed.size, root=signed.root.hex(), reason=reason)
            _put_on_record(services, service, told)
            keeper.put_aside()
            asyncio.run(keeper.look())
        console.print(
            f"{old} lies aside; {keeper.origin()} begins. Tell whoever follows the log, and hand out its key."
        )


def _of_stamps(ledger: typer.Typer, opened: Opened) -> None:
    @ledger.command("stamp")
    def stamp(data: Data = DATA) -> None:
        """Have the newest checkpoint of each record stamped now by the time-stamping authority of the settings."""
        chosen = StampSettings()
        with plain_errors(), opened(data) as services:
            if chosen.address is None:
                raise SettingsError("REDRESS_LEDGER_STAMP_ADDRESS is missing: where a time-stamping authority answers.")
            for name, keeper in _keepers(services).items():
                asyncio.run(keeper.look())
                stamper = stamper_of(name, keeper.shelf, chosen)
                if stamper is not None and newest(keeper.shelf)[1].size:
                    given = stamper.stamp()
                    console.print(f"{name}: {given.size} facts were there at {given.at.isoformat()}")


def _of_keys(ledger: typer.Typer, opened: Opened) -> None:
    @ledger.command("rotate")
    def rotate(data: Data = DATA) -> None:
        """Sign with a new key from now on; the one before it signs, too."""
        with opened(data) as services:
            chosen = LedgerSettings()
            file = chosen.key_file or data / FILE
            if chosen.keys is not None or not file.exists():
                raise SettingsError(
                    "The keys come from REDRESS_LEDGER_KEYS or the root secret: add one there yourself."
                )
            keepers = _keepers(services).values()
            before = tuple(key for keeper in keepers for key in keeper.verifiers())
            add_key(file)
            after = tuple(keeper.verifiers()[-1] for keeper in keepers)
            _put_on_record(services, "keys", LedgerKeyRotated(before=before, after=after))
        console.print("A new key signs from now on. Hand out what 'redress ledger show' prints.")


def _proving(commands: typer.Typer, opened: Opened) -> None:
    @commands.command("prove")
    def prove(
        service: Whose,
        stream: Annotated[str, typer.Argument(help="The id of a case, message, report or organisation.")],
        file: Annotated[Path, typer.Option("--to", help="Where the proofs go; they hold nothing that was said.")],
        tenant: Annotated[str, typer.Option(help="Whose it is.")] = "default",
        data: Data = DATA,
    ) -> None:
        """Write the proofs of every fact of a case (or another stream) into one file, to be verified offline."""
        with opened(data) as services:
            keeper = _keeper(services, service)
            asyncio.run(keeper.look())
            text = asyncio.run(proofs_of_stream(keeper, _uuid(stream), tenant))
            file.write_text(text, encoding="utf-8")
        console.print(f"Next: redress verify-proof {file} --key KEY")


def _of_auditors(commands: typer.Typer) -> None:
    @commands.command("verify")
    def verify_record(
        at: Annotated[
            str, typer.Argument(help="What 'redress ledger export' wrote, the folder of a log alone, or an address.")
        ],
        key: Keys,
        checkpoint: Annotated[list[Path], typer.Option(help="An older checkpoint that you kept.")] = [],  # noqa: B006 - typer reads it
        reader: Annotated[Path | None, typer.Option(help="A file with an auditor's API key, for an address.")] = None,
        certificates: Annotated[
            Path | None, typer.Option(help="Time-stamping authorities that you believe, as PEM: stamps must hold, too.")
        ] = None,
    ) -> None:
        """Verify a record: every hash, the order of every stream, every checkpoint. Exit code 1: it does not hold."""
        found = 0
        with plain_errors(), Bars() as bars:
            keys = keys_given(key)
            older = [_text(file) for file in checkpoint]
            authorities = Authorities(_text(certificates).encode()) if certificates else None
            for source in _sources(at, reader):
                bars.begin(f"facts of {source.service}", 0)
                verified = verify(source, keys, older, bars.advance)
                stamps, bad = verify_stamps(source, keys, authorities) if authorities else ([], [])
                for finding in (*verified.findings, *bad):
                    found += 1
                    where = "" if finding.at is None else f" from index {finding.at}"
                    print(f"BAD {finding.service}{where}: {finding.what}")  # noqa: T201 - for scripts, too
                print(_told(verified))  # noqa: T201 - for scripts, too
                for stamp in stamps:
                    print(f"{source.service}: {stamp.size} facts were there at {stamp.at.isoformat()}")  # noqa: T201 - for scripts, too
        console.print("[red]It does not hold.[/red]" if found else "Everything holds.")
        raise typer.Exit(1 if found else 0)

    @commands.command("verify-proof")
    def verify_proof(
        file: Annotated[Path, typer.Argument(help="A file of proofs.")],
        key: Keys,
    ) -> None:
        """Verify proofs offline, with nothing but the public key of their log. Exit code 1: one does not hold."""
        with plain_errors():
            shown = verify_proofs(_text(file), keys_given(key))
        for one in shown:
            head = one.leaf["envelope"]
            print(  # noqa: T201 - for scripts, too
                f"{head['type']} (fact {one.place}, {head['recorded_at']}) is in {one.checkpoint.origin}, "
                f"which has {one.checkpoint.size} facts."
            )
        console.print(f"{len(shown)} proofs hold.")


def _sources(at: str, reader: Path | None) -> Sequence[Source]:
    if at.startswith(("https://", "http://")):
        credential = None if reader is None else _text(reader).strip()
        return [log_at(address, credential) for address in logs_at(at)]
    if (Path(at) / "checkpoint").is_file():
        return [TiledSource(at, in_folder(Path(at)))]
    return [FolderSource(Path(at), service) for service in services_in(Path(at))]


def _told(verified: Verified) -> str:
    """Say what was looked at, and of how much no more was shown than a hash."""
    parts = [f"{verified.facts} facts", f"{verified.checkpoints} checkpoints", f"{verified.redacted} redacted"]
    if verified.enveloped:
        parts.append(f"{verified.enveloped} shown by envelope")
    if verified.masked:
        parts.append(f"{verified.masked} shown by hash alone")
    return f"{verified.service}: {', '.join(parts)}, root {verified.root.hex()}"


def _keepers(services: Mapping[str, Service]) -> Mapping[str, Keeper]:
    return {name: service.ledger for name, service in services.items() if service.ledger is not None}


def _keeper(services: Mapping[str, Service], name: str) -> Keeper:
    keepers = _keepers(services)
    if name not in keepers:
        raise NotFoundError(f"There is no ledger {name}; there are {', '.join(keepers)}.")
    return keepers[name]


def _put_on_record(services: Mapping[str, Service], about: str, fact: Event) -> None:
    store = services["intake"].store
    stream_id = derived_id("ledger", about)
    context = CommandContext(actor=OPERATOR, now=system_clock(), correlation_id=new_id())
    asyncio.run(store.write(context, lambda unit: unit.append(stream_id, unit.version(stream_id), [fact], context)))


def keys_given(given: Sequence[str]) -> Sequence[Key]:
    """Read public keys, each as it is or in a file of them."""
    texts = [line for one in given for line in (_text(Path(one)) if "+" not in one else one).splitlines()]
    return [read_key(text) for text in texts if text.strip()]


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidError(f"{file} cannot be read.", field="file") from error


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidError("A stream is named by its UUID.", field="stream") from None
