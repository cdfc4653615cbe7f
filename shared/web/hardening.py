"""What every answer tells browsers, beyond its content: run nothing, frame nothing, guess nothing, keep nothing."""

from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ALWAYS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
"""Set where the route has not said otherwise: answers are about people unless they say that they are not."""

PAGE: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
}
"""What pages say otherwise than every other answer: our own style and pictures, forms that come back to us."""

HSTS = "max-age=63072000; includeSubDomains"


class Hardening:
    """Adds the headers to every answer, refusals and health included."""

    def __init__(self, app: ASGIApp, *, behind_tls: bool) -> None:
        """Stand in front of an app; `behind_tls` tells browsers to come by TLS only from now on."""
        self._app = app
        told = dict(ALWAYS) | ({"Strict-Transport-Security": HSTS} if behind_tls else {})
        self._added = [(name.lower().encode(), value.encode()) for name, value in told.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer back with the headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def hardened(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = {name.lower() for name, _ in message["headers"]}
                added = [(name, value) for name, value in self._added if name not in said]
                message["headers"] = [*message["headers"], *added]
            await send(message)

        await self._app(scope, receive, hardened)
