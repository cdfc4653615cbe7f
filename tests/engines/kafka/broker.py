"""Apache Kafka as one process on loopback: KRaft, a single node that is broker and controller at once."""

import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from tests.engines.engine import Kafka, Place
from tests.engines.kafka import jars
from tests.engines.kafka.probe import lacking_here
from tests.engines.ports import LOOPBACK, ports_of
from tests.engines.process import Process

ARCHIVE = "classes.jsa"


def settings(data: Path | str, port: int, controller: int) -> Mapping[str, object]:
    """Return the broker's properties: one of everything, nothing created by accident, groups without a wait."""
    return {
        "process.roles": "broker,controller",
        "node.id": jars.NODE,
        "controller.quorum.voters": f"{jars.NODE}@{LOOPBACK}:{controller}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://{LOOPBACK}:{port},CONTROLLER://{LOOPBACK}:{controller}",
        "advertised.listeners": f"PLAINTEXT://{LOOPBACK}:{port}",
        "log.dirs": data,
        "auto.create.topics.enable": "false",
        "num.partitions": 2,
        "default.replication.factor": 1,
        "min.insync.replicas": 1,
        "offsets.topic.replication.factor": 1,
        "offsets.topic.num.partitions": 1,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        "transaction.state.log.num.partitions": 1,
        "group.initial.rebalance.delay.ms": 0,
        "group.min.session.timeout.ms": 500,
        "log.cleaner.dedupe.buffer.size": 8 * 1024 * 1024,
        "broker.session.timeout.ms": 3000,
        "broker.heartbeat.interval.ms": 500,
        "controlled.shutdown.enable": "false",
    }


def start(place: Place) -> Kafka:
    """Start Apache Kafka on a folder, with what is in it already."""
    fetched = prepared()
    life = process(place, fetched, f"-XX:SharedArchiveFile={fetched / ARCHIVE}")
    life.start()
    origin = f"Apache Kafka {jars.version()}, a process of our own"
    return Kafka("kafka", f"{LOOPBACK}:{ports_of(place.folder)[0]}", origin, life)


def prepared(say: jars.Say = jars.silence) -> Path:
    """Return the folder of jars with Java's archive of loaded classes, which halves every later start."""
    fetched = jars.fetched(say)
    if not (fetched / ARCHIVE).exists():
        say("Preparing Apache Kafka for quick starts ...")
        with tempfile.TemporaryDirectory(prefix="redress-kafka-") as name, suppress(FileNotFoundError):
            made = Path(name) / ARCHIVE
            life = process(Place(Path(name)), fetched, f"-XX:ArchiveClassesAtExit={made}")
            life.start()
            life.stop()
            apart = Path(tempfile.mkdtemp(dir=fetched))
            (apart / ARCHIVE).write_bytes(made.read_bytes())
            (apart / ARCHIVE).replace(fetched / ARCHIVE)
            apart.rmdir()
    return fetched


def process(place: Place, fetched: Path, *options: str) -> Process:
    """Return the broker as a process that has yet to start."""
    port, controller = ports_of(place.folder)
    data, properties = place.folder / "data", place.folder / "server.properties"
    if not data.exists():
        shutil.copytree(fetched / "formatted", data)
    lines = (f"{name}={value}\n" for name, value in settings(data, port, controller).items())
    properties.write_text("".join(lines))
    command = jars.java(fetched / "jars", *options, "kafka.Kafka", str(properties))
    return Process("Apache Kafka", command, place, lambda: lacking_here(port))
