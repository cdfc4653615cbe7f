"""Limits on what comes in: so many requests at once, and so many bytes each, refused before they cost anything."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import TooLargeError, TryLaterError
from shared.web.problems import problem

MAX_BODY = 4 * 1024 * 1024
"""Bytes; the largest provider batch is 3 MB."""
MOST_AT_ONCE = 400
"""Requests in hand; at 2,000 a second the last of them waits a fifth of a second."""


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


class Traffic:
    """How many requests are in hand just now."""

    inside = 0


class Admission:
    """Lets in so many requests at once; one more is told at once to come back, before it costs anything.

    What was let in is answered; so an overload slows nobody down but those who are sent away.
    """

    def __init__(self, app: ASGIApp, traffic: Traffic, most: int = MOST_AT_ONCE) -> None:
        """Stand in front of an app and count in `traffic`."""
        self._app = app
        self._most = most
        self._traffic = traffic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or send it away with 503 and `Retry-After`."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._traffic.inside >= self._most:
            detail = "Too much at once; nothing was stored. Try again shortly."
            refusal = problem(TryLaterError.status, TryLaterError.slug, TryLaterError.title, detail)
            await refusal(scope, receive, send)
            return
        self._traffic.inside += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._traffic.inside -= 1
