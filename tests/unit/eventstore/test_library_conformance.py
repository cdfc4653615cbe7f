"""Our recorder keeps the promises that the event-sourcing library's own suite demands of a process recorder."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from eventsourcing.persistence import ProcessRecorder
from eventsourcing.tests.persistence import ProcessRecorderTestCase

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


del ProcessRecorderTestCase
