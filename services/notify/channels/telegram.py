"""Telegram by its Bot API. The token is part of the address that is called, so that address stands in no log."""

from dataclasses import dataclass, field

from services.notify.channels.calling import Answered, Api, judged, number_at, word_at
from services.notify.channels.port import Letter
from services.notify.domain import Delivered, Outcome, TryAgain


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramChannel:
    """Sends as one bot; a text cannot be passed on or kept outside the chat."""

    api: Api
    token: str = field(repr=False)

    async def deliver(self, letter: Letter) -> Outcome:
        """Send the text."""
        body = {"chat_id": letter.address, "text": letter.body.strip(), "protect_content": True}
        return _judge(await self.api.post(f"/bot{self.token}/sendMessage", json=body))


def _judge(answered: Answered | TryAgain) -> Outcome:
    if isinstance(answered, TryAgain):
        return answered
    if answered.is_success:
        return Delivered(word_at(answered.body, "result", "message_id"))
    outcome = judged("telegram", answered)
    asked = number_at(answered.body, "parameters", "retry_after")
    return TryAgain(outcome.cause, asked) if asked and isinstance(outcome, TryAgain) else outcome
