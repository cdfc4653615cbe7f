"""`redress topics`: make and check the topics in Kafka."""

import asyncio

import typer

from shared.cli.console import console, plain_errors

topics = typer.Typer(no_args_is_help=True, help="Make and check the topics in Kafka.")


@topics.command("apply")
def apply_topics() -> None:
    """Make the topics that are missing in Kafka; what is there is left as it is, and checked."""
    from shared.bus.kafka.clients import KafkaSettings  # noqa: PLC0415 - the embedded form needs no Kafka
    from shared.bus.kafka.topics import apply  # noqa: PLC0415

    with plain_errors():
        changes = asyncio.run(apply(KafkaSettings()))
    for change in changes:
        console.print(f"{change.topic}: {change.complaint or ('made' if change.made else 'there')}", soft_wrap=True)
    raise typer.Exit(1 if any(change.complaint for change in changes) else 0)


@topics.command("check")
def check_topics() -> None:
    """Say whether every topic is there as the settings want it."""
    from shared.bus.kafka.clients import KafkaSettings  # noqa: PLC0415 - the embedded form needs no Kafka
    from shared.bus.kafka.topics import demand  # noqa: PLC0415

    with plain_errors():
        epochs = asyncio.run(demand(KafkaSettings()))
    for topic, epoch in sorted(epochs.items()):
        console.print(f"{topic}: there, epoch {epoch}", soft_wrap=True)
