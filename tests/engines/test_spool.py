"""While PostgreSQL is away a worker's message waits on the disk of the replica, and is stored when it is back."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from services.intake.application import Draining, Intake, Spool, Subjects
from shared.events.intake import MessageReceived
from shared.eventstore.postgres import PostgresEventStore
from shared.vault.memory import passing_vault
from shared.vault.proof import signer_of
from tests.unit.eventstore.test_store import context

pytestmark = pytest.mark.engine
SECRET = b"k" * 32


@contextmanager
def away(dsn: str) -> Iterator[None]:
    """Let nobody into the database, and send away who is in it."""
    name = str(conninfo_to_dict(dsn)["dbname"])
    with psycopg.connect(make_conninfo(dsn, dbname="postgres"), autocommit=True) as admin:
        shut = sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS {}")
        admin.execute(shut.format(sql.Identifier(name), sql.SQL("false")))
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        try:
            yield
        finally:
            admin.execute(shut.format(sql.Identifier(name), sql.SQL("true")))


async def test_what_comes_while_the_database_is_away_is_stored_once_in_its_order(
    postgres_database: str, tmp_path: Path
) -> None:
    store = PostgresEventStore(postgres_database, "intake")
    spool, vault = Spool(tmp_path / "spool", SECRET), passing_vault()
    subjects = Subjects(store, vault, signer_of(SECRET, tmp_path / "proof.pub"))
    intake = Intake(store, SECRET, vault, subjects, spool=spool)
    said = [MessageReceived(channel="sms", account="desk", external_id=str(one), text=str(one)) for one in range(3)]
    try:
        with away(postgres_database):
            taken = [await intake.receive(message=message, context=context()) for message in said]
            assert spool.size == 3
            await Draining(spool, intake.store).once()
            assert (spool.size, spool.corrupt) == (3, 0)
        for _ in range(100):
            await Draining(spool, intake.store).once()
            if not spool.size:
                break
            await asyncio.sleep(0.1)
        stored = [fact.event for fact in await store.read(0, 10)]
        assert [one.text for one in stored if isinstance(one, MessageReceived)] == ["0", "1", "2"]
        again = await intake.receive(message=said[1], context=context())
        assert (again.repeated, again.message_id, again.receipt) == (True, taken[1].message_id, taken[1].receipt)
    finally:
        await asyncio.to_thread(store.close)
