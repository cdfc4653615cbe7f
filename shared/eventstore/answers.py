"""The answer kept under an idempotency key, so that a repeated request is answered as it was the first time."""

import msgspec

from shared.errors import InvalidError
from shared.eventstore.store import Written

encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Written).decode


def repeated(kept_fingerprint: str | None, answer: bytes, fingerprint: str | None) -> Written:
    """Return the kept answer; an `InvalidError` when the key was used for another request."""
    if kept_fingerprint != fingerprint:
        raise InvalidError(
            "This Idempotency-Key was used for another request; take a new one.", field="Idempotency-Key"
        )
    return msgspec.structs.replace(_decode(answer), repeated=True)
