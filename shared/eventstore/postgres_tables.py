"""The keyed tables beside the events, and the statements that change many rows of one at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Row = tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class Table:
    """Columns and their types, those of the key first. Many rows go as one array per column."""

    name: str
    key: Mapping[str, str]
    values: Mapping[str, str]

    @cached_property
    def select(self) -> str:
        """Select the values of one key."""
        wanted = " AND ".join(f"{column} = %s" for column in self.key)
        return f"SELECT {', '.join(self.values)} FROM {self.name} WHERE {wanted}"

    @cached_property
    def upsert(self) -> str:
        """Write rows, over those of the same key."""
        replaced = ", ".join(f"{column} = EXCLUDED.{column}" for column in self.values)
        return (
            f"INSERT INTO {self.name} ({', '.join([*self.key, *self.values])}) "
            f"SELECT * FROM {_unnest([*self.key.values(), *self.values.values()])} "
            f"ON CONFLICT ({', '.join(self.key)}) DO UPDATE SET {replaced}"
        )

    @cached_property
    def delete(self) -> str:
        """Remove the rows of keys."""
        same = " AND ".join(f"{self.name}.{column} = gone.{column}" for column in self.key)
        gone = f"{_unnest(list(self.key.values()))} AS gone ({', '.join(self.key)})"
        return f"DELETE FROM {self.name} USING {gone} WHERE {same}"


def _unnest(types: Sequence[str]) -> str:
    return f"unnest({', '.join(f'%b::{one}[]' for one in types)})"


INSERT_EVENTS = (
    "INSERT INTO stored_events (originator_id, originator_version, topic, state, notification_id) "
    f"SELECT * FROM {_unnest(['uuid', 'bigint', 'text', 'bytea', 'bigint'])}"
)

LETTER = {
    "feed": "text",
    "position": "bigint",
    "topic": "text",
    "cause": "text",
    "parked_at": "timestamptz",
}

LOOKUPS = Table("lookups", {"kind": "text", "key": "text"}, {"value": "text"})
ANSWERS = Table("answers", {"key": "text"}, {"fingerprint": "text", "answer": "bytea"})
TRACKING = Table("tracking", {"application_name": "text"}, {"notification_id": "bigint"})
HEARD = Table("heard", {"reaction": "text", "stream_id": "uuid"}, {"version": "bigint"})
PARKED = Table(
    "parked", {"reaction": "text", "stream_id": "uuid", "stream_version": "bigint"}, {**LETTER, "state": "bytea"}
)
DISCARDED = Table(
    "discarded",
    {"id": "bigint"},
    {
        "reaction": "text",
        "stream_id": "uuid",
        "stream_version": "bigint",
        **LETTER,
        "who": "text",
        "why": "text",
        "at": "timestamptz",
    },
)
TABLES = (LOOKUPS, ANSWERS, TRACKING, HEARD, PARKED, DISCARDED)
