"""Mail over SMTP, one connection per letter."""

import asyncio
from dataclasses import dataclass, field
from typing import Literal

import aiosmtplib

from services.notify.channels.mail import AddressRefusedError, compose, message_id
from services.notify.channels.port import Letter
from services.notify.domain import Delivered, GiveUp, Outcome, TryAgain


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpChannel:
    """Hands letters to a mail server. `timeout`, in seconds, bounds the whole of one delivery."""

    host: str
    port: int
    sender: str
    tls: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: float = 20

    async def deliver(self, letter: Letter) -> Outcome:
        """Send the letter; what the server refuses for good is given up, everything else may be tried again."""
        try:
            async with asyncio.timeout(self.timeout):
                return await self._send(letter)
        except (AddressRefusedError, aiosmtplib.SMTPException, OSError) as error:
            return _judge(error)

    async def _send(self, letter: Letter) -> Outcome:
        await aiosmtplib.send(
            compose(letter, self.sender),
            sender=self.sender,
            recipients=[letter.address],
            hostname=self.host,
            port=self.port,
            username=self.user,
            password=self.password,
            local_hostname=self.sender.rpartition("@")[2],
            use_tls=self.tls == "tls",
            start_tls=self.tls == "starttls",
            timeout=self.timeout,
        )
        return Delivered(message_id(letter, self.sender))


_FAILURES: tuple[tuple[type[Exception], Outcome], ...] = (
    (AddressRefusedError, GiveUp("invalid-address")),
    (TimeoutError, TryAgain("timeout")),
    (OSError, TryAgain("connect")),
)


def _judge(error: Exception) -> Outcome:
    match error:
        case aiosmtplib.SMTPAuthenticationError():
            # The recipient is not to blame: our password is wrong and may be set right before the next attempt.
            return TryAgain("smtp-authentication")
        case aiosmtplib.SMTPResponseException(code=code):
            return _refused(code)
        case aiosmtplib.SMTPRecipientsRefused(recipients=recipients):
            return _refused(max(refusal.code for refusal in recipients))
        case _:
            known = (outcome for kind, outcome in _FAILURES if isinstance(error, kind))
            return next(known, TryAgain("smtp-protocol"))


def _refused(code: int) -> Outcome:
    permanent = 500 <= code < 600  # noqa: PLR2004 - RFC 5321, 4.2.1
    return GiveUp("smtp-5xx-permanent") if permanent else TryAgain("smtp-4xx")
