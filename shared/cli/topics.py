"""`redress topics`: make and check the topics in Kafka."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from shared.cli.console import Bars, console, plain_errors
from shared.cli.witness import log_keys
from shared.errors import SettingsError
from shared.witness.leaves import signed_leaves
from shared.witness.logs import log_at

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


@topics.command("verify")
def verify_topics(
    service: Annotated[str, typer.Argument(help="The service.", show_default=False)],
    ledger: Annotated[str, typer.Option(help="Its ledger: the address in front of /checkpoint, or a folder.")],
    key: Annotated[list[str], typer.Option(help="The public key of the ledger, or a file of them; repeat it.")],
) -> None:
    """Compare every record on a service's topics with what its ledger has signed. Exit code 1: something differs."""
    from shared.bus.kafka.clients import KafkaSettings  # noqa: PLC0415 - the embedded form needs no Kafka
    from shared.bus.kafka.verifying import compare_topics  # noqa: PLC0415

    with plain_errors(), Bars() as bars:
        leaves = signed_leaves(log_at(ledger), log_keys(key))
        bars.begin(f"records of {service}", len(leaves))
        compared = asyncio.run(compare_topics(KafkaSettings(), service, leaves, bars.advance))
    for finding in compared.findings:
        print(f"BAD {finding}")  # noqa: T201 - for scripts, too
    print(f"{service}: {compared.records} records, {len(leaves)} facts signed, {compared.newer} newer")  # noqa: T201
    raise typer.Exit(1 if compared.findings else 0)


def _told(changes: "Sequence[Change]") -> NoReturn:
    for change in changes:
        console.print(f"{change.topic}: {change.complaint or ('made' if change.made else 'there')}", soft_wrap=True)
    raise typer.Exit(1 if any(change.complaint for change in changes) else 0)
