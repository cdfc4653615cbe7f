"""The closed set of refusals. A class carries what it means for HTTP and whether trying again can help."""

from typing import ClassVar


class RedressError(Exception):
    """A refusal that says what is wrong and what to do; never holds personal data."""

    slug: ClassVar[str] = "error"
    title: ClassVar[str] = "The request could not be carried out"
    status: ClassVar[int] = 500
    retry: ClassVar[bool] = False

    def __init__(self, detail: str, **fields: object) -> None:
        """Take the sentence for the caller and the machine-readable members of the problem document."""
        super().__init__(detail)
        self.detail = detail
        self.fields = fields


class InvalidError(RedressError):
    """The input breaks a rule of its own; `field` names it."""

    slug, title, status = "invalid", "A field breaks a rule", 422


class MalformedError(RedressError):
    """The bytes are not what the content type says."""

    slug, title, status = "malformed", "The request could not be read", 400


class UnauthenticatedError(RedressError):
    """Nobody is known behind the request."""

    slug, title, status = "unauthenticated", "A key is needed", 401


class ForbiddenError(RedressError):
    """The caller is known but may not do this."""

    slug, title, status = "forbidden", "Not allowed for this key", 403


class NotFoundError(RedressError):
    """There is no such thing, or the caller may not know of it."""

    slug, title, status = "not-found", "Not found", 404


class GateClosedError(RedressError):
    """A rule of the grievance procedure stands in the way.

    `gate` names the rule, `opens` says what would open it.
    """

    slug, title, status = "gate-closed", "A gate of the procedure is closed", 409

    def __init__(self, gate: str, detail: str, *, opens: str) -> None:
        """Name the gate, say why it is closed and what opens it."""
        super().__init__(detail, gate=gate, opens=opens)
        self.gate = gate


class ConflictError(RedressError):
    """Somebody else changed the thing first; read again and decide again."""

    slug, title, status = "conflict", "Changed by somebody else meanwhile", 409


class PreconditionError(RedressError):
    """`If-Match` names a version that is no longer the current one.

    409 like every other conflict, though RFC 9110 (13.1.1) would also allow 412: who lost has one answer to handle.
    """

    slug, title, status = "version-mismatch", "The version has moved on", 409


class TooLargeError(RedressError):
    """The body is over the limit."""

    slug, title, status = "too-large", "The body is too large", 413


class UnsupportedMediaError(RedressError):
    """The content type is not one this route reads."""

    slug, title, status = "unsupported-media-type", "Content type not understood", 415


class TooManyError(RedressError):
    """The caller is over its rate; `retry_after` is in seconds."""

    slug, title, status, retry = "too-many-requests", "Too many requests", 429, True


class TryLaterError(RedressError):
    """The store cannot take it now; nothing was stored; the same request may go through later."""

    slug, title, status, retry = "try-later", "Temporarily unavailable", 503, True


class BehindError(RedressError):
    """The view has not yet reached the position asked for."""

    slug, title, status, retry = "view-behind", "The view has not caught up yet", 504, True


class PoisonError(RedressError):
    """A heard event can never be handled as it is; it is parked with the later ones of its stream."""

    slug, title, status = "poison", "The event cannot be handled", 500


class CorruptRecordError(RedressError):
    """Stored bytes do not read back as the event they are said to be."""

    slug, title, status = "corrupt-record", "A stored record cannot be read", 500


class SettingsError(RedressError):
    """The process is set up in a way that cannot work; it says which setting."""

    slug, title, status = "settings", "A setting is wrong", 500
