"""People who go on whatever happens: each sends one thing after the other, and again what was not acknowledged."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx

CASES = "/cases/v1/cases"
MESSAGES = "/intake/v1/messages"
TRIAGE = {"issues": ["REC-FEE"], "admissible": True, "admissibility_reason": "Ours.", "danger_now": False}
CLOSE = {"reason": "referred", "explanation": "The union takes it up."}
PAUSE = 0.02
LATER = {503, 504}
"""Answers that say: nothing is wrong with what you ask, ask again."""


@dataclass(slots=True)
class Acknowledged:
    """What the system said is on record, and how often it was killed before it could say so."""

    messages: dict[str, tuple[str, str]] = field(default_factory=dict)
    """The sender's own id -> message id and receipt."""
    cases: dict[str, list[int]] = field(default_factory=dict)
    """Case id -> the version that each command answered with."""
    cut_off: int = 0
    """Requests that were under way when the system was killed."""
    repeated: int = 0
    """Resent messages that were on record already: the answer was lost, the message was not."""


@dataclass(slots=True)
class People:
    """Several senders and handlers at one system."""

    http: httpx.AsyncClient
    handler: str
    second: str
    told: Acknowledged = field(default_factory=Acknowledged)
    leaving: asyncio.Event = field(default_factory=asyncio.Event)
    pause: float = PAUSE
    """Seconds that each of them rests between two things."""

    async def send_messages(self, name: str) -> None:
        """Send messages of seven senders, each once it is known that the one before is on record."""
        for number in self.until_leaving():
            message = {
                "channel": "app",
                "account": "chaos",
                "external_id": f"{name}-{number}",
                "sender": f"{name}-{number % 7}",
                "text": f"Message {number} of {name}.",
            }
            answer = await self.command(MESSAGES, message)
            self.told.repeated += answer.status_code == 200
            taken = answer.json()
            self.told.messages[message["external_id"]] = (taken["message_id"], taken["receipt"])
            await asyncio.sleep(self.pause)

    async def handle_cases(self, name: str) -> None:
        """Take case after case from its opening to its end; another person closes it."""
        for number in self.until_leaving():
            opening = {"channel": "hotline", "language": "th", "summary": f"Case {number} of {name}."}
            opened = (await self.command(CASES, opening, once=f"{name}-{number}-open")).json()
            versions = self.told.cases.setdefault(opened["case_id"], [])
            versions.append(opened["version"])
            for step, body in (("triage", TRIAGE), ("assign", {"assignee": "admin"}), ("close", CLOSE)):
                key = self.second if step == "close" else self.handler
                path = f"{CASES}/{opened['case_id']}/{step}"
                answer = await self.command(path, body, key=key, once=f"{name}-{number}-{step}")
                versions.append(answer.json()["version"])
            await asyncio.sleep(self.pause)

    async def command(self, path: str, body: Any, *, key: str | None = None, once: str | None = None) -> httpx.Response:
        """Send a command until it is acknowledged; a refusal is a failure of the test."""
        headers = {"Authorization": f"Bearer {key or self.handler}"} | ({"Idempotency-Key": once} if once else {})
        while True:
            try:
                answer = await self.http.post(path, json=body, headers=headers)
            except httpx.TransportError as error:
                self.told.cut_off += not isinstance(error, httpx.ConnectError)
                await asyncio.sleep(PAUSE)
                continue
            if answer.status_code not in LATER:
                assert answer.is_success, (path, answer.status_code, answer.text)
                return answer
            await asyncio.sleep(PAUSE)

    def until_leaving(self) -> Iterator[int]:
        """Count until it is time to leave."""
        for number in count():
            if self.leaving.is_set():
                return
            yield number
