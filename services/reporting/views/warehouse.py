"""The database that computes figures: DuckDB in memory, loaded from encoded rows, shut off from the world."""

import contextlib
import hashlib
import weakref
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from uuid import UUID

from services.reporting.views.columns import columns_of
from shared.documents.port import Row
from shared.rights import DEFAULT_TENANT

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LIVE = "live"
_BASE = "facts"
_CHURN_WORTH_SWEEPING = 10_000

Answer = tuple[tuple[str, ...], list[tuple[Any, ...]]]
"""Names of the columns, and the rows."""


class Warehouse:
    """Tables of facts, one set per schema. Not for several threads at once."""

    def __init__(self, folder: Path, tables: Mapping[str, type[Row]], *, memory: str, threads: int) -> None:
        """Name the tables and the folder for files in passing; nothing is opened before the first use."""
        self._folder = folder
        self._tables = tables
        self._options: dict[str, str | bool | int | float | list[str]] = {"threads": threads, "memory_limit": memory}
        self._opened: list[DuckDBPyConnection] = []
        # DuckDB complains at the end of a process that still holds a connection.
        weakref.finalize(self, self._opened.clear)
        self._churn: dict[str, int] = {}
        self._loose = 0
        self._parts: dict[str, dict[str, str]] = {}

    def create(self, schema: str) -> None:
        """Make a schema with empty tables, in the place of one of the same name."""
        with self._session() as database:
            database.execute(f'drop schema if exists "{schema}" cascade')
            database.execute(f'create schema "{schema}"')
            for table, row in self._tables.items():
                columns = ", ".join(f'"{name}" {kind}' for name, kind in columns_of(row, moment="TIMESTAMP").items())
                database.execute(f'create table "{schema}"."{table}" ({columns})')

    def drop(self, schema: str) -> None:
        """Forget a schema, and each tenant's part of it."""
        with self._session() as database:
            for name in (schema, *self._parts.pop(schema, {}).values()):
                database.execute(f'drop schema if exists "{name}" cascade')

    def put(self, schema: str, table: str, rows: Sequence[bytes], *, anew: bool = False) -> None:
        """Store encoded rows (JSON) in the place of those with the same ids, or `anew` of all, all or none."""
        if not rows and not anew:
            return
        staged = self._folder / f"{schema}-{table}.json"
        with staged.open("wb") as file:
            file.writelines(line for row in rows for line in (row, b"\n"))
        try:
            with self._session() as database:
                self._replace(database, f'"{schema}"."{table}"', self._reader(staged, table), anew=anew)
        finally:
            staged.unlink()
        self._sweep(schema, table, len(rows))

    def run(self, schema: str, sql: str, parameters: Mapping[str, object], tenant: str = DEFAULT_TENANT) -> Answer:
        """Answer a question put to one tenant's part of a schema: a definition sees no row of another tenant."""
        with self._session() as database:
            part = self._part(database, schema, tenant)
            database.execute(f"set search_path = '{_BASE}.{part}'")
            result = database.execute(sql, dict(parameters))
            return tuple(column[0] for column in result.description), result.fetchall()

    def parquet(self, columns: Sequence[str], rows: Sequence[Sequence[object]], about: Mapping[str, str]) -> bytes:
        """Return rows as a Parquet file, with `about` as its metadata; columns of nothing are text."""
        kinds = [_kind_of([row[place] for row in rows]) for place in range(len(columns))]
        shape = ", ".join(f'"{name}" {kind}' for name, kind in zip(columns, kinds, strict=True))
        said = ", ".join(f"'{name}': '{_quoted(text)}'" for name, text in about.items())
        staged = self._folder / "figure.parquet"
        with self._session() as database:
            database.execute(f"create temp table told ({shape})")
            try:
                if rows:
                    database.executemany(f"insert into told values ({', '.join('?' * len(columns))})", rows)
                path = _quoted(str(staged))
                database.execute(f"copy told to '{path}' (format parquet, kv_metadata {{{said}}})")
                return staged.read_bytes()
            finally:
                database.execute("drop table told")
                staged.unlink(missing_ok=True)

    def lines_as_parquet(self, lines: Sequence[bytes], columns: Mapping[str, str]) -> bytes:
        """Return rows of JSON as a Parquet file; `columns` are their names and types in SQL."""
        staged, made = self._folder / "lines.json", self._folder / "lines.parquet"
        with self._session() as database:
            try:
                staged.write_bytes(b"\n".join(lines))
                told = f"select * from {_json_at(staged, columns)}" if lines else _nothing(columns)
                database.execute(f"copy ({told}) to '{_quoted(str(made))}' (format parquet)")
                return made.read_bytes()
            finally:
                staged.unlink(missing_ok=True)
                made.unlink(missing_ok=True)

    def _part(self, database: "DuckDBPyConnection", schema: str, tenant: str) -> str:
        parts = self._parts.setdefault(schema, {})
        if tenant not in parts:
            # The name of a tenant stays a value: only its digest becomes part of a name in SQL.
            part = f"{schema}_{hashlib.sha256(tenant.encode()).hexdigest()[:32]}"
            whose = tenant.replace("'", "''")
            database.execute(f'create schema if not exists "{part}"')
            for table in self._tables:
                database.execute(
                    f'create or replace view "{part}"."{table}" as select * from "{schema}"."{table}" '
                    f"where coalesce(tenant, '{DEFAULT_TENANT}') = '{whose}'"
                )
            parts[tenant] = part
        return parts[tenant]

    def _reader(self, staged: Path, table: str) -> str:
        return _json_at(staged, columns_of(self._tables[table], moment="TIMESTAMPTZ"))

    @staticmethod
    def _replace(database: "DuckDBPyConnection", table: str, reader: str, *, anew: bool) -> None:
        database.execute("begin")
        try:
            database.execute(f"create temp table staged as select * from {reader}")
            database.execute(f"delete from {table}" + ("" if anew else " where id in (select id from staged)"))
            database.execute(f"insert into {table} select * from staged")
            database.execute("drop table staged")
            database.execute("commit")
        except BaseException:
            database.execute("rollback")
            raise

    def _sweep(self, schema: str, table: str, written: int) -> None:
        # Replaced rows leave holes that scans still pass; after as many replacements as rows the table is laid anew.
        churn = self._churn.get(f"{schema}.{table}", 0) + written
        with self._session() as database:
            name = f'"{schema}"."{table}"'
            counted = database.execute(f"select count(*) from {name}").fetchone()
            if counted is not None and churn > 2 * counted[0] + _CHURN_WORTH_SWEEPING:
                database.execute(f"create or replace table {name} as select * from {name}")
                churn = counted[0]
            self._loose += written
            if self._loose >= _CHURN_WORTH_SWEEPING:
                database.execute(f"checkpoint {_BASE}")
                self._loose = 0
        self._churn[f"{schema}.{table}"] = churn

    @contextlib.contextmanager
    def _session(self) -> "Iterator[DuckDBPyConnection]":
        if not self._opened:
            self._opened.append(self._open())
        with self._opened[0].cursor() as session:
            session.execute(f"use {_BASE}")
            yield session

    def _open(self) -> "DuckDBPyConnection":
        import duckdb  # noqa: PLC0415 - 60 MB that a process without questions does not need

        self._folder.mkdir(parents=True, exist_ok=True)
        database = duckdb.connect(":memory:", config=self._options)
        folder = str(self._folder.resolve()).replace("'", "''")
        # Columns are kept packed: a million cases lie in a seventh of the memory, and none of them on a disk.
        database.execute(f"attach ':memory:' as {_BASE} (compress)")
        for setting in (
            "TimeZone = 'UTC'",
            f"temp_directory = '{folder}/spilled'",
            f"allowed_directories = ['{folder}']",
            "autoinstall_known_extensions = false",
            "autoload_known_extensions = false",
            "enable_external_access = false",
            "lock_configuration = true",
        ):
            database.execute(f"set global {setting}")
        return database


_KINDS: Mapping[type, str] = MappingProxyType(
    {bool: "BOOLEAN", int: "BIGINT", Decimal: "DECIMAL(28, 4)", UUID: "UUID", datetime: "TIMESTAMP", date: "DATE"}
)


def _kind_of(values: Sequence[object]) -> str:
    kinds = {type(value) for value in values if value is not None}
    return _KINDS.get(kinds.pop(), "VARCHAR") if len(kinds) == 1 else "VARCHAR"


def _quoted(text: str) -> str:
    return text.replace("'", "''")


def _json_at(staged: Path, kinds: Mapping[str, str]) -> str:
    columns = ", ".join(f"\"{name}\": '{kind}'" for name, kind in kinds.items())
    return (
        f"read_json('{_quoted(str(staged))}', format = 'newline_delimited', maximum_object_size = 67108864, "
        f"columns = {{{columns}}})"
    )


def _nothing(columns: Mapping[str, str]) -> str:
    return "select " + ", ".join(f'null::{kind} as "{name}"' for name, kind in columns.items()) + " where false"
