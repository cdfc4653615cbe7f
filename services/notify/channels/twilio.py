"""Texts and calls by Twilio's REST API (2010-04-01). It takes no idempotency key: a crash may send a text twice."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from services.notify.channels.calling import Answered, Api, judged, number_at, word_at
from services.notify.channels.port import Letter
from services.notify.domain import Delivered, GiveUp, Outcome, TryAgain

_STOPPED = 21610
_BUSY = frozenset({20429, 14107, 30001})
"""Too many requests, too many messages, a full queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioSms:
    """Sends texts from `sender`, a number or the SID of a messaging service."""

    api: Api
    account: str
    token: str = field(repr=False)
    sender: str

    async def deliver(self, letter: Letter) -> Outcome:
        """Send the text."""
        origin = "MessagingServiceSid" if self.sender.startswith("MG") else "From"
        form = {"To": letter.address, origin: self.sender, "Body": letter.body.strip()}
        path = f"/2010-04-01/Accounts/{self.account}/Messages.json"
        return _judge(await self.api.post(path, data=form, auth=(self.account, self.token)))


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioVoice:
    """Calls and plays the recorded prompt of the person's language; `prompts`: language -> address of the sound."""

    api: Api
    account: str
    token: str = field(repr=False)
    sender: str
    prompts: Mapping[str, str]

    async def deliver(self, letter: Letter) -> Outcome:
        """Place the call."""
        prompt = self.prompts.get(letter.language)
        if prompt is None:
            return GiveUp("no-prompt-in-this-language")
        form = {
            "To": letter.address,
            "From": self.sender,
            "Twiml": f"<Response><Play>{escape(prompt)}</Play></Response>",
        }
        path = f"/2010-04-01/Accounts/{self.account}/Calls.json"
        return _judge(await self.api.post(path, data=form, auth=(self.account, self.token)))


def _judge(answered: Answered | TryAgain) -> Outcome:
    if isinstance(answered, TryAgain):
        return answered
    if answered.is_success:
        return Delivered(word_at(answered.body, "sid"))
    code = number_at(answered.body, "code")
    return GiveUp("opted-out") if code == _STOPPED else judged("twilio", answered, code, _BUSY)
