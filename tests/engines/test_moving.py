"""A folder that has grown too small moves to the engines: same numbers, same bytes, nothing answered twice."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest

from shared.bus.kafka.clients import KafkaSettings
from shared.secret import kept_root
from tests.engines.engine import Engine, Kafka
from tests.support.app import embedded, running
from tests.support.replicas import replicas

pytestmark = pytest.mark.engine


def lived_in(folder: Path) -> tuple[str, str]:
    """Give the folder a case that was told of, and return its id and the receipt of its first message."""
    with running(embedded(folder)) as system:
        sent = {"channel": "line", "account": "desk", "external_id": "m-1", "text": "They keep my passport."}
        message = system.channel.post("/intake/v1/messages", sent).json()
        seen = system.channel.get(f"/intake/v1/messages/{message['message_id']}", wait=message["position"]).json()
        accepted = system.operator.post(f"/intake/v1/reports/{seen['report_id']}/accept")
        assert accepted.status_code == 200, accepted.text
        listed = system.operator.get("/cases/v1/cases", wait=accepted.json()["position"]).json()["items"]
        return listed[0]["case_id"], message["receipt"]


def move(folder: Path, dsn: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "REDRESS_POSTGRES_DSN": dsn, "REDRESS_SECRET": kept_root(folder)}
    command = (sys.executable, "-m", "services", "move", "--to-scale-out", "--data", str(folder))
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def topics(kafka: Kafka, topic_prefix: str) -> KafkaSettings:
    """Topics of this test."""
    prefix = topic_prefix.rstrip(".")
    return KafkaSettings(servers=kafka.address, prefix=prefix, partitions=2, idempotent=kafka.idempotence)


def test_the_folder_lives_on_in_the_engines(
    tmp_path: Path, topics: KafkaSettings, mongodb: Engine, postgres_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "data"
    case_id, receipt = lived_in(folder)
    first, second = move(folder, postgres_database), move(folder, postgres_database)
    assert first.returncode == 0, first.stderr
    assert "0 of them copied now" in second.stdout

    monkeypatch.setenv("REDRESS_VAULT_KEK_FILE", str(folder / "vault.kek"))
    house = replicas(
        tmp_path / "scratch", dsn=postgres_database, mongodb=mongodb.address, kafka=topics, root=kept_root(folder)
    )
    with running(house) as system:
        head = asyncio.run(house.stores["cases"].head())
        case = system.operator.get(
            f"/cases/v1/cases/{case_id}", wait=f"cases:{head}", headers={"Redress-Purpose": "handling"}
        )
        assert case.status_code == 200, case.text
        noted = system.operator.post(f"/cases/v1/cases/{case_id}/note", {"text": "Moved."})
        assert noted.status_code == 200, noted.text
        # Everything is published and folded for the first time: on a busy machine that takes longer than one wait.
        for _ in range(12):
            answer = system.operator.get("/cases/v1/cases", wait=noted.json()["position"])
            if answer.status_code != 504:
                break
        listed = answer.json()
        assert [item["case_id"] for item in listed["items"]] == [case_id]
        mine = system.http.post("/rights/v1/export", json={"receipt": receipt})
        assert "They keep my passport." in mine.text
        facts = asyncio.run(house.stores["cases"].stream(UUID(case_id)))
        assert [fact.envelope.stream_version for fact in facts] == list(range(1, len(facts) + 1))


def test_engines_that_were_used_since_are_not_overwritten(tmp_path: Path, postgres_database: str) -> None:
    lived_in(tmp_path / "one")
    lived_in(tmp_path / "two")
    assert move(tmp_path / "one", postgres_database).returncode == 0
    refused = move(tmp_path / "two", postgres_database)
    assert refused.returncode == 1
    assert "used since" in refused.stderr
