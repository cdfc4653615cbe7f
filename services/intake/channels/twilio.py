"""Twilio: signed forms, answered in TwiML; `sms` and `voice` are read in modules of their own.

Source: twilio.com/docs/usage/security, validating requests; webhook shared keys.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit, urlunsplit

from services.intake.channels.port import Account, Answer, Delivery, Outcome, Source, Webhook
from services.intake.channels.untrusted import form_of, same
from shared.errors import MalformedError

_PORTS = {"https": 443, "http": 80}


class Twilio(Webhook):
    """The signature covers the address that was called: set `url` where a proxy changes it."""

    settings: ClassVar[tuple[str, ...]] = ("secrets", "url", "token")

    def verify(self, delivery: Delivery, account: Account, now: datetime) -> bool:  # noqa: ARG002 - no time is signed
        """Check `X-Twilio-Signature` for the address with and without its port."""
        given = delivery.headers.get("x-twilio-signature", "")
        query = urlsplit(delivery.url).query
        url = f"{account.url}?{query}" if account.url and query else account.url or delivery.url
        try:
            params = b"" if "bodySHA256" in parse_qs(query) else _joined(delivery)
            urls = list(_spellings(url))
        except (MalformedError, ValueError):
            return False
        sha256 = "HMAC_SHA256" in delivery.headers.get("x-twilio-webhooks-signature-settings", "")
        digest = "sha256" if sha256 else "sha1"
        wanted = [
            base64.b64encode(hmac.digest(secret.encode(), one.encode() + params, digest)).decode()
            for secret in account.secrets
            for one in urls
        ]
        return any([same(given, one) for one in wanted]) and _is_body(delivery, parse_qs(query))  # noqa: C419 - every secret is compared, whichever fits

    def source(self, named: str, account: Account) -> Source | None:
        """Fetch with `token`, which is `SID:SECRET`, where there is one: files can be set to be open."""
        if account.token is None:
            return Source(url=named)
        told = base64.b64encode(account.token.encode()).decode()
        return Source(url=named, headers={"Authorization": f"Basic {told}"})

    def answer(self, outcome: Outcome) -> Answer:  # noqa: ARG002 - TwiML says the same to all
        """Return TwiML that does nothing more."""
        return Answer(body=b'<?xml version="1.0" encoding="UTF-8"?><Response/>', media="text/xml")


def _is_body(delivery: Delivery, query: Mapping[str, list[str]]) -> bool:
    told = query.get("bodySHA256")
    return told is None or same(told[0].lower(), hashlib.sha256(delivery.raw).hexdigest())


def _joined(delivery: Delivery) -> bytes:
    if delivery.method == "GET":
        return b""
    fields = form_of(delivery.raw)
    return "".join(f"{name}{value}" for name in sorted(fields) for value in sorted(set(fields[name]))).encode(
        "utf-8", "replace"
    )


def _spellings(url: str) -> Iterator[str]:
    yield url
    parts = urlsplit(url)
    host = parts.hostname or ""
    yield urlunsplit(parts._replace(netloc=host))
    yield urlunsplit(parts._replace(netloc=f"{host}:{parts.port or _PORTS.get(parts.scheme, 443)}"))


def fields_of(delivery: Delivery) -> dict[str, str]:
    """Return the form, or for GET the query, each name once."""
    if delivery.method == "GET":
        return dict(delivery.query)
    return {name: values[0].replace("\x00", "") for name, values in form_of(delivery.raw).items()}
