"""Clients of Kafka with the settings that keep an order and lose nothing; made here and nowhere else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal, Protocol, TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.errors import KafkaConnectionError
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.errors import TryLaterError


class KafkaSettings(BaseSettings):
    """Read from the environment, `REDRESS_KAFKA_…`.

    `partitions` and `replicas` are used when topics are made. `idempotent` off is for brokers that lack it: repeats
    then come more often, and are recognised by version all the same.
    """

    model_config = SettingsConfigDict(env_prefix="REDRESS_KAFKA_", frozen=True)

    servers: str = "127.0.0.1:9092"
    prefix: str = Field(default="redress", pattern=r"^[a-z][a-z0-9-]{0,40}$")
    partitions: int = Field(default=6, ge=1, le=1000)
    replicas: int = Field(default=1, ge=1, le=7)
    min_insync: int = Field(default=1, ge=1, le=7)
    idempotent: bool = True
    security: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    user: str | None = None
    password: SecretStr | None = None
    ca_file: str | None = None
    session_ms: int = Field(default=10_000, ge=1000, le=300_000)
    patience_ms: int = Field(default=15_000, ge=1000, le=120_000)
    """How long a send, a join or an answer may take before it counts as failed."""

    def connection(self) -> dict[str, Any]:
        """Return what every client is told."""
        told: dict[str, Any] = {
            "bootstrap_servers": self.servers,
            "security_protocol": self.security,
            "request_timeout_ms": self.patience_ms,
        }
        if self.security.endswith("SSL"):
            from aiokafka.helpers import create_ssl_context  # noqa: PLC0415 - only where it is asked for

            told["ssl_context"] = create_ssl_context(cafile=self.ca_file)
        if self.security.startswith("SASL"):
            password = self.password.get_secret_value() if self.password else None
            told |= {
                "sasl_mechanism": self.sasl_mechanism,
                "sasl_plain_username": self.user,
                "sasl_plain_password": password,
            }
        return told


class Client(Protocol):
    """What starts and stops."""

    async def start(self) -> None:
        """Connect."""
        ...


C = TypeVar("C", bound=Client)


@asynccontextmanager
async def within(client: C) -> AsyncIterator[C]:
    """Start a client and end it with the block; a broker that is away is a `TryLaterError`."""
    try:
        try:
            await client.start()
        except KafkaConnectionError as error:
            raise TryLaterError("Kafka does not answer at REDRESS_KAFKA_SERVERS.") from error
        yield client
    finally:
        await ended(client)


async def ended(client: Client) -> None:
    """Stop a client, whichever kind it is.

    A consumer that is stopped while it rests after a failed fetch raises the cancellation of its own task: taken for
    one of ours, it would end the loop that joins anew.
    """
    close = getattr(client, "close", None) or client.stop  # type: ignore[attr-defined]  # one or the other
    closing = asyncio.ensure_future(close())
    try:
        await asyncio.wait({closing})
    finally:
        closing.cancel()
    if not closing.cancelled():
        closing.result()


def producer(settings: KafkaSettings) -> AIOKafkaProducer:
    """Return a producer: every record acknowledged by all replicas that count, in order, compressed."""
    return AIOKafkaProducer(
        **settings.connection(),
        acks="all",
        enable_idempotence=settings.idempotent,
        linger_ms=2,
        max_batch_size=256 * 1024,
        compression_type="lz4",
    )


def consumer(settings: KafkaSettings) -> AIOKafkaConsumer:
    """Return a reader of assigned partitions that belongs to no group."""
    return AIOKafkaConsumer(**settings.connection(), enable_auto_commit=False, auto_offset_reset="none")


def member(settings: KafkaSettings, group: str, instance: str | None) -> AIOKafkaConsumer:
    """Return a member of a group; positions are kept by who hears, never by Kafka.

    `instance` is the replica's lasting name: after a quick restart it gets its partitions back without a shuffle.
    Partitions go round, so that each member gets its share of every topic: the sticky assignment gave one of two
    members the busy topic whole, and the other the idle one.
    """
    return AIOKafkaConsumer(
        **settings.connection(),
        group_id=group,
        group_instance_id=instance,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        partition_assignment_strategy=(RoundRobinPartitionAssignor,),
        session_timeout_ms=settings.session_ms,
        heartbeat_interval_ms=settings.session_ms // 5,
        rebalance_timeout_ms=settings.session_ms * 2,
        max_poll_records=1000,
    )
