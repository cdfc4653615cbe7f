"""Calls through Twilio: that somebody called, what they pressed, what was recorded and written down.

Source: twilio.com/docs/voice/twiml, requests of Gather and Record.
"""

from collections.abc import Sequence
from typing import ClassVar

from services.intake.channels.port import Arrival, Attached, Delivery, Said
from services.intake.channels.twilio import Twilio, fields_of
from services.intake.channels.untrusted import kept


class Voice(Twilio):
    """Each step of a call is a message of its own; one sender's join one report."""

    name: ClassVar[str] = "voice"
    title: ClassVar[str] = "Calls (Twilio)"

    def parse(self, delivery: Delivery) -> Sequence[Arrival]:
        """Return the step of the call."""
        form = fields_of(delivery)
        call = form.get("CallSid")
        if not call:
            return [kept(form)]
        key, text = _step(form, call, delivery.headers.get("i-twilio-idempotency-token", ""))
        outbound = form.get("Direction", "").startswith("outbound")
        sender, to = (form.get("To"), form.get("From")) if outbound else (form.get("From"), form.get("To"))
        recorded = form.get("RecordingUrl") if key == form.get("RecordingSid") else None
        files = (Attached(kind="recording", source=recorded),) if recorded else ()
        return [Said(key=key, text=text, sender=sender, to=to, attachments=files)]


def _step(form: dict[str, str], call: str, once: str) -> tuple[str, str]:
    # The same digit pressed twice is said twice; `once` is what a retry repeats.
    if "TranscriptionText" in form:
        return form.get("TranscriptionSid", f"{call}/written"), form["TranscriptionText"]
    if "RecordingSid" in form:
        return form["RecordingSid"], "[recording]"
    if "SpeechResult" in form:
        return f"{call}/speech/{form['SpeechResult']}{once}", form["SpeechResult"]
    if "Digits" in form:
        return f"{call}/digits/{form['Digits']}{once}", f"[digits {form['Digits']}]"
    state = form.get("CallStatus", "")
    return f"{call}/{state}", f"[call {state}]"
