"""The `redress` command: the one place that knows all four services, and puts them into a process."""

import asyncio
import gc
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from services.cases import bootstrap as cases
from services.intake import bootstrap as intake
from services.notify import bootstrap as notify
from services.reporting import bootstrap as reporting
from shared.cli import keys
from shared.cli.console import Bars, console, plain_errors
from shared.cli.keys import DATA, Data
from shared.cli.lookups import ADMIN_KEY, admin_key, case_facts, demo_keys, instant
from shared.cli.rebuilding import catch_up, rebuild_service
from shared.clock import system_clock
from shared.embedded import Build, FolderLock, open_embedded, open_existing
from shared.errors import SettingsError
from shared.observing.logs import configure

BUILDERS: Mapping[str, Build] = {
    "intake": lambda parts, _feeds: intake.build(parts),
    "cases": lambda parts, _feeds: cases.build(parts),
    "notify": lambda parts, _feeds: notify.build(parts),
    "reporting": reporting.build,
}
"""The services in the order in which they are built: each is given the records of those before it."""


commands = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
commands.add_typer(keys.commands, name="key")


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
def rebuild(
    service: Annotated[str, typer.Argument(help="Whose views: intake, cases, notify or reporting.")],
    data: Data = DATA,
) -> None:
    """Build the views of a service anew from the record, and say whether they equal what was served."""
    house = open_existing(data, BUILDERS)
    with plain_errors():
        if service not in house.host.services:
            raise SettingsError(f"There is no service {service}; there are {', '.join(house.host.services)}.")
        lock = FolderLock(data)
        with Bars() as bars:
            if lock.take():
                asyncio.run(catch_up(house.host, bars))
            results = asyncio.run(rebuild_service(house.host, service, bars))
    for result in results:
        verdict = "equal to what was served" if result.equal else "[red]DIFFERENT from what was served[/red]"
        console.print(f"{result.collection}: {result.facts} facts folded, {verdict}")
    house.close()
    raise typer.Exit(0 if all(result.equal for result in results) else 1)


@commands.command()
def replay(
    case: Annotated[str, typer.Option(help="The case's number or id.")],
    as_of: Annotated[str | None, typer.Option(help="Leave out what was not yet true then (ISO 8601).")] = None,
    data: Data = DATA,
    *,
    personal: Annotated[bool, typer.Option("--personal", help="Show what people said, too.")] = False,
    as_lines: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Tell the story of a case from its facts alone."""
    from shared.cli.replaying import as_json, as_text, story  # noqa: PLC0415 - only here

    house = open_existing(data, BUILDERS)
    with plain_errors():
        facts = asyncio.run(case_facts(house.host.services["cases"].store, case))
        told = story(facts, personal=personal, as_of=instant(as_of), now=system_clock())
        for line in as_json(told) if as_lines else as_text(told):
            print(line)  # noqa: T201 - the story is this command's output
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


RARELY = (50_000, 20, 100)
"""Thresholds of the collector of cycles: facts and rows come in batches of thousands and hold none."""


def main() -> None:
    """Run the command line."""
    gc.set_threshold(*RARELY)
    with plain_errors():
        commands()


if __name__ == "__main__":
    main()
