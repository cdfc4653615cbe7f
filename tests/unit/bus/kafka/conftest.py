"""Topics of a test's own on the real broker."""

from typing import Protocol

import pytest

from shared.bus.kafka.clients import KafkaSettings
from tests.unit.bus.kafka.given import Broker


class Kafka(Protocol):
    """What the engine of the run says of itself."""

    address: str
    idempotence: bool


@pytest.fixture
def broker(kafka: Kafka, topic_prefix: str) -> Broker:
    """Topics of this test, not yet made."""
    return Broker(
        KafkaSettings(
            servers=kafka.address, prefix=topic_prefix.rstrip("."), partitions=3, idempotent=kafka.idempotence
        )
    )
