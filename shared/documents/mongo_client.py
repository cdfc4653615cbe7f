"""Connections to MongoDB: one client per event loop, a deadline on every call, and its refusals in our words."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bson.errors import BSONError
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorDatabase
from pymongo.errors import BulkWriteError, ConnectionFailure, OperationFailure, PyMongoError

from shared.errors import PoisonError, RedressError, SettingsError, TryLaterError

Stored = dict[str, Any]

DEADLINE_MS = 5000
"""For a call with everything it needs: a server found, a connection, the answer, a second try."""

_NOT_ALLOWED = {13, 18}
_TOO_LARGE = {10334, 17419, 17420}
_PASSING = {43, 112, 175, 237, 11000, 11601}
"""Codes of what goes well next time: a cursor or a query ended by a swap of collections, writes in each other's way."""


class Clients:
    """Opens a client for each event loop that asks, since a client belongs to the loop that it was made in."""

    def __init__(self, uri: str, database: str) -> None:
        """Take the address; nothing is connected before the first call."""
        self._uri = uri
        self._database = database
        self._opened: dict[asyncio.AbstractEventLoop, AsyncIOMotorClient[Stored]] = {}
        self._lock = threading.Lock()

    def database(self) -> AsyncIOMotorDatabase[Stored]:
        """Return the database as the running loop sees it."""
        loop = asyncio.get_running_loop()
        with self._lock:
            for ended in [known for known in self._opened if known.is_closed()]:
                self._opened.pop(ended).close()
            if loop not in self._opened:
                self._opened[loop] = self._open(loop)
            return self._opened[loop][self._database]

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            for client in self._opened.values():
                client.close()
            self._opened.clear()

    def _open(self, loop: asyncio.AbstractEventLoop) -> AsyncIOMotorClient[Stored]:
        try:
            return AsyncIOMotorClient(
                self._uri, io_loop=loop, appname="redress", w="majority", journal=True, timeoutMS=DEADLINE_MS
            )
        except (PyMongoError, ValueError):
            raise SettingsError("The address of MongoDB cannot be read; it begins with mongodb://.") from None


@contextmanager
def answering() -> Iterator[None]:
    """Turn what the driver raises into our refusals. Its own texts are not kept: they may quote a row."""
    try:
        yield
    except (PyMongoError, BSONError) as error:
        raise _refusal(error) from None


def _refusal(error: PyMongoError | BSONError) -> RedressError:
    codes = codes_of(error)
    passing = bool(codes) and codes <= _PASSING
    if isinstance(error, ConnectionFailure) or (isinstance(error, PyMongoError) and error.timeout) or passing:
        return TryLaterError("The document store cannot be reached or is busy; try again later.")
    if codes & _NOT_ALLOWED:
        return SettingsError("MongoDB refuses the user in its address; check name, password and rights.")
    if isinstance(error, BulkWriteError | BSONError) or codes & _TOO_LARGE:
        return PoisonError(f"MongoDB cannot store a row (codes {sorted(codes)}): it may be over 16 MB.")
    return SettingsError(f"MongoDB refuses with {type(error).__name__} (codes {sorted(codes)}); check its set-up.")


def codes_of(error: Exception) -> set[int]:
    """Return the server's codes in an error; those of every write, when it is about many."""
    if isinstance(error, BulkWriteError):
        return {refused["code"] for kind in ("writeErrors", "writeConcernErrors") for refused in error.details[kind]}
    if isinstance(error, OperationFailure) and error.code is not None:
        return {error.code}
    return set()
