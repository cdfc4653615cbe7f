"""SMS through Twilio. Source: twilio.com/docs/messaging/guides/webhook-request."""

from collections.abc import Sequence
from typing import ClassVar

from services.intake.channels.port import Arrival, Attached, Delivery, Reported, Said
from services.intake.channels.twilio import Twilio, fields_of
from services.intake.channels.untrusted import kept


class Sms(Twilio):
    """A message, or what became of one of ours."""

    name: ClassVar[str] = "sms"
    title: ClassVar[str] = "SMS (Twilio)"

    def parse(self, delivery: Delivery) -> Sequence[Arrival]:
        """Return the message or the status."""
        form = fields_of(delivery)
        key = form.get("MessageSid") or form.get("SmsMessageSid") or form.get("SmsSid")
        state = form.get("MessageStatus") or form.get("SmsStatus")
        if not key:
            return [kept(form)]
        if state and state != "received" and "Body" not in form:
            return [Reported(key=f"{key}/{state}", of=key, state=state)]
        files = tuple(
            Attached(kind="media", source=value, media_type=form.get(name.replace("Url", "ContentType")))
            for name, value in sorted(form.items())
            if name.startswith("MediaUrl")
        )
        text = "\n".join(filter(None, (*("[media]" for _ in files), form.get("Body"))))
        return [Said(key=key, text=text, sender=form.get("From"), to=form.get("To"), attachments=files)]
