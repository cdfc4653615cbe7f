"""Forms of our own pages and of nobody else's: what a form sends back fits a cookie that other sites cannot read."""

import hashlib
import hmac
import secrets

from fastapi import Request, Response

from shared.errors import ForbiddenError

FORM_COOKIE = "redress_form"
"""Holds a random value while nobody is signed in; afterwards the session stands for it."""


def new_nonce() -> str:
    """Return a fresh value for the cookie."""
    return secrets.token_urlsafe(32)


def nonce_of(request: Request) -> str:
    """Return the value that this browser holds, or a fresh one."""
    return request.cookies.get(FORM_COOKIE) or new_nonce()


def hand_out(answer: Response, request: Request, nonce: str, seconds: int = 12 * 3600) -> None:
    """Let the browser that gets this answer hold the value, out of reach of scripts and of other sites."""
    secure = bool(request.app.state.behind_tls) or request.url.scheme == "https"
    answer.set_cookie(FORM_COOKIE, nonce, max_age=seconds, httponly=True, samesite="strict", secure=secure, path="/")


def form_token(secret: str) -> str:
    """Return what a form carries for the holder of this cookie; the cookie cannot be read from it."""
    return hashlib.sha256(b"form\x1f" + secret.encode("utf-8", "surrogatepass")).hexdigest()


def demand_own_form(request: Request, cookie: str, sent: str) -> None:
    """Pass when the form was made for the browser that sends it, or raise a `ForbiddenError`."""
    held = request.cookies.get(cookie, "")
    if not held or not hmac.compare_digest(form_token(held).encode(), sent.encode("utf-8", "surrogatepass")):
        raise ForbiddenError("This form is not from a page of ours, or is too old. Load the page again.")
