"""Mail over SMTP, against real servers."""

import pytest

from services.notify.channels.smtp import SmtpChannel
from services.notify.domain import Delivered, GiveUp, Outcome, TryAgain
from tests.unit.notify.given import letter
from tests.unit.notify.servers import LOOPBACK, Postbox, hang_up, mail_server, raw_server, silence, unused_port


def channel(port: int, **changes: str) -> SmtpChannel:
    words = {"sender": "news@ngo.test", "tls": "none"} | changes
    return SmtpChannel(host=LOOPBACK, port=port, timeout=0.3, **words)  # type: ignore[arg-type]  # words of a test


@pytest.mark.parametrize(
    ("postbox", "outcome"),
    [
        (Postbox(), Delivered(f"<{letter().id}@ngo.test>")),
        (Postbox(recipient="550 5.1.1 aye@example.org unknown"), GiveUp("smtp-5xx-permanent")),
        (Postbox(recipient="450 4.2.1 try later"), TryAgain("smtp-4xx")),
        (Postbox(content="554 5.6.0 refused"), GiveUp("smtp-5xx-permanent")),
        (Postbox(content="452 4.3.1 full"), TryAgain("smtp-4xx")),
    ],
    ids=["taken", "unknown recipient", "greylisted", "text refused", "mailbox full"],
)
async def test_what_the_server_says_decides(postbox: Postbox, outcome: Outcome) -> None:
    async with mail_server(postbox) as port:
        assert await channel(port).deliver(letter()) == outcome


async def test_a_letter_arrives_whole_and_well_formed() -> None:
    postbox = Postbox()
    async with mail_server(postbox) as port:
        await channel(port).deliver(letter())
    (mail,) = postbox.mails
    assert mail["Subject"] == letter().subject
    assert mail.get_content().replace("\r\n", "\n") == letter().body
    assert mail["From"] == "news@ngo.test"
    assert mail["To"] == "aye@example.org"
    assert mail["Message-ID"] == f"<{letter().id}@ngo.test>"
    assert mail["Date"].datetime == letter().queued_at
    assert mail.defects == []
    assert postbox.envelopes[0].rcpt_tos == ["aye@example.org"]


async def test_nobody_listens() -> None:
    assert await channel(await unused_port()).deliver(letter()) == TryAgain("connect")


async def test_the_server_hangs_up() -> None:
    async with raw_server(hang_up) as port:
        assert await channel(port).deliver(letter()) == TryAgain("connect")


async def test_the_server_never_speaks() -> None:
    async with raw_server(silence) as port:
        assert await channel(port).deliver(letter()) == TryAgain("timeout")


async def test_a_server_without_tls_gets_nothing_when_tls_is_demanded() -> None:
    postbox = Postbox()
    async with mail_server(postbox) as port:
        assert await channel(port, tls="starttls").deliver(letter()) == TryAgain("smtp-protocol")
    assert postbox.mails == []


@pytest.mark.parametrize(
    ("password", "outcome"),
    [("right", Delivered(f"<{letter().id}@ngo.test>")), ("wrong", TryAgain("smtp-authentication"))],
)
async def test_a_wrong_password_is_our_fault_and_tried_again(password: str, outcome: Outcome) -> None:
    async with mail_server(Postbox(), password="right") as port:
        assert await channel(port, user="mailer", password=password).deliver(letter()) == outcome


@pytest.mark.parametrize(
    "address",
    [
        "aye@example.org\r\nBcc: all@example.com",
        "aye@example.org\nBcc: all@example.com",
        "aye@example.org, all@example.com",
        "Aye <aye@example.org>",
        "aye@example.org ",
        "aye",
        "aye@",
        "@example.org",
        "",
        "อาย@example.org",
        "aye@example.org>\r\nDATA",
    ],
)
async def test_what_is_not_one_plain_address_gets_nothing(address: str) -> None:
    postbox = Postbox()
    async with mail_server(postbox) as port:
        assert await channel(port).deliver(letter(address)) == GiveUp("invalid-address")
    assert postbox.mails == []


async def test_a_subject_cannot_become_a_header() -> None:
    postbox = Postbox()
    async with mail_server(postbox) as port:
        await channel(port).deliver(letter(subject="News\r\nBcc: all@example.com"))
    (mail,) = postbox.mails
    assert mail["Bcc"] is None
    assert mail["Subject"] == "News Bcc: all@example.com"


def test_the_password_is_not_in_what_is_printed() -> None:
    assert "hunter2" not in repr(channel(25, user="mailer", password="hunter2"))
