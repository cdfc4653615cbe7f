"""The `redress` command: the one place that knows all four services, and puts them into a process."""

import asyncio
import gc
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated

import typer

from services.cases import bootstrap as cases
from services.cases.application import simulate
from services.intake import bootstrap as intake
from services.notify import bootstrap as notify
from services.reporting import bootstrap as reporting
from shared.cli.console import Bars, console, plain_errors
from shared.cli.erasing import erasing_commands
from shared.cli.keys import keys
from shared.cli.ledger import ledger_commands
from shared.cli.letters import letter_commands
from shared.cli.lookups import ADMIN_KEY, admin_key, case_facts, demo_keys, instant
from shared.cli.notifying import notify_commands
from shared.cli.options import DATA, Data
from shared.cli.policies import policies
from shared.cli.rebuilding import catch_up, mend_service, rebuild_service
from shared.cli.reports import ReportExport, ReportFile, ReportKeys, exported, ledgers_in, ledgers_of, reports, told
from shared.cli.simulating import simulating_commands
from shared.cli.topics import topics
from shared.cli.vaults import vault
from shared.cli.witness import witness_commands
from shared.clock import system_clock
from shared.embedded import Embedded, FolderLock, open_embedded, open_existing
from shared.errors import SettingsError
from shared.events.privacy import Purpose
from shared.hosting import Host
from shared.observing.logs import configure
from shared.service import Build, Service
from shared.web.keys import KeySettings

BUILDERS: Mapping[str, Build] = {
    "intake": lambda parts, _feeds: intake.build(parts),
    "cases": lambda parts, _feeds: cases.build(parts),
    "notify": lambda parts, feeds: notify.build(parts, log=feeds["cases"]),
    "reporting": reporting.build,
}
"""The services in the order in which they are built: each is given the records of those before it."""


commands = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
commands.add_typer(reports, name="report")
commands.add_typer(keys, name="key")
commands.add_typer(topics, name="topics")
commands.add_typer(policies, name="policy")

commands.add_typer(vault, name="vault")


@commands.command()
def up(data: Data = DATA, host: str = "127.0.0.1", port: int = 8080) -> None:
    """Start all four services in one process, on one port."""
    from shared.cli.serving import listening, serve  # noqa: PLC0415 - other commands need no server

    configure()
    lock = FolderLock(data)
    lock.demand()
    at = listening(host, port)
    house = open_embedded(data, BUILDERS)
    key_file = admin_key(data, house.keys)
    address = f"http://{host}:{port}"
    console.print(f"Redress on {address} (dashboard: {address}/ · API: {address}/openapi.json)", soft_wrap=True)
    console.print(f"Admin API key: {key_file} (send it as 'Authorization: Bearer KEY')", soft_wrap=True)
    console.print("More keys: redress key new --role operator · stop: Ctrl-C", soft_wrap=True)
    try:
        serve(house.app(), at)
    finally:
        house.close()


@commands.command()
def serve(
    service: Annotated[str, typer.Argument(help="Which one: intake, cases, notify or reporting.")],
    host: str = "127.0.0.1",
    port: int = 8080,
) -> None:
    """Start one replica of one service on PostgreSQL, Kafka and MongoDB, which the settings REDRESS_... name."""
    from shared.cli.serving import listening  # noqa: PLC0415 - other commands need no server
    from shared.cli.serving import serve as serve_app  # noqa: PLC0415
    from shared.scale_out import open_replica  # noqa: PLC0415 - the embedded form needs none of the engines

    configure()
    with plain_errors():
        if service not in BUILDERS:
            raise SettingsError(f"There is no service {service}; there are {', '.join(BUILDERS)}.")
        at = listening(host, port)
        replica = asyncio.run(open_replica(service, BUILDERS))
    console.print(f"Redress {service} on http://{host}:{port} as replica {replica.name}", soft_wrap=True)
    try:
        serve_app(replica.app(), at)
    finally:
        replica.close()


@commands.command()
def move(
    *,
    to_scale_out: Annotated[bool, typer.Option("--to-scale-out", help="To the engines that REDRESS_... name.")] = False,
    data: Data = DATA,
) -> None:
    """Copy a data folder to PostgreSQL, numbers and bytes unchanged, and compare; run again, it goes on."""
    from shared.cli.moving import move_folder  # noqa: PLC0415 - the embedded form needs none of the engines
    from shared.scale_out import ScaleOutSettings  # noqa: PLC0415

    with existing(data) as house, Bars() as bars:
        if not to_scale_out:
            raise SettingsError("Say where to: redress move --to-scale-out.")
        FolderLock(data).demand()
        for moved in move_folder(data, house.host.services, ScaleOutSettings(), bars):
            console.print(
                f"{moved.service}: {moved.facts} facts, {moved.copied} of them copied now; equal: {moved.digest}"
            )
    console.print(
        "Next: set REDRESS_VAULT_KEK_FILE to the folder's vault.kek, 'redress topics apply', 'redress serve'."
    )
    console.print("The sealers publish every fact, views are folded from the topics. Make API keys: redress key new.")


@commands.command()
def rebuild(
    service: Annotated[str, typer.Argument(help="Whose views: intake, cases, notify or reporting.")],
    data: Data = DATA,
    source: Annotated[str | None, typer.Option(help="Only the views of this record, as cases.")] = None,
    since: Annotated[
        str | None, typer.Option(help="Only rows with facts on record since then (ISO 8601), in place.")
    ] = None,
    *,
    verify: Annotated[bool, typer.Option("--verify", help="Compare only: what is served stays.")] = False,
) -> None:
    """Build the views of a service anew from the record, and say whether they equal what was served."""
    with plain_errors():
        if service not in BUILDERS:
            raise SettingsError(f"There is no service {service}; there are {', '.join(BUILDERS)}.")
        with hosting(service, data) as host, Bars() as bars:
            lock = FolderLock(data) if KeySettings().postgres_dsn is None else None
            if lock is not None and lock.take():
                asyncio.run(catch_up(host, bars))
            moment = instant(since)
            if moment is not None:
                mended = asyncio.run(mend_service(host, service, bars, since=moment, source=source))
            else:
                results = asyncio.run(rebuild_service(host, service, bars, source=source, swap=not verify))
    if moment is not None:
        for one in mended:
            console.print(f"{one.collection}: {one.streams} rows folded anew, {one.mended} put right")
        raise typer.Exit(1 if any(one.mended for one in mended) else 0)
    for result in results:
        verdict = "equal to what was served" if result.equal else "[red]DIFFERENT from what was served[/red]"
        console.print(f"{result.collection}: {result.facts} facts folded, {verdict}")
    raise typer.Exit(0 if all(result.equal for result in results) else 1)


@commands.command()
def replay(
    case: Annotated[str, typer.Option(help="The case's number or id.")],
    as_of: Annotated[str | None, typer.Option(help="Leave out what was not yet true then (ISO 8601).")] = None,
    data: Data = DATA,
    purpose: Annotated[
        Purpose | None, typer.Option(help="Show what people said, too, for this; it is put on record.")
    ] = None,
    *,
    as_lines: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Tell the story of a case from its facts alone."""
    from shared.cli.replaying import as_json, as_text, masked_facts, story, unsealed  # noqa: PLC0415 - only here

    house = open_existing(data, BUILDERS)
    store, now = house.host.services["cases"].store, system_clock()
    with plain_errors():
        facts = masked_facts(sealed := asyncio.run(case_facts(store, case)))
        if purpose is not None:
            facts = asyncio.run(unsealed(sealed, store=store, vault=house.vault, purpose=purpose, now=now))
        told = story(facts, personal=purpose is not None, as_of=instant(as_of), now=now)
        for line in as_json(told) if as_lines else as_text(told):
            print(line)  # noqa: T201 - the story is this command's output
    house.close()


@reports.command("verify")
def verify_report(file: ReportFile, data: Data = DATA, export: ReportExport = None, key: ReportKeys = []) -> None:  # noqa: B006 - typer reads it
    """Compute a stamped report again, from the record or from an export of it, and name whatever is not as it says."""
    if export is not None:
        with plain_errors(), exported(export, key) as (logs, documents, folder):
            checked = reporting.verify(file.read_bytes(), logs, documents, folder, ledgers=ledgers_in(export))
            raise typer.Exit(told(asyncio.run(checked)))
    with existing(data) as house:
        documents, ledgers = house.documents["reporting"], ledgers_of(house.services)
        checked = reporting.verify(file.read_bytes(), house.stores, documents, data / "verifying", ledgers=ledgers)
        raise typer.Exit(told(asyncio.run(checked)))


@vault.command("reconcile")
def reconcile_vault(data: Data = DATA) -> None:
    """After a vault came back from a back-up: destroy again the keys of everyone who was erased since."""
    from shared.cli.vaulting import erase_again  # noqa: PLC0415 - only here

    house = open_existing(data, BUILDERS)
    with plain_errors(), Bars() as bars:
        again = asyncio.run(erase_again(house.host.services["intake"].store, house.vault, bars))
    console.print(f"{again} persons were erased again.")
    house.close()


@commands.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="The CSV file.")],
    mapping: Annotated[Path, typer.Option("--map", help="What its columns mean, as TOML.")],
    rejects: Annotated[Path | None, typer.Option(help="Folder for rejected rows; default: the data folder.")] = None,
    data: Data = DATA,
) -> None:
    """Bring in the records of an earlier system; a second run changes nothing, a broken one goes on."""
    from shared.cli.importing import import_file  # noqa: PLC0415 - only here

    house = open_embedded(data, BUILDERS)
    lock = FolderLock(data)
    importer = house.host.services["cases"].application
    with plain_errors(), Bars() as bars:
        result = asyncio.run(
            import_file(
                file=file,
                mapping=mapping,
                importer=importer,
                rejects=rejects or data,
                progress=bars,
                now=system_clock(),
            )
        )
        if lock.take():
            asyncio.run(catch_up(house.host, bars))
    console.print(
        f"{result.rows} rows: {result.imported} imported, {result.known} known already, "
        f"{result.repeated} repeated, {result.undated} undated, {result.rejected} rejected."
    )
    if result.rejects:
        console.print(f"The rejected rows and their reasons: {result.rejects}", soft_wrap=True)
    house.close()


@commands.command()
def demo(
    url: str = "http://127.0.0.1:8080",
    seed: int = 2026,
    size: Annotated[int, typer.Option(help="About how many messages the year has.")] = 400,
    data: Data = DATA,
) -> None:
    """Fill a running system with a believable year, through its public API."""
    from shared.cli.demo import fill  # noqa: PLC0415 - only here

    with plain_errors():
        keys_of_two = demo_keys(data)
        with Bars() as bars:
            result = asyncio.run(
                fill(base_url=url, keys=keys_of_two, seed=seed, size=size, progress=bars, now=system_clock())
            )
    console.print(
        f"{result.messages} messages, {result.cases} cases, {result.dismissed} reports dismissed, "
        f"{result.linked} linked, {result.steps} steps; {result.repeated} were there already."
    )
    console.print(f"Open {url}/ and sign in with the key in {data / ADMIN_KEY}.", soft_wrap=True)


@contextmanager
def services_at(data: Path) -> Iterator[Mapping[str, Service]]:
    """Open all services where they are: in the folder, or on the engines where the settings name them."""
    if KeySettings().postgres_dsn is None:
        with existing(data) as house:
            yield house.host.services
        return
    from shared.scale_out import open_replica  # noqa: PLC0415 - the embedded form needs none of the engines

    with plain_errors(), closing(asyncio.run(open_replica("intake", BUILDERS))) as replica:
        yield {one.name: one for one in (replica.service, *replica.neighbours)}


@contextmanager
def hosting(service: str, data: Path) -> Iterator[Host]:
    """Open the host of a service where it is, without setting its loops going."""
    if KeySettings().postgres_dsn is None:
        with existing(data) as house:
            yield house.host
        return
    from shared.scale_out import open_replica  # noqa: PLC0415 - the embedded form needs none of the engines

    with closing(asyncio.run(open_replica(service, BUILDERS))) as replica:
        yield replica.host


@contextmanager
def opened(data: Path) -> Iterator[Embedded]:
    """Open a folder, making it where there is none, say refusals plainly, and close it."""
    with plain_errors(), closing(open_embedded(data, BUILDERS)) as house:
        yield house


@contextmanager
def existing(data: Path) -> Iterator[Embedded]:
    """Open a folder that is there, say refusals plainly, and close it."""
    with plain_errors(), closing(open_existing(data, BUILDERS)) as house:
        yield house


ledger_commands(commands, services_at)
commands.add_typer(witness_commands, name="witness")

erasing_commands(commands, services_at)
simulating_commands(commands, opened, simulate)
commands.add_typer(letter_commands(services_at), name="dlt")
commands.add_typer(notify_commands(services_at), name="notify")

RARELY = (50_000, 20, 100)
"""Thresholds of the collector of cycles: facts and rows come in batches of thousands and hold none."""


def main() -> None:
    """Run the command line."""
    gc.set_threshold(*RARELY)
    with plain_errors():
        commands()


if __name__ == "__main__":
    main()
