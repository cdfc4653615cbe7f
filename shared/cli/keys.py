"""`redress key`: make, list and revoke API keys, beside the data or in the PostgreSQL of the deployment."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Annotated

import typer

from shared.cli.console import complaints, console, plain_errors
from shared.cli.options import DATA, Data
from shared.errors import SettingsError
from shared.web.access import Role
from shared.web.key_settings import KeySettings, open_keys
from shared.web.keys import Keys

keys = typer.Typer(no_args_is_help=True, help="Make, list and revoke API keys.")


@keys.command("new")
def new_key(
    role: Annotated[Role, typer.Option(help="What the key is for.")],
    team: Annotated[str | None, typer.Option(help="The team of the one who holds it.")] = None,
    name: Annotated[str | None, typer.Option(help="The name that the record shows as actor.")] = None,
    data: Data = DATA,
) -> None:
    """Make a key and print it; it is shown only this once."""
    with plain_errors(), closing(open_keys(data)) as opened:
        caller, key = opened.create(role, team, name)
    complaints.print(f"Key of {caller.id} ({caller.role}), shown only now:", style="dim")
    print(key)  # noqa: T201 - the bare key, for scripts


@keys.command("list")
def list_keys(data: Data = DATA) -> None:
    """List the keys that were made, and which are revoked; the keys themselves are nowhere."""
    with _existing(data) as opened:
        for line in opened.listed():
            console.print(line, soft_wrap=True)


@keys.command("revoke")
def revoke_key(key_id: str, data: Data = DATA) -> None:
    """Make a key useless from now on."""
    with _existing(data) as opened:
        if not opened.revoke(key_id):
            raise SettingsError(f"There is no live key with the id {key_id}.")
    console.print(f"{key_id} is revoked; a running system knows it within five seconds.")


@contextmanager
def _existing(data: Data) -> Iterator[Keys]:
    with plain_errors():
        if KeySettings().postgres_dsn is None and not data.is_dir():
            raise SettingsError(f"There is no data folder {data}; name it with --data.")
        with closing(open_keys(data)) as opened:
            yield opened
