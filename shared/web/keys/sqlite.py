"""Keys in a SQLite file that only its owner may read: the store of the embedded system."""

import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path

from shared.web.keys.sql import TABLES, SqlKeyStore, Statement


class SqliteKeyStore(SqlKeyStore):
    """Implements `KeyStore`; any thread may ask."""

    def __init__(self, path: Path) -> None:
        """Open the file, making it when it is not there."""
        path.touch(mode=0o600, exist_ok=True)
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")
        for table in TABLES:
            self._connection.execute(table)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _carry_out(self, *statements: Statement) -> bool:
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                for sql, values in statements:
                    self._connection.execute(sql, values)
            except sqlite3.IntegrityError:
                self._connection.rollback()
                return False
            self._connection.commit()
            return True

    def _rows(self, sql: str, *values: str | int) -> Sequence[Sequence[str]]:
        with self._lock:
            return self._connection.execute(sql, values).fetchall()
