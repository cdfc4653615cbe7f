"""`redress topics`: make and check the topics in Kafka."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from shared.cli.console import console, plain_errors
from shared.errors import SettingsError

if TYPE_CHECKING:
    from shared.bus.kafka.topics import Change

topics = typer.Typer(no_args_is_help=True, help="Make and check the topics in Kafka.")


@topics.command("apply")
def apply_topics() -> None:
    """Make the topics that are missing in Kafka; what is there is left as it is, and checked."""
    from shared.bus.kafka.clients import KafkaSettings  # noqa: PLC0415 - the embedded form needs no Kafka
    from shared.bus.kafka.topics import apply  # noqa: PLC0415

    with plain_errors():
        _told(asyncio.run(apply(KafkaSettings())))


@topics.command("renew")
def renew_topics(
    *, standing: Annotated[bool, typer.Option("--all-replicas-stand", help="Say that no replica runs.")] = False
) -> None:
    """Empty the topics of facts, so that the records are published as they are now: after 'redress redact'."""
    from shared.bus.kafka.clients import KafkaSettings  # noqa: PLC0415 - the embedded form needs no Kafka
    from shared.bus.kafka.topics import renew  # noqa: PLC0415

    with plain_errors():
        if not standing:
            raise SettingsError("Stop all replicas first, then say so: redress topics renew --all-replicas-stand.")
        _told(asyncio.run(renew(KafkaSettings())))


@topics.command("check")
def check_topics() -> None:
    """Say whether every topic is there as the settings want it."""
    from shared.bus.kafka.clients import KafkaSettings  # noqa: PLC0415 - the embedded form needs no Kafka
    from shared.bus.kafka.topics import demand  # noqa: PLC0415

    with plain_errors():
        epochs = asyncio.run(demand(KafkaSettings()))
    for topic, epoch in sorted(epochs.items()):
        console.print(f"{topic}: there, epoch {epoch}", soft_wrap=True)


def _told(changes: "Sequence[Change]") -> NoReturn:
    for change in changes:
        console.print(f"{change.topic}: {change.complaint or ('made' if change.made else 'there')}", soft_wrap=True)
    raise typer.Exit(1 if any(change.complaint for change in changes) else 0)
