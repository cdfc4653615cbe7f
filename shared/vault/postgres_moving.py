"""Move the wrapped keys of an embedded vault to PostgreSQL; the key that wraps them stays where it is."""

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from uuid import UUID

import psycopg

from shared.vault.postgres import PostgresKeys


def move_vault(file: Path, dsn: str) -> int:
    """Copy keys, pseudonyms, tombstones and secrets; return how many keys are there now.

    A second run adds what is new. What was erased on either side stays erased.
    """
    PostgresKeys(dsn).close()
    with (
        closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as vault,
        psycopg.connect(dsn) as connection,
        connection.cursor() as cursor,
    ):
        for subject, at, reason, gone in vault.execute("SELECT subject, erased_at, reason, gone FROM tombstones"):
            cursor.execute(
                "INSERT INTO vault.tombstones (subject, erased_at, reason, gone) VALUES (%s, %s, %s, %s) "
                "ON CONFLICT (subject) DO NOTHING",
                (UUID(bytes=subject), datetime.fromisoformat(at), reason, gone),
            )
        cursor.executemany(
            "INSERT INTO vault.data_keys SELECT %s, %s, %s, %s ON CONFLICT (subject, version) DO NOTHING",
            (
                (UUID(bytes=subject), version, kek, wrapped)
                for subject, version, kek, wrapped in vault.execute(
                    "SELECT subject, version, kek, wrapped FROM data_keys"
                )
            ),
        )
        cursor.execute("DELETE FROM vault.data_keys WHERE subject IN (SELECT subject FROM vault.tombstones)")
        cursor.executemany(
            "INSERT INTO vault.handles VALUES (%s, %s) ON CONFLICT (handle) DO NOTHING",
            ((handle, UUID(bytes=subject)) for handle, subject in vault.execute("SELECT handle, subject FROM handles")),
        )
        cursor.executemany(
            "INSERT INTO vault.secrets VALUES (%s, %s, %s) "
            "ON CONFLICT (name) DO UPDATE SET kek = EXCLUDED.kek, wrapped = EXCLUDED.wrapped",
            vault.execute("SELECT name, kek, wrapped FROM secrets"),
        )
        row = cursor.execute("SELECT COUNT(*) FROM vault.data_keys").fetchone()
        return int(row[0]) if row else 0
