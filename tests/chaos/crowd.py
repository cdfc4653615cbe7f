"""People before several replicas: besides messages and cases, somebody accepts the reports that come of messages."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.chaos.load import MESSAGES, PAUSE, People

REPORTS = "/intake/v1/reports"
NOT_YET = {404, 503, 504}


@dataclass(slots=True)
class Crowd(People):
    """Senders, handlers and one who accepts."""

    accepted: dict[str, str] = field(default_factory=dict)
    """Report id -> the case that was promised for it."""

    async def accept_reports(self) -> None:
        """Accept the report of one message after the other, as soon as it is shown."""
        looked_at = 0
        for _ in self.until_leaving():
            names = list(self.told.messages)
            if looked_at < len(names):
                await self._accept_report_of(self.told.messages[names[looked_at]][0])
                looked_at += 1
            await asyncio.sleep(self.pause)

    async def look(self, path: str, **query: Any) -> Any:
        """Ask until there is an answer; None when there is none because it is time to leave."""
        headers = {"Authorization": f"Bearer {self.handler}"}
        while not self.leaving.is_set():
            try:
                answer = await self.http.get(path, params=query, headers=headers)
            except httpx.TransportError:
                await asyncio.sleep(PAUSE)
                continue
            if answer.status_code not in NOT_YET:
                assert answer.is_success, (path, answer.status_code, answer.text)
                return answer.json()
            await asyncio.sleep(self.pause)
        return None

    async def _accept_report_of(self, message_id: str) -> None:
        report = None
        while report is None:
            shown = await self.look(f"{MESSAGES}/{message_id}")
            if shown is None:
                return
            report = shown["report_id"]
            await asyncio.sleep(PAUSE)
        if report not in self.accepted:
            body = {"country": "TH", "issues": ["DOC-RET"], "language": "my"}
            answer = await self.command(f"{REPORTS}/{report}/accept", body, once=f"accept-{report}")
            self.accepted[report] = answer.json()["case_id"]
