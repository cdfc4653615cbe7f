"""What a file is, by its first bytes: whatever it is called, and nothing that could be run."""

from shared.errors import UnsupportedMediaError

MOST_BYTES = 2_500_000
_STARTS = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
}
_RUNS = (b"<script", b"<html", b"<svg", b"<?xml", b"<!doctype", b"#!")


def media_type(content: bytes) -> str:
    """Return the media type: PDF, PNG, JPEG or plain text; an `UnsupportedMediaError` for everything else."""
    for start, found in _STARTS.items():
        if content.startswith(start):
            return found
    head = content[:2048].lower()
    if not any(mark in head for mark in _RUNS) and _is_text(content):
        return "text/plain"
    raise UnsupportedMediaError("A file is a PDF, a PNG or JPEG picture, or plain text.")


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return False
    return all(letter.isprintable() or letter in "\r\n\t" for letter in text)
