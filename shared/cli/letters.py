"""`redress dlt`: show, retry and discard the dead letters of reactions."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from getpass import getuser
from pathlib import Path
from typing import Annotated

import typer

from shared.cli import dead_letters
from shared.cli.console import console
from shared.cli.options import DATA, Data
from shared.clock import system_clock
from shared.service import Service

Whose = Annotated[str, typer.Argument(help="The service whose reaction could not answer.", show_default=False)]
Letter = Annotated[int, typer.Argument(help="The number that 'redress dlt list' shows.", show_default=False)]


def letter_commands(services_at: Callable[[Path], AbstractContextManager[Mapping[str, Service]]]) -> typer.Typer:
    """Return the commands of dead letters; `services_at` opens all services where they are."""
    dead = typer.Typer(no_args_is_help=True, help="Show, retry and discard the dead letters of reactions.")

    @dead.command("list")
    def list_dead_letters(
        data: Data = DATA,
        *,
        discarded: Annotated[bool, typer.Option("--discarded", help="Show those given up, by whom and why.")] = False,
    ) -> None:
        """List the facts that reactions could not answer: service and number, since when, which fact, why."""
        with services_at(data) as services:
            listing = dead_letters.listed_discarded if discarded else dead_letters.listed
            for line in asyncio.run(listing(services.values())):
                print(line)  # noqa: T201 - for scripts, too

    @dead.command("show")
    def show_dead_letter(service: Whose, letter: Letter, data: Data = DATA) -> None:
        """Show a dead letter and the envelope of its fact."""
        with services_at(data) as services:
            mine = dead_letters.service_of(services, service)
            print(asyncio.run(dead_letters.shown(mine, letter)))  # noqa: T201 - for scripts, too

    @dead.command("retry")
    def retry_dead_letter(service: Whose, letter: Letter, data: Data = DATA) -> None:
        """Answer what waits of a letter's stream, in order, up to the first that fails again."""
        with services_at(data) as services:
            console.print(asyncio.run(dead_letters.retried(dead_letters.service_of(services, service), letter)))

    @dead.command("discard")
    def discard_dead_letter(
        service: Whose,
        letter: Letter,
        reason: Annotated[str, typer.Option(help="Why this fact is given up; it is kept.")],
        data: Data = DATA,
        by: Annotated[str | None, typer.Option(help="Who gives it up; default: the account of this command.")] = None,
    ) -> None:
        """Give up one fact; those behind it can then be retried."""
        with services_at(data) as services:
            mine = dead_letters.service_of(services, service)
            told = dead_letters.discarded(mine, letter, who=by or getuser(), why=reason, clock=system_clock)
            console.print(asyncio.run(told))

    return dead
