"""Mail as files, for a house without a mail server."""

from email import message_from_bytes, policy
from pathlib import Path

import pytest

from services.notify.channels.outbox import OutboxChannel
from services.notify.domain import Delivered, GiveUp, TryAgain
from tests.unit.notify.given import letter


async def test_a_letter_is_one_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    folder = tmp_path / "outbox"
    channel = OutboxChannel(folder, sender="news@ngo.test")
    assert await channel.deliver(letter()) == Delivered(f"<{letter().id}@ngo.test>")
    assert await channel.deliver(letter()) == Delivered(f"<{letter().id}@ngo.test>")
    (file,) = folder.iterdir()
    assert file.name == f"{letter().id}.eml"
    assert file.stat().st_mode & 0o077 == 0
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert (mail["To"], mail["Subject"]) == ("aye@example.org", letter().subject)
    assert mail.get_content().replace("\r\n", "\n") == letter().body


async def test_a_folder_that_cannot_be_written_may_be_writable_later(tmp_path: Path) -> None:
    in_the_way = tmp_path / "outbox"
    in_the_way.write_text("a file")
    assert await OutboxChannel(in_the_way, sender="a@b").deliver(letter()) == TryAgain("outbox-unwritable")


@pytest.mark.parametrize("address", ["nobody", "a@b\r\nBcc: c@d"])
async def test_what_is_not_an_address_is_not_written(tmp_path: Path, address: str) -> None:
    folder = tmp_path / "outbox"
    assert await OutboxChannel(folder, sender="news@ngo.test").deliver(letter(address)) == GiveUp("invalid-address")
    assert not folder.exists()
