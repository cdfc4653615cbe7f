"""Messenger by the Send API of Meta, to the page-scoped id of a person."""

from dataclasses import dataclass, field

from services.notify.channels.calling import Answered, Api, judged, number_at, word_at
from services.notify.channels.port import Letter
from services.notify.domain import Delivered, Outcome, TryAgain

_BUSY = frozenset({4, 32, 613, 1200})
"""Limits of the app, the page or the account, and what Meta itself calls temporary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessengerChannel:
    """Sends as a page. Outside the 24 hours after a person wrote, a text is an update of their own account."""

    api: Api
    token: str = field(repr=False)
    version: str = "v21.0"

    async def deliver(self, letter: Letter) -> Outcome:
        """Send the text."""
        kind = (
            {"messaging_type": "RESPONSE"}
            if letter.is_in_conversation
            else {"messaging_type": "MESSAGE_TAG", "tag": "ACCOUNT_UPDATE"}
        )
        body = {"recipient": {"id": letter.address}, **kind, "message": {"text": letter.body.strip()}}
        headers = {"Authorization": f"Bearer {self.token}"}
        return _judge(await self.api.post(f"/{self.version}/me/messages", json=body, headers=headers))


def _judge(answered: Answered | TryAgain) -> Outcome:
    if isinstance(answered, TryAgain):
        return answered
    if answered.is_success:
        return Delivered(word_at(answered.body, "message_id"))
    return judged("messenger", answered, number_at(answered.body, "error", "code"), _BUSY)
