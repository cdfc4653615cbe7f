"""Reading what strangers send: bounded JSON, XML and forms, members that may be missing, secrets in constant time."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl
from xml.parsers import expat

import msgspec

from services.intake.channels.port import Account, Arrival, Delivery, Kept
from shared.errors import MalformedError

DEEPEST = 64
MOST_NODES = 200_000
MOST_FIELDS = 1000
LONGEST_PATH = 4096
MOST_TEXT = 8 * 1024 * 1024
"""Signs that are made of a body: twice what may come in, so that names repeated before each value stay bounded."""
_LATEST = 4_102_444_800
"""The first second of the year 2100: larger numbers are milliseconds."""


def json_of(raw: bytes) -> Any:
    """Return the JSON tree, whole numbers exact; bytes that are no UTF-8 are replaced. Else a `MalformedError`."""
    try:
        tree = msgspec.json.decode(raw.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        raise MalformedError("The body is not JSON.") from None
    level, depth, seen = [tree], 0, 0
    while level:
        depth, seen = depth + 1, seen + len(level)
        if depth > DEEPEST or seen > MOST_NODES:
            raise MalformedError(f"The body is nested deeper than {DEEPEST} or has more than {MOST_NODES} values.")
        level = [one for part in level for one in _parts(part)]
    return tree


def _parts(tree: Any) -> Sequence[Any]:
    if isinstance(tree, dict):
        return list(tree.values())
    return tree if isinstance(tree, list) else ()


def form_of(raw: bytes) -> dict[str, list[str]]:
    """Return the fields of a form with all their values."""
    try:
        pairs = parse_qsl(raw.decode("latin-1"), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="replace")
    except ValueError:
        raise MalformedError("The body is not a form.") from None
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields


class _Texts:
    """Texts by where they stand, each in the pieces in which it came; together no more than `MOST_TEXT` signs."""

    def __init__(self) -> None:
        self._pieces: dict[str, list[str]] = {}
        self._size = 0

    def add(self, where: str, piece: str) -> None:
        self._size += len(piece) + (0 if where in self._pieces else len(where))
        if self._size > MOST_TEXT:
            raise MalformedError("The XML says too much.")
        self._pieces.setdefault(where, []).append(piece)

    def whole(self) -> dict[str, str]:
        joined = {where: "".join(pieces).strip() for where, pieces in self._pieces.items()}
        return {where: text for where, text in joined.items() if text}


def xml_of(raw: bytes) -> dict[str, str]:
    """Return the texts of an XML document by their paths; one with a document type is refused: it has entities."""
    texts = _Texts()
    path: list[str] = []
    seen = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal seen
        seen += 1 + len(attributes)
        path.append(name.rpartition(":")[2])
        if len(path) > DEEPEST or seen > MOST_NODES or sum(map(len, path)) > LONGEST_PATH:
            raise MalformedError("The XML is too deep or too large.")
        for key, value in attributes.items():
            texts.add(f"{'/'.join(path)}@{key}", value)

    def end(_name: str) -> None:
        path.pop()

    def text(part: str) -> None:
        texts.add("/".join(path[1:]), part)

    def refuse(*_: object) -> None:
        raise MalformedError("A document type is not read.")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(raw, True)
    except (expat.ExpatError, ValueError, LookupError):
        raise MalformedError("The body is not XML.") from None
    return texts.whole()


def at(tree: Any, *path: str) -> Any:
    """Return a member of members, or None where there is none."""
    for name in path:
        tree = tree.get(name) if isinstance(tree, dict) else None
    return tree


def word(tree: Any, *path: str) -> str | None:
    """Return a text or whole number as text without NUL and lone surrogates, or None."""
    value = at(tree, *path)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        return None
    return value.replace("\x00", "").encode("utf-8", "replace").decode() or None


def items(tree: Any, *path: str) -> list[Any]:
    """Return a list, empty where there is none."""
    value = at(tree, *path)
    return value if isinstance(value, list) else []


def moment(value: Any) -> datetime | None:
    """Return the time of seconds or milliseconds since 1970, or of ISO 8601; None for anything else."""
    try:
        if isinstance(value, str) and not value.isdecimal():
            return msgspec.convert(value, datetime).astimezone(UTC)
        number = int(value)
        return datetime.fromtimestamp(number / 1000 if number > _LATEST else number, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def kept(tree: Any, to: str | None = None) -> Kept:
    """Return a part of a delivery that is no message, under a key made of it."""
    raw = msgspec.json.encode(tree)
    return Kept(key=hashlib.sha256(raw).hexdigest(), raw=raw, to=to)


def plain(tree: Any) -> list[str]:
    """Return the leaves of a form's answers as lines `name: value`; a `MalformedError` where they are out of bounds."""
    lines: list[str] = []
    size = 0
    for line in _lines(tree, ""):
        size += len(line)
        if size > MOST_TEXT:
            raise MalformedError("The names and values say too much.")
        lines.append(line)
    return lines


def _lines(tree: Any, before: str) -> Iterator[str]:
    if len(before) > LONGEST_PATH:
        raise MalformedError("A name is too long.")
    if isinstance(tree, dict):
        for name, one in tree.items():
            yield from _lines(one, f"{before}{name}/")
    elif isinstance(tree, list):
        for one in tree:
            yield from _lines(one, before)
    elif tree not in (None, ""):
        name = f"{before.rstrip('/')}: " if before else ""
        yield f"{name}{tree}".replace("\x00", "")


def same(one: str, other: str) -> bool:
    """Compare in constant time, whatever the characters."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def signed(secret: str, raw: bytes) -> bytes:
    """Return the HMAC-SHA256 of bytes."""
    return hmac.digest(secret.encode(), raw, "sha256")


def by_basic(delivery: Delivery, account: Account) -> bool:
    """Check `Authorization: Basic` (`user:password` is the secret) or a bearer token, or `X-API-Key`."""
    scheme, _, value = delivery.headers.get("authorization", "").partition(" ")
    given = delivery.headers.get("x-api-key", "")
    if scheme.lower() == "bearer":
        given = value.strip()
    elif scheme.lower() == "basic":
        try:
            given = base64.b64decode(value, validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            return False
    return any([same(given, secret) for secret in account.secrets])  # noqa: C419 - every secret is compared, whichever fits


def each(parts: Sequence[Any], read: Any, to: str | None = None) -> list[Arrival]:
    """Read every part by itself: None means that it is no message, and it is kept."""
    return [read(part) or kept(part, to) for part in parts]
