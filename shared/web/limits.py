"""Limits on what comes in: bodies over the size are refused before they are read, declared or not."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import TooLargeError
from shared.web.problems import problem

MAX_BODY = 4 * 1024 * 1024
"""Bytes; the largest provider batch is 3 MB."""


class BodyLimit:
    """Refuses a body of more than `limit` bytes with 413, also when its length was not declared."""

    def __init__(self, app: ASGIApp, limit: int = MAX_BODY) -> None:
        """Stand in front of an app."""
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = next((value for name, value in scope["headers"] if name == b"content-length"), None)
        if declared is not None and (not declared.isdigit() or int(declared) > self._limit):
            await self._refusal()(scope, receive, send)
            return
        if declared is not None or scope["method"] in {"GET", "HEAD"}:
            await self._app(scope, receive, send)
            return
        await self._counted(scope, receive, send)

    async def _counted(self, scope: Scope, receive: Receive, send: Send) -> None:
        chunks: list[Message] = []
        size = 0
        while True:
            message = await receive()
            chunks.append(message)
            size += len(message.get("body", b""))
            if size > self._limit:
                await self._refusal()(scope, receive, send)
                return
            if message["type"] != "http.request" or not message.get("more_body", False):
                break
        waiting = iter(chunks)

        async def replay() -> Message:
            return next(waiting, None) or await receive()

        await self._app(scope, replay, send)

    def _refusal(self) -> ASGIApp:
        detail = f"A body may have up to {self._limit} bytes; nothing was stored. Send less at once."
        return problem(TooLargeError.status, TooLargeError.slug, TooLargeError.title, detail)
