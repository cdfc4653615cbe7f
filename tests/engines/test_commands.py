"""Commands of a person find the engines where the settings name them, as they find a folder otherwise."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from shared.bus.kafka.clients import KafkaSettings
from tests.engines.engine import Engine, Kafka
from tests.support.app import running
from tests.support.replicas import ROOT, replicas

pytestmark = pytest.mark.engine


@pytest.fixture
def topics(kafka: Kafka, topic_prefix: str) -> KafkaSettings:
    """Topics of this test."""
    prefix = topic_prefix.rstrip(".")
    return KafkaSettings(servers=kafka.address, prefix=prefix, partitions=2, idempotent=kafka.idempotence)


def test_a_person_rebuilds_views_lists_dead_letters_and_makes_keys_on_engines(
    tmp_path: Path, topics: KafkaSettings, mongodb: Engine, postgres_database: str
) -> None:
    house = replicas(tmp_path / "scratch", dsn=postgres_database, mongodb=mongodb.address, kafka=topics)
    with running(house) as system:
        opened = system.operator.post("/cases/v1/cases", {"channel": "line", "language": "th"}).json()
        assert system.operator.get("/cases/v1/cases", wait=opened["position"]).json()["total"] == 1
    environment = {
        **os.environ,
        "REDRESS_POSTGRES_DSN": postgres_database,
        "REDRESS_MONGODB_URI": mongodb.address,
        "REDRESS_MONGODB_PREFIX": topics.prefix,
        "REDRESS_SECRET": ROOT,
        "REDRESS_DATA": str(tmp_path / "scratch"),
        "REDRESS_KAFKA_SERVERS": topics.servers,
        "REDRESS_KAFKA_PREFIX": topics.prefix,
        "REDRESS_KAFKA_PARTITIONS": "2",
    }

    def redress(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = (sys.executable, "-m", "services", *arguments)
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)

    rebuilt = redress("rebuild", "cases")
    assert rebuilt.returncode == 0, rebuilt.stderr
    equal = r"cases: [23] facts folded, equal to what was served"
    assert re.search(equal, rebuilt.stdout), "the case, its clock, and the rules if they were adopted by then"
    assert "DIFFERENT" not in rebuilt.stdout
    assert redress("dlt", "list").stdout == ""
    assert redress("key", "new", "--role", "auditor", "--name", "elsewhere").stdout.startswith("rdk_")
    assert "elsewhere  auditor" in redress("key", "list").stdout
    assert "epoch" in redress("topics", "check").stdout
