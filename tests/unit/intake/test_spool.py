"""What waits for the record is on the disk, in order, unreadable, and one bad entry stops no other."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from services.intake.application.draining import Draining
from services.intake.application.spool import Spool
from shared.errors import InvalidError, SettingsError, TryLaterError
from shared.events.envelope import Actor
from shared.events.intake import MessageReceived
from shared.eventstore.context import CommandContext

SECRET = b"k" * 32
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass
class Record:
    """A record that is away for a while, refuses some messages and chokes on others."""

    away: bool = False
    refused: Sequence[str] = ()
    choked: Sequence[str] = ()
    stored: list[str] = field(default_factory=list)
    contexts: list[CommandContext] = field(default_factory=list)

    async def store(self, message: MessageReceived, context: CommandContext) -> None:
        """Store, or not."""
        if self.away or message.text in self.choked:
            raise TryLaterError("away")
        if message.text in self.refused:
            raise InvalidError("no")
        self.stored.append(message.text)
        self.contexts.append(context)


def put(spool: Spool, *texts: str) -> None:
    for number, text in enumerate(texts):
        message = MessageReceived(channel="sms", account="desk", external_id=text, text=text, sender="+66812345678")
        now = NOON + timedelta(seconds=number)
        spool.put(message, CommandContext(actor=Actor("key", "channel"), now=now, correlation_id=UUID(int=number)))


async def test_what_waits_is_stored_in_its_order_as_it_was(tmp_path: Path) -> None:
    spool, record = Spool(tmp_path, SECRET), Record(away=True)
    put(spool, "one", "two", "three")
    draining = Draining(Spool(tmp_path, SECRET), record.store)
    await draining.once()
    assert (record.stored, spool.size) == ([], 3)
    record.away = False
    await draining.once()
    assert record.stored == ["one", "two", "three"]
    assert record.contexts[0].now == NOON
    assert spool.names() == []


def test_nothing_said_lies_on_the_disk_in_the_clear(tmp_path: Path) -> None:
    put(Spool(tmp_path, SECRET), "They beat Aye")
    lying = b"".join(path.read_bytes() + path.name.encode() for path in tmp_path.iterdir())
    assert b"Aye" not in lying
    assert b"66812345678" not in lying


@pytest.mark.parametrize("harm", ["cut", "altered", "moved"])
async def test_a_corrupt_entry_is_put_aside_and_the_rest_goes_on(tmp_path: Path, harm: str) -> None:
    spool, record = Spool(tmp_path, SECRET), Record()
    put(spool, "one", "two")
    first = tmp_path / spool.names()[0]
    if harm == "moved":
        first.rename(first.with_name("0" + first.name[1:-9] + "9.message"))
    else:
        first.write_bytes(first.read_bytes()[:20] if harm == "cut" else b"x" + first.read_bytes()[1:])
    await Draining(spool, record.store).once()
    assert record.stored == ["two"]
    assert (spool.size, spool.corrupt) == (0, 1)


async def test_what_the_record_refuses_or_chokes_on_stops_no_other(tmp_path: Path) -> None:
    spool, record = Spool(tmp_path, SECRET), Record(refused=["one"], choked=["two"])
    put(spool, "one", "two", "three")
    await Draining(spool, record.store).once()
    assert record.stored == ["three"]
    assert (spool.size, spool.corrupt) == (0, 2)


async def test_half_a_file_is_no_message(tmp_path: Path) -> None:
    (tmp_path / "1.message.begun").write_bytes(b"half")
    spool = Spool(tmp_path, SECRET)
    assert (spool.size, spool.corrupt) == (0, 0)


def test_a_folder_that_cannot_be_written_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("a file where the folder should be")
    with pytest.raises(SettingsError, match="spool"):
        Spool(tmp_path / "spool", SECRET)
