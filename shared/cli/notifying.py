"""What would be told of a case, and what is not translated, for the command line."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated, Protocol
from uuid import UUID

import typer

from shared.cli.console import plain_errors
from shared.cli.lookups import case_facts
from shared.cli.options import DATA, Data
from shared.events.cases import RespondentNamed
from shared.events.envelope import Recorded
from shared.service import Service


class Foreseen(Protocol):
    """One rule and what it would do now."""

    fact: str
    occasion: str
    audience: str
    channel: str | None
    language: str | None
    due_at: object
    reason: str | None
    person: bool


class Foreseeing(Protocol):
    """Whoever knows the rules and the profiles."""

    async def foresee(self, *, case_id: UUID, organisations: Sequence[UUID]) -> Sequence[Foreseen]:
        """Return every rule for a case in which these organisations are respondents."""
        ...


async def previewed(preview: Foreseeing, facts: Sequence[Recorded]) -> Iterator[str]:
    """Return a line for every rule: what, to whom, on which channel and when, or why not."""
    named = dict.fromkeys(one.event.organisation_id for one in facts if isinstance(one.event, RespondentNamed))
    told = await preview.foresee(case_id=facts[0].envelope.stream_id, organisations=list(named))
    return (_line(one) for one in told)


def _line(one: Foreseen) -> str:
    what = f"{one.fact} -> {one.audience}, {one.occasion}"
    if one.reason is None:
        return f"{what}: {one.channel} in {one.language}, not before {one.due_at:%Y-%m-%d %H:%M} UTC"
    return f"{what}: silence, {one.reason}{'; a person sees to it' if one.person else ''}"


def notify_commands(services_at: Callable[[Path], AbstractContextManager[Mapping[str, Service]]]) -> typer.Typer:
    """Return the commands of notify; `services_at` opens all services where they are."""
    telling = typer.Typer(no_args_is_help=True, help="What is told to whom, and in which words.")

    @telling.command("preview")
    def preview_notifications(
        case: Annotated[str, typer.Argument(help="Its number or id.")], data: Data = DATA
    ) -> None:
        """Say what each rule would tell of a case, to whom, when, or why it keeps silence; nothing is sent."""
        with services_at(data) as services, plain_errors():
            facts = asyncio.run(case_facts(services["cases"].store, case))
            for line in asyncio.run(previewed(services["notify"].application.preview, facts)):
                print(line)  # noqa: T201 - for scripts, too

    @telling.command("translations")
    def list_translations(data: Data = DATA) -> None:
        """List the texts that a language lacks; they are said in English."""
        with services_at(data) as services:
            for missing in services["notify"].application.templates.missing():
                print(missing)  # noqa: T201 - for translators, too

    return telling
