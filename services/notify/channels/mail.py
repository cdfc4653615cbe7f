"""A letter as an e-mail, the same bytes whether it is sent or written to the outbox."""

from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from services.notify.channels.port import Letter


class AddressRefusedError(ValueError):
    """What is given as an address is not exactly one plain mail address."""


def compose(letter: Letter, sender: str) -> EmailMessage:
    """Write the e-mail, or raise `AddressRefusedError`; no header can hold more than what is meant for it."""
    message = EmailMessage(policy=SMTP)
    message["From"] = _address(sender)
    message["To"] = _address(letter.address)
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = format_datetime(letter.queued_at)
    message["Message-ID"] = message_id(letter, sender)
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = letter.language
    message.set_content(letter.body, charset="utf-8", cte="base64")
    return message


def message_id(letter: Letter, sender: str) -> str:
    """Return the Message-ID: the same at every attempt, so that a mailbox can see a duplicate."""
    return f"<{letter.id}@{sender.rpartition('@')[2]}>"


def _address(text: str) -> Address:
    # The parser unfolds and forgives; a letter goes to exactly the address that was given, or nowhere.
    try:
        address = Address(addr_spec=text)
    except (MessageError, ValueError, IndexError) as error:
        raise AddressRefusedError("not a mail address") from error
    if address.addr_spec != text or not address.domain or any(sign.isspace() for sign in text):
        raise AddressRefusedError("not a mail address")
    return address
