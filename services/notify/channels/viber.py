"""Viber by its REST bot API, which answers 200 whatever happened and says in the body what did."""

from dataclasses import dataclass, field

from services.notify.channels.calling import Answered, Api, judged, number_at, word_at
from services.notify.channels.port import Letter
from services.notify.domain import Delivered, GiveUp, Outcome, TryAgain

_OK = 0
_LATER = frozenset({2, 10, 12})
"""Our token, a webhook that is not set, too many requests: set right or over before long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ViberChannel:
    """Sends as one bot under a plain name."""

    api: Api
    token: str = field(repr=False)
    name: str

    async def deliver(self, letter: Letter) -> Outcome:
        """Send the text; `tracking_data` is the notification's id."""
        body = {
            "receiver": letter.address,
            "min_api_version": 1,
            "sender": {"name": self.name},
            "tracking_data": str(letter.id),
            "type": "text",
            "text": letter.body.strip(),
        }
        return _judge(await self.api.post("/pa/send_message", json=body, headers={"X-Viber-Auth-Token": self.token}))


def _judge(answered: Answered | TryAgain) -> Outcome:
    if isinstance(answered, TryAgain):
        return answered
    status = number_at(answered.body, "status")
    if not answered.is_success or status is None:
        return judged("viber", answered) if not answered.is_success else TryAgain("viber-unreadable")
    if status == _OK:
        return Delivered(word_at(answered.body, "message_token"))
    return TryAgain(f"viber-{status}") if status in _LATER else GiveUp(f"viber-{status}")
