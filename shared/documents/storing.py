"""What every engine stores alike: names of collections, encoded bodies, values as they are compared."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID

import msgspec

from shared.documents.port import Collection, R, Row, Scalar
from shared.errors import InvalidError

encode = msgspec.json.Encoder(decimal_format="string").encode
"""The body of a row: the same bytes in every engine, so that fingerprints can be compared."""

LARGEST = 2**63 - 1


class Bodies:
    """Reads bodies back; a decoder per class is made once."""

    def __init__(self) -> None:
        """Begin without decoders."""
        self._decoders: dict[type[Row], msgspec.json.Decoder[Row]] = {}

    def read(self, collection: Collection[R], body: bytes) -> R:
        """Return the row that a body holds."""
        decoder = self._decoders.get(collection.row)
        if decoder is None:
            decoder = self._decoders[collection.row] = msgspec.json.Decoder(collection.row)
        row = decoder.decode(body)
        if not isinstance(row, collection.row):
            raise TypeError("a decoder returns rows of its class")
        return row


def stored_name(collection: Collection[R]) -> str:
    """Return what a collection is called in a store: two versions of it live side by side."""
    return f"{collection.name}__v{collection.version}"


def cell(value: object) -> Scalar:
    """Return a value as stores compare it: instants in UTC as text of equal length, so that order is time order."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, date | UUID):
        return str(value)
    if isinstance(value, int):
        if not -LARGEST <= value <= LARGEST:
            raise InvalidError("A number has more than 64 bits.", field="filter")
        return int(value)
    if value is None or isinstance(value, str | float):
        return value
    raise InvalidError(f"A {type(value).__name__} cannot be compared.", field="filter")


def declared(collection: Collection[R], field: str) -> str:
    """Return the name of a column, or refuse one that the collection does not declare."""
    if field != "id" and field not in collection.fields:
        raise InvalidError(f"'{field}' is not a filter of {collection.name}.", field=field)
    return field


def listed(field: str, value: object) -> list[Scalar]:
    """Return the values of an `in` as they are compared; null is in no list."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise InvalidError(f"'{field}' takes a list.", field=field)
    return [one for one in map(cell, value) if one is not None]
