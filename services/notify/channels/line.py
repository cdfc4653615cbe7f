"""LINE by its Messaging API. The notification's id is the retry key, so LINE itself sees to it that nothing repeats."""

from dataclasses import dataclass, field
from http import HTTPStatus

from services.notify.channels.calling import Answered, Api, judged, word_at
from services.notify.channels.port import Letter
from services.notify.domain import Delivered, Outcome, TryAgain


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChannel:
    """Pushes as one bot."""

    api: Api
    token: str = field(repr=False)

    async def deliver(self, letter: Letter) -> Outcome:
        """Push the text; that it was taken at an earlier attempt is as good as now."""
        body = {"to": letter.address, "messages": [{"type": "text", "text": letter.body.strip()}]}
        headers = {"Authorization": f"Bearer {self.token}", "X-Line-Retry-Key": str(letter.id)}
        return _judge(await self.api.post("/v2/bot/message/push", json=body, headers=headers))


def _judge(answered: Answered | TryAgain) -> Outcome:
    if isinstance(answered, TryAgain):
        return answered
    if answered.is_success or answered.status == HTTPStatus.CONFLICT:
        return Delivered(word_at(answered.body, "sentMessages", 0, "id"))
    return judged("line", answered)
