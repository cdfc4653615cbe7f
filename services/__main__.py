"""The `redress` command: the one place that knows all four services, and puts them into a process."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from services.cases import bootstrap as cases
from services.intake import bootstrap as intake
from services.notify import bootstrap as notify
from services.reporting import bootstrap as reporting
from shared.cli.console import Bars, console, plain_errors
from shared.embedded import Build, Embedded, FolderLock, open_embedded
from shared.errors import SettingsError
from shared.observing.logs import configure
from shared.web.access import Role

BUILDERS: Mapping[str, Build] = {
    "intake": lambda parts, _feeds: intake.build(parts),
    "cases": lambda parts, _feeds: cases.build(parts),
    "notify": lambda parts, _feeds: notify.build(parts),
    "reporting": reporting.build,
}
"""The services in the order in which they are built: each is given the records of those before it."""

Data = Annotated[Path, typer.Option(help="The data folder.", show_default=True)]
DATA = Path("data")
ADMIN_KEY = "admin.key"

commands = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
keys = typer.Typer(no_args_is_help=True, help="Make, list and revoke API keys.")
commands.add_typer(keys, name="key")


@commands.command()
def up(data: Data = DATA, host: str = "127.0.0.1", port: int = 8080) -> None:
    """Start all four services in one process, on one port."""
    from shared.cli.serving import serve  # noqa: PLC0415 - other commands need no server

    configure()
    lock = FolderLock(data)
    lock.demand()
    house = open_embedded(data, BUILDERS)
    key_file = admin_key(house)
    address = f"http://{host}:{port}"
    console.print(f"Redress on {address}  (dashboard: {address}/ · API: {address}/openapi.json)")
    console.print(f"Admin API key: {key_file}  (send it as 'Authorization: Bearer KEY')")
    console.print("More keys: redress key new --role operator · stop: Ctrl-C", soft_wrap=True)
    serve(house.app(), host, port)
    house.close()


@keys.command("new")
def new_key(
    role: Annotated[Role, typer.Option(help="What the key is for.")],
    team: Annotated[str | None, typer.Option(help="The team of the one who holds it.")] = None,
    name: Annotated[str | None, typer.Option(help="The name that the record shows as actor.")] = None,
    data: Data = DATA,
) -> None:
    """Make a key and print it; it is shown only this once."""
    house = open_embedded(data, {})
    caller, key = house.keys.create(role, team, name)
    console.print(f"Key of {caller.id} ({caller.role}), shown only now:", style="dim")
    print(key)  # noqa: T201 - the bare key, for scripts
    house.close()


@keys.command("revoke")
def revoke_key(key_id: str, data: Data = DATA) -> None:
    """Make a key useless from now on."""
    house = open_embedded(data, {})
    with plain_errors():
        if not house.keys.revoke(key_id):
            raise SettingsError(f"There is no live key with the id {key_id}.")
    console.print(f"{key_id} is revoked; a running system knows it within five seconds.")
    house.close()


@commands.command()
def rebuild(
    service: Annotated[str, typer.Argument(help="Whose views: intake, cases, notify or reporting.")],
    data: Data = DATA,
) -> None:
    """Build the views of a service anew from the record, and say whether they equal what was served."""
    from shared.cli.rebuilding import rebuild_service  # noqa: PLC0415 - only here

    house = open_embedded(data, BUILDERS)
    with plain_errors():
        if service not in house.host.services:
            raise SettingsError(f"There is no service {service}; there are {', '.join(house.host.services)}.")
        alone = FolderLock(data).take()
        with Bars() as bars:
            results = asyncio.run(rebuild_service(house.host, service, bars, catch_up=alone))
    for result in results:
        verdict = "equal to what was served" if result.equal else "[red]DIFFERENT from what was served[/red]"
        console.print(f"{result.collection}: {result.facts} facts folded, {verdict}")
    house.close()
    raise typer.Exit(0 if all(result.equal for result in results) else 1)


def admin_key(house: Embedded) -> Path:
    """Return the file of the admin key, making both at the first start; only its owner may read it."""
    file = house.data / ADMIN_KEY
    if house.keys.is_empty():
        _, key = house.keys.create(Role.ADMIN, name="admin")
        file.touch(mode=0o600)
        file.write_text(key + "\n")
    return file


def main() -> None:
    """Run the command line."""
    with plain_errors():
        commands()


if __name__ == "__main__":
    main()
