"""Where a Kafka broker may come from, in order."""

import os

from tests.engines import containers
from tests.engines.engine import Elsewhere, EngineFailedError, EngineMissingError, Kafka, Place, first
from tests.engines.kafka import broker, jars, mesh
from tests.engines.kafka.probe import lacking
from tests.engines.ports import ports_of

VARIABLE = "REDRESS_TEST_KAFKA"
PORT = 9092


def given(_place: Place) -> Kafka:
    """Take the bootstrap servers that the environment names."""
    servers = os.environ.get(VARIABLE)
    if not servers:
        raise EngineMissingError(f"{VARIABLE} is not set.")
    if wrong := lacking(servers):
        raise EngineFailedError(f"The Kafka in {VARIABLE} does not answer: {wrong}")
    return Kafka("kafka", servers, f"given in {VARIABLE}", Elsewhere(VARIABLE))


def in_docker(place: Place) -> Kafka:
    """Run the image that the Apache project publishes."""
    docker = containers.daemon()
    port, inside = ports_of(place.folder)[0], PORT
    address = f"{docker.host()}:{port}"
    settings = {
        **broker.settings("/tmp/kraft-combined-logs", inside, inside + 1),  # noqa: S108 - a path within the image
        "listeners": f"PLAINTEXT://:{inside},CONTROLLER://:{inside + 1}",
        "advertised.listeners": f"PLAINTEXT://{address}",
    }
    environment = {f"KAFKA_{name.upper().replace('.', '_')}": str(value) for name, value in settings.items()}
    environment["CLUSTER_ID"] = jars.CLUSTER
    image = f"apache/kafka:{jars.version()}"
    life = containers.Container(image, place, {inside: port}, lambda: lacking(address), environment)
    life.start()
    return Kafka("kafka", address, f"{image} in Docker", life)


OWN_WAYS = (in_docker, broker.start, mesh.start)
"""Where it comes from when no address is given."""


def find(place: Place) -> Kafka:
    """Return a broker, Apache Kafka where it can be had; raise EngineMissingError with the reasons."""
    return first("Kafka", (given, *OWN_WAYS), place)
