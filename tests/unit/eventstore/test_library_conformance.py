"""Our recorder keeps the promises that the event-sourcing library's own suite demands of a process recorder."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import pytest
from eventsourcing.persistence import ProcessRecorder
from eventsourcing.tests.persistence import ProcessRecorderTestCase

from shared.eventstore.postgres_database import ServiceDatabase
from shared.eventstore.postgres_recorder import LockingRecorder, create_tables
from shared.eventstore.recorder import DurableDatastore, StableRecorder


class TestStableRecorder(ProcessRecorderTestCase):
    """The library's suite, run on our recorder."""

    def setUp(self) -> None:
        """Begin with an empty file."""
        super().setUp()
        self.folder = TemporaryDirectory()
        self.datastore = DurableDatastore(Path(self.folder.name) / "record.sqlite")

    def tearDown(self) -> None:
        """Close and forget the file."""
        self.datastore.close()
        self.folder.cleanup()
        super().tearDown()

    def create_recorder(self) -> ProcessRecorder:
        """Return a recorder on the file."""
        recorder = StableRecorder(self.datastore)
        recorder.create_table()
        return cast("ProcessRecorder", recorder)


@pytest.mark.engine
class TestLockingRecorder(ProcessRecorderTestCase):
    """The same suite, run on the recorder of scale-out."""

    @pytest.fixture(autouse=True)
    def database(self, postgres_database: str) -> None:
        """Begin with an empty database."""
        self.reached = ServiceDatabase(postgres_database, "cases")

    def setUp(self) -> None:
        """Connect."""
        super().setUp()
        self.datastore = self.reached.datastore()

    def tearDown(self) -> None:
        """Close the connections."""
        self.datastore.close()
        super().tearDown()

    def create_recorder(self) -> ProcessRecorder:
        """Return a recorder on a schema that is there."""
        create_tables(self.reached)
        return cast("ProcessRecorder", LockingRecorder(self.datastore))


del ProcessRecorderTestCase
