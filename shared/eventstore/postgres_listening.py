"""Hears of commits, those of other processes too: a connection that listens, opened again whenever it is lost.

What a lost connection has missed is pulled when the next one stands, and every few seconds in any case.
"""

import logging
from threading import Event, Thread

from psycopg import Connection
from psycopg.rows import TupleRow

from shared.eventstore.postgres_database import ServiceDatabase
from shared.eventstore.waking import Newest
from shared.supervision import Failure, attempt

PULL = 2.0
"""Seconds between two looks at the log itself: a notice may be lost."""
PAUSE = 0.5
"""Seconds before a lost connection is opened again."""

log = logging.getLogger("redress.eventstore")


class Listener(Thread):
    """Tells `newest` of every commit of a service's record."""

    def __init__(self, database: ServiceDatabase, newest: Newest) -> None:
        """Prepare; `start` begins to listen."""
        super().__init__(name=f"listener-{database.source}", daemon=True)
        self._database = database
        self._newest = newest
        self._stopping = Event()

    def run(self) -> None:
        """Listen until closed, whatever happens to connections."""
        while not self._stopping.is_set():
            failure = attempt(self._listen)
            if isinstance(failure, Failure) and not self._stopping.is_set():
                log.warning("listening failed", extra={"error": failure.cause, "source": self._database.source})
                self._stopping.wait(PAUSE)

    def close(self) -> None:
        """Stop listening; a notice of our own wakes the thread at once."""
        self._stopping.set()
        attempt(self._wake)
        self.join()

    def _listen(self) -> None:
        with self._database.connect("listener") as connection:
            connection.execute(f"LISTEN {self._database.channel}")
            while not self._stopping.is_set():
                self._pull(connection)
                for notice in connection.notifies(timeout=PULL):
                    if self._stopping.is_set():
                        return
                    self._newest.reached(int(notice.payload or 0))

    def _pull(self, connection: Connection[TupleRow]) -> None:
        row = connection.execute("SELECT COALESCE(MAX(notification_id), 0) FROM stored_events").fetchone()
        self._newest.reached(row[0] if row else 0)

    def _wake(self) -> None:
        with self._database.connect("closing") as connection:
            connection.execute("SELECT pg_notify(%s, '')", (self._database.channel,))
