"""What a file is by its first bytes, whatever it is called."""

OCTETS = "application/octet-stream"

_STARTS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", "application/pdf"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypmif1", "image/heic"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftyp3g", "video/3gpp"),
    (4, b"ftyp", "video/mp4"),
    (0, b"OggS", "audio/ogg"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (8, b"WAVE", "audio/wav"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"PK\x03\x04", "application/zip"),
)
_RUNS = (b"<script", b"<html", b"<svg", b"<?xml", b"<!doctype", b"#!")


def media_type(content: bytes) -> str:
    """Return the media type of known pictures, recordings, documents and plain text; `OCTETS` for the rest."""
    for start, mark, found in _STARTS:
        if content.startswith(mark, start):
            return found
    return "text/plain" if is_harmless_text(content) else OCTETS


def is_harmless_text(content: bytes) -> bool:
    """Whether it is text that nothing would run or draw."""
    head = content[:2048].lower()
    if any(mark in head for mark in _RUNS):
        return False
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return False
    return all(letter.isprintable() or letter in "\r\n\t" for letter in text)
