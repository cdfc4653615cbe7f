"""Refusals as RFC 9457 problem documents: a stable `type`, a plain sentence, and which field or gate it was."""

import logging
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from shared.errors import RedressError, TooLargeError, UnauthenticatedError

PROBLEM_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 1

log = logging.getLogger("redress.web")

PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:redress:problem:gate-closed"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "gate": {"type": "string", "examples": ["four-eyes"]},
        "opens": {"type": "string", "examples": ["another person than the handler closes the case"]},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"field": {"type": "string"}, "rule": {"type": "string"}},
            },
        },
    },
}


def problem(status: int, slug: str, title: str, detail: str, fields: dict[str, object] | None = None) -> Response:
    """Return a problem document; a refusal that may pass later carries `Retry-After` in seconds."""
    headers = {}
    if status in {429, 503, 504}:
        headers["Retry-After"] = str((fields or {}).get("retry_after", RETRY_AFTER_SECONDS))
    if status == UnauthenticatedError.status:
        headers["WWW-Authenticate"] = "Bearer"
    body = document(status, slug, title, detail, fields)
    return Response(msgspec.json.encode(body), status, media_type=PROBLEM_TYPE, headers=headers)


def document(
    status: int, slug: str, title: str, detail: str, fields: dict[str, object] | None = None
) -> dict[str, object]:
    """Return the members of a problem document."""
    body = {"type": f"urn:redress:problem:{slug}", "title": title, "status": status, "detail": detail}
    return body | (fields or {})


def document_of(error: RedressError) -> dict[str, object]:
    """Return the problem document of one refusal among several answers."""
    return document(error.status, error.slug, error.title, error.detail, error.fields)


def install(app: FastAPI) -> None:
    """Turn every refusal that leaves a route of this app into a problem document."""
    app.add_exception_handler(RedressError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _plain)
    app.add_exception_handler(Exception, _unforeseen)


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RedressError)  # noqa: S101 - Starlette's signature is wider than its promise
    return problem(error.status, error.slug, error.title, error.detail, error.fields)


async def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - as above
    found = [{"field": ".".join(str(part) for part in entry["loc"]), "rule": entry["msg"]} for entry in error.errors()]
    unreadable = any(entry["type"] == "json_invalid" for entry in error.errors())
    status, slug = (400, "malformed") if unreadable else (422, "invalid")
    names = ", ".join(sorted({entry["field"] for entry in found}))
    detail = f"Nothing was stored. Correct: {names}."
    return problem(status, slug, "The request breaks a rule", detail, {"errors": found})


async def _plain(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - as above
    slugs = {404: "not-found", 405: "method-not-allowed", 400: "malformed", 413: TooLargeError.slug}
    slug = slugs.get(error.status_code, "http")
    return problem(error.status_code, slug, str(error.detail), f"{error.detail}. Nothing was stored.")


async def _unforeseen(request: Request, error: Exception) -> Response:
    # The text of an unforeseen error may quote input, so only its class and place are kept.
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    line = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else "unknown"
    log.error("unforeseen", extra={"error": type(error).__name__, "at": line, "method": request.method})
    return problem(500, "unforeseen", "An error on our side", "Nothing is known to be stored; it was logged.")
