"""Which files a respondent may hand in: by their first bytes, and nothing that could be run."""

from shared.errors import UnsupportedMediaError
from shared.sniffing import media_type as sniffed

MOST_BYTES = 2_500_000
_TAKEN = frozenset({"application/pdf", "image/png", "image/jpeg", "text/plain"})


def media_type(content: bytes) -> str:
    """Return the media type: PDF, PNG, JPEG or plain text; an `UnsupportedMediaError` for everything else."""
    found = sniffed(content)
    if found not in _TAKEN:
        raise UnsupportedMediaError("A file is a PDF, a PNG or JPEG picture, or plain text.")
    return found
