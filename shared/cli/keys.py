"""`redress key`: make, rotate, list and revoke API keys, beside the data or in the PostgreSQL of the deployment."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import Annotated
from uuid import UUID

import typer

from shared.cli.console import complaints, console, plain_errors
from shared.cli.options import DATA, Data
from shared.errors import SettingsError
from shared.rights import DEFAULT_TENANT, Role, Scope
from shared.web.keys import Keys, KeySettings, open_keys

Tenant = Annotated[str, typer.Option(help="The tenant whose rows the key opens.")]
Days = Annotated[int | None, typer.Option(min=1, help="For how many days it opens anything; default: no end.")]

keys = typer.Typer(no_args_is_help=True, help="Make, rotate, list and revoke API keys.")


@keys.command("new")
def new_key(  # noqa: PLR0917 - options of the command line
    role: Annotated[Role, typer.Option(help="What the key is for.")],
    team: Annotated[str | None, typer.Option(help="The team of the one who holds it.")] = None,
    name: Annotated[str | None, typer.Option(help="The name that the record shows as actor.")] = None,
    tenant: Tenant = DEFAULT_TENANT,
    scope: Annotated[Scope | None, typer.Option(help="How far it reaches; default: all, a partner's own.")] = None,
    channel: Annotated[list[str] | None, typer.Option(help="Only these channels of intake; may be repeated.")] = None,
    organisation: Annotated[UUID | None, typer.Option(help="The organisation that a partner speaks for.")] = None,
    days: Days = None,
    data: Data = DATA,
    *,
    may_override: Annotated[
        bool, typer.Option("--may-override", help="It may pass a gate of the procedure, with a reason on record.")
    ] = False,
) -> None:
    """Make a key and print it; it is shown only this once."""
    with plain_errors(), closing(open_keys(data)) as opened:
        caller, key = opened.create(
            role,
            team,
            name,
            tenant=tenant,
            scope=scope,
            channels=channel or None,
            organisation=str(organisation) if organisation else None,
            may_override=may_override,
            life=timedelta(days=days) if days else None,
        )
    complaints.print(f"Key of {caller.id} ({caller.role}), shown only now:", style="dim")
    print(key)  # noqa: T201 - the bare key, for scripts


@keys.command("rotate")
def rotate_key(
    key_id: str,
    tenant: Tenant = DEFAULT_TENANT,
    grace_hours: Annotated[int, typer.Option(min=0, help="How long the key before lives on.")] = 7 * 24,
    days: Days = None,
    data: Data = DATA,
) -> None:
    """Make the next key of a holder and print it; the one before lives on for a while."""
    with _existing(data) as opened:
        life = timedelta(days=days) if days else None
        key = opened.rotate(key_id, tenant, grace=timedelta(hours=grace_hours), life=life)
        if key is None:
            raise SettingsError(f"There is no live key with the id {key_id}.")
    complaints.print(f"Next key of {key_id}, shown only now; the one before ends in {grace_hours} hours:", style="dim")
    print(key)  # noqa: T201 - the bare key, for scripts


@keys.command("list")
def list_keys(data: Data = DATA) -> None:
    """List the keys that were made, and which have ended; the keys themselves are nowhere."""
    with _existing(data) as opened:
        for line in opened.listed():
            console.print(line, soft_wrap=True)


@keys.command("revoke")
def revoke_key(key_id: str, tenant: Tenant = DEFAULT_TENANT, data: Data = DATA) -> None:
    """Make the keys of a holder useless from now on."""
    with _existing(data) as opened:
        if not opened.revoke(key_id, tenant):
            raise SettingsError(f"There is no live key with the id {key_id}.")
    console.print(f"{key_id} is revoked; a running system knows it within five seconds.")


@contextmanager
def _existing(data: Data) -> Iterator[Keys]:
    with plain_errors():
        if KeySettings().postgres_dsn is None and not data.is_dir():
            raise SettingsError(f"There is no data folder {data}; name it with --data.")
        with closing(open_keys(data)) as opened:
            yield opened
