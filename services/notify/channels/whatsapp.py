"""WhatsApp by the Cloud API of Meta. Outside the 24 hours after a person wrote, only approved templates are taken."""

from dataclasses import dataclass, field
from typing import Any

from services.notify.channels.calling import Answered, Api, judged, number_at, word_at
from services.notify.channels.port import Letter
from services.notify.domain import Delivered, GiveUp, Outcome, TryAgain

_BUSY = frozenset({4, 80007, 130429, 131016, 131048, 131056})
"""Limits of the app, the account, the number or the pair, and a service that is overloaded."""
_UNREACHED = frozenset({131026, 131030, 131047, 131051})


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatsAppChannel:
    """Sends as the number `phone_number_id`. `template` is approved by Meta and has one gap: the text's first line."""

    api: Api
    token: str = field(repr=False)
    phone_number_id: str
    template: str
    version: str = "v21.0"

    async def deliver(self, letter: Letter) -> Outcome:
        """Send the text, within 24 hours of the person's own message as it is, otherwise in the template."""
        content = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": letter.address}
        body = content | (self._text(letter) if letter.is_in_conversation else self._template(letter))
        path = f"/{self.version}/{self.phone_number_id}/messages"
        return _judge(await self.api.post(path, json=body, headers={"Authorization": f"Bearer {self.token}"}))

    @staticmethod
    def _text(letter: Letter) -> dict[str, Any]:
        return {"type": "text", "text": {"preview_url": False, "body": letter.body.strip()}}

    def _template(self, letter: Letter) -> dict[str, Any]:
        gap = {"type": "text", "text": letter.subject}
        filled = [{"type": "body", "parameters": [gap]}]
        return {
            "type": "template",
            "template": {"name": self.template, "language": {"code": letter.language}, "components": filled},
        }


def _judge(answered: Answered | TryAgain) -> Outcome:
    if isinstance(answered, TryAgain):
        return answered
    if answered.is_success:
        return Delivered(word_at(answered.body, "messages", 0, "id"))
    code = number_at(answered.body, "error", "code")
    return GiveUp(f"whatsapp-unreached-{code}") if code in _UNREACHED else judged("whatsapp", answered, code, _BUSY)
