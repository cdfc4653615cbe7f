"""One connection that is kept for many requests, so that callers load the system and not the network."""

import http.client
import json
from typing import Any

from tests.process.serving import System

GONE = (OSError, http.client.HTTPException)
"""What a caller sees when the system is killed."""


class Caller:
    """Speaks to a running system with the admin key."""

    def __init__(self, system: System) -> None:
        """Connect."""
        self._key = system.key
        self._http = http.client.HTTPConnection("127.0.0.1", system.port, timeout=30)

    def ask(
        self, method: str, path: str, body: object = None, *, wait: str | None = None, purpose: str | None = None
    ) -> tuple[int, Any]:
        """Send one request and return status and decoded answer; `wait` is a position token to wait for."""
        sent = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        if wait is not None:
            sent["Redress-Wait-For"] = wait
        if purpose is not None:
            sent["Redress-Purpose"] = purpose
        self._http.request(method, path, None if body is None else json.dumps(body), sent)
        answer = self._http.getresponse()
        return answer.status, json.loads(answer.read())

    def close(self) -> None:
        """Hang up."""
        self._http.close()
