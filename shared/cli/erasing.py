"""`redress erase` and `redress redact`: destroy a person's keys, or take what they said out of one fact."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated

import typer

from shared.cli.console import console
from shared.cli.options import DATA, Data
from shared.clock import system_clock
from shared.events.privacy import ErasureReason
from shared.service import Service
from shared.web.keys import KeySettings


def erasing_commands(
    commands: typer.Typer, services_at: Callable[[Path], AbstractContextManager[Mapping[str, Service]]]
) -> None:
    """Add both commands; `services_at` opens all services where they are."""

    @commands.command()
    def erase(
        subject: Annotated[str, typer.Argument(help="The pseudonym, as reports and cases show it.")],
        reason: Annotated[ErasureReason, typer.Option(help="Why.")],
        data: Data = DATA,
    ) -> None:
        """Destroy the keys of a person, and print the signed proof. It cannot be undone."""
        from shared.cli.vaulting import erase_subject  # noqa: PLC0415 - only here

        with services_at(data) as services:
            subjects = services["intake"].application.subjects
            print(asyncio.run(erase_subject(subjects, subject, reason, system_clock())))  # noqa: T201 - the proof

    @commands.command("redact")
    def redact_(
        service: Annotated[str, typer.Argument(help="Whose record: intake, cases or notify.")],
        stream: Annotated[str, typer.Argument(help="The stream's id.")],
        version: Annotated[int, typer.Argument(help="Which fact of it.")],
        order: Annotated[str, typer.Option(help="Who orders it, and the file.")],
        data: Data = DATA,
    ) -> None:
        """Take what people said out of the stored bytes of a fact, for a court order; its old hash stays on record."""
        from shared.cli.vaulting import records_of, redact_fact  # noqa: PLC0415 - only here

        with services_at(data) as services:
            told = redact_fact(
                services["intake"].application.subjects,
                records_of(data, [name for name in services if name != "reporting"]),
                service=service,
                stream=stream,
                version=version,
                ordered_by=order,
                now=system_clock(),
            )
            fact = asyncio.run(told)
        console.print(f"Redacted; the bytes before had the SHA-256 {fact.sha256}.")
        console.print(f"Rows made of it stay until 'redress rebuild {service}'.")
        if KeySettings().postgres_dsn is not None:
            console.print("Kafka still holds them: stop all replicas, then 'redress topics renew'.")
