"""Inbound e-mail: as Postmark posts it, or a whole message in MIME.

Source: postmarkapp.com, inbound webhook; RFC 5322.
"""

import base64
import binascii
import email
import email.errors
import email.policy
import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from email.message import EmailMessage
from typing import Any, ClassVar, cast

from services.intake.channels.port import Account, Arrival, Attached, Delivery, Said, Webhook
from services.intake.channels.untrusted import at, by_basic, items, json_of, kept, moment, word
from shared.errors import MalformedError

LONGEST_HEADER = 2000
MOST_HEADERS = 64 * 1024
"""Signs of the headers of one mail that are read: whoever may write to us chose them, and long ones take minutes."""


def _bounded() -> email.policy.EmailPolicy:
    """Return a policy for one mail: it reads headers until there are too many."""
    signs = 0

    class Bounded(email.policy.EmailPolicy):
        def header_fetch_parse(self, name: str, value: str) -> Any:
            nonlocal signs
            signs += len(value)
            if len(value) > LONGEST_HEADER or signs > MOST_HEADERS:
                raise MalformedError("The headers of the mail are too long.")
            return super().header_fetch_parse(name, value)

    return Bounded()


class Mail(Webhook):
    """Known by `Message-ID`; vouched for by the password in the address that the provider calls."""

    name: ClassVar[str] = "email"
    title: ClassVar[str] = "E-mail"

    def verify(self, delivery: Delivery, account: Account, now: datetime) -> bool:  # noqa: ARG002 - no time is signed
        """Check the shared secret."""
        return by_basic(delivery, account)

    def parse(self, delivery: Delivery) -> Sequence[Arrival]:
        """Return the mail as one message."""
        if delivery.headers.get("content-type", "").startswith(("message/rfc822", "text/plain")):
            return [_mime(delivery.raw)]
        tree = json_of(delivery.raw)
        headers = {word(one, "Name"): word(one, "Value") for one in items(tree, "Headers")}
        key = headers.get("Message-ID") or word(tree, "MessageID")
        body = word(tree, "StrippedTextReply") or word(tree, "TextBody") or word(tree, "HtmlBody")
        files = tuple(_posted(one) for one in items(tree, "Attachments"))
        shown = ["[attachment]" for _ in files]
        text = "\n".join(filter(None, (word(tree, "Subject"), body, *shown)))
        if not key or not text:
            return [kept(tree)]
        sender = word(tree, "FromFull", "Email") or word(tree, "From")
        return [Said(key=key, text=text, sender=sender, at=moment(at(tree, "Date")), attachments=files)]


def _posted(one: Any) -> Attached:
    try:
        content = base64.b64decode(word(one, "Content") or "", validate=True)
    except (binascii.Error, ValueError):
        content = b""
    return Attached(kind="attachment", content=content, media_type=word(one, "ContentType"), name=word(one, "Name"))


def _parts(message: EmailMessage) -> Iterator[Attached]:
    for part in message.iter_attachments():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            yield Attached(
                kind="attachment", content=content, media_type=part.get_content_type(), name=part.get_filename()
            )


def _mime(raw: bytes) -> Arrival:
    try:
        message = cast("EmailMessage", email.message_from_bytes(raw, policy=_bounded()))
        body = message.get_body(("plain", "html"))
        told = str(body.get_content()) if body else ""
        files = tuple(_parts(message))
        subject, sender, key = (str(message.get(name, "")) for name in ("Subject", "From", "Message-ID"))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, email.errors.MessageError):
        raise MalformedError("The mail cannot be read.") from None
    shown = "\n".join("[attachment]" for _ in files)
    text = f"{subject}\n{told}\n{shown}".replace("\x00", "").encode("utf-8", "replace").decode().strip()
    if not text:
        raise MalformedError("The mail is empty.")
    return Said(key=key.strip() or hashlib.sha256(raw).hexdigest(), text=text, sender=sender or None, attachments=files)
