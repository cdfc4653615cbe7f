"""What people said lies nowhere in the engines in the clear: not in rows, topics, documents or a dump of them."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest
from aiokafka import TopicPartition
from bson.raw_bson import RawBSONDocument
from psycopg import sql
from pymongo import MongoClient

from shared.bus.kafka.clients import KafkaSettings, consumer, within
from shared.bus.kafka.topics import renew, wanted
from shared.cli.vaulting import redact_fact
from shared.clock import system_clock
from shared.eventstore.postgres_redacting import PostgresBytes
from tests.engines.engine import Engine, Kafka
from tests.http.cases_desk import HANDLING, ROOT, do, open_case
from tests.support.app import System, running
from tests.support.canaries import PERSONAL, told_everything
from tests.support.replicas import replicas

pytestmark = pytest.mark.engine

Place = tuple[str, bytes]


@pytest.fixture
def topics(kafka: Kafka, topic_prefix: str) -> KafkaSettings:
    """Topics of this test."""
    prefix = topic_prefix.rstrip(".")
    return KafkaSettings(servers=kafka.address, prefix=prefix, partitions=2, idempotent=kafka.idempotence)


def rows(dsn: str) -> Iterator[Place]:
    """Yield every table as PostgreSQL's own binary dump writes it."""
    with psycopg.connect(dsn) as connection:
        named = (
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        for schema, table in connection.execute(named).fetchall():
            statement = sql.SQL("COPY {} TO STDOUT (FORMAT BINARY)").format(sql.Identifier(schema, table))
            with connection.cursor().copy(statement) as copy:
                yield f"{schema}.{table}", b"".join(bytes(part) for part in copy)


def documents(address: str, prefix: str) -> Iterator[Place]:
    """Yield every document of the views."""
    with MongoClient[RawBSONDocument](address, document_class=RawBSONDocument) as client:
        for database in client.list_database_names():
            if database.startswith(prefix):
                for name in client[database].list_collection_names():
                    yield f"{database}.{name}", b"".join(found.raw for found in client[database][name].find())


async def records(settings: KafkaSettings) -> list[Place]:
    """Return every record of every topic: key, headers and value."""
    found: list[Place] = []
    async with within(consumer(settings)) as reader:
        for topic in wanted(settings):
            places = [TopicPartition(topic.name, number) for number in range(topic.partitions)]
            reader.assign(places)
            await reader.seek_to_beginning(*places)
            ends = await reader.end_offsets(places)
            for place in places:
                while await reader.position(place) < ends[place]:
                    for batch in (await reader.getmany(place, timeout_ms=500)).values():
                        found += [(topic.name, whole(one)) for one in batch]
    return found


def whole(record: Any) -> bytes:
    headers = b"".join(name.encode() + value for name, value in record.headers)
    return (record.key or b"") + headers + (record.value or b"")


def with_text(text: str, places: Iterable[Place]) -> list[str]:
    return [name for name, kept in places if text.encode() in kept]


def desk(system: System) -> str:
    """Take a grievance with a canary in every place through its whole life."""

    def post(path: str, body: Mapping[str, Any], *, second: bool = False) -> dict[str, Any]:
        answer = (system.supervisor if second else system.admin).post(path, body)
        assert answer.is_success, (path, answer.text)
        told: dict[str, Any] = answer.json()
        return told

    def get(path: str, *, wait: str | None = None) -> dict[str, Any]:
        told: dict[str, Any] = system.admin.get(path, wait=wait).json()
        return told

    return told_everything(post, get)


def test_no_engine_holds_what_a_person_said(
    tmp_path: Path, topics: KafkaSettings, mongodb: Engine, postgres_database: str
) -> None:
    with running(replicas(tmp_path, dsn=postgres_database, mongodb=mongodb.address, kafka=topics)) as system:
        case_id = desk(system)
        ended = system.admin.post(f"{ROOT}/cases/{case_id}/note", {"text": PERSONAL["note"]}).json()["position"]
        shown = system.admin.get(f"{ROOT}/cases", wait=ended).json()
        assert shown["total"] == 1
        kept = [*rows(postgres_database), *documents(mongodb.address, topics.prefix), *asyncio.run(records(topics))]
    assert {"cases.stored_events", "intake.stored_events", "vault.data_keys"} <= {name for name, _ in kept}
    assert with_text(case_id, kept), "nothing was looked at"
    files = [(str(file), file.read_bytes()) for file in tmp_path.rglob("*") if file.is_file()]
    outside = [place for place in files if "/outbox/" not in place[0]]
    found = {word: with_text(canary, [*kept, *outside]) for word, canary in PERSONAL.items()}
    assert not [(word, places) for word, places in found.items() if places]


def test_what_a_court_orders_gone_is_gone_from_every_engine(
    tmp_path: Path, topics: KafkaSettings, mongodb: Engine, postgres_database: str
) -> None:
    def opened() -> Any:
        return running(replicas(tmp_path, dsn=postgres_database, mongodb=mongodb.address, kafka=topics))

    with opened() as system:
        case_id = open_case(system.operator, summary="They keep our passports")
        noted = do(system.operator, case_id, "note", text="Calls after 20:00")
        system.operator.get(f"{ROOT}/cases", wait=noted["position"])
        (token,) = tokens_of(postgres_database, case_id, 2)
        assert with_text(token, asyncio.run(records(topics)))
        order = redact_fact(
            system.house.services["intake"].application.subjects,
            {name: PostgresBytes(postgres_database, name) for name in ("intake", "cases", "notify")},
            service="cases",
            stream=case_id,
            version=2,
            ordered_by="Labour Court 114/2569",
            now=system_clock(),
        )
        assert len(asyncio.run(order).sha256) == 64
    asyncio.run(renew(topics))
    with psycopg.connect(postgres_database) as connection:
        connection.execute("DROP SCHEMA access CASCADE")  # keys of the same names are made again
    with opened() as system:
        again = do(system.operator, case_id, "note", text="Calls before noon")
        heard = answered(lambda: system.operator.get(f"{ROOT}/cases", wait=again["position"]))
        assert heard.json()["total"] == 1
        history = system.operator.get(f"{ROOT}/cases/{case_id}/events", headers=HANDLING).json()["items"]
        assert [one["data"].get("text", one["data"].get("summary")) for one in history] == [
            "They keep our passports",
            "[erased]",
            "Calls before noon",
        ]
        kept = [*rows(postgres_database), *documents(mongodb.address, topics.prefix), *asyncio.run(records(topics))]
    assert with_text(token, kept) == []


def answered(ask: Callable[[], Any]) -> Any:
    """Ask until the view has caught up: everything is published anew."""
    for _ in range(20):
        answer = ask()
        if answer.status_code != 504:
            return answer
    raise AssertionError("the view never caught up")


def tokens_of(dsn: str, stream: str, version: int) -> list[str]:
    """Return the sealed values in the stored bytes of a fact."""
    with psycopg.connect(dsn) as connection:
        row = connection.execute(
            "SELECT state FROM cases.stored_events WHERE originator_id = %s AND originator_version = %s",
            (stream, version),
        ).fetchone()
    assert row is not None
    return [part for part in bytes(row[0]).decode().split('"') if part.startswith("sealed:1:")]
