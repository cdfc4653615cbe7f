"""What a figure is: its definition in words, at the head of the SQL file that computes it."""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

import msgspec

from services.reporting.domain.declared import Measure, Publication, Sum
from services.reporting.views.declarations import read_measures, read_publications, read_sums

FOLDER = Path(__file__).parent / "figures"

_HEADER = re.compile(r"^-- (?:(?P<key>[a-z_]+): |  )(?P<text>.*)$")
_PARAMETER = re.compile(r"\$([a-z_]+)")


class Definition(msgspec.Struct, frozen=True, kw_only=True):
    """A report: words for people, SQL for the machine, and one hash over both.

    Rows are grouped by `always` and by what the reader chose among `group_by`, `default` if nothing. `measures` says
    what the other columns are, `adds_up` how they hang together, `published` which tables may leave the house.
    """

    name: str
    title: str
    definition: str
    unit: str
    counts: str
    leaves_out: str
    period: str
    group_by: tuple[str, ...] = ()
    default: tuple[str, ...] = ()
    always: tuple[str, ...] = ()
    measures: tuple[Measure, ...]
    adds_up: tuple[Sum, ...] = ()
    published: tuple[Publication, ...] = ()
    sql: str
    sha256: str

    @property
    def parameters(self) -> frozenset[str]:
        """The names that the SQL asks for."""
        return frozenset(_PARAMETER.findall(self.sql))

    @property
    def has_period(self) -> bool:
        """Whether the figure can be asked for a part of the time."""
        return {"since", "until"} <= self.parameters


def read_definitions(folder: Path = FOLDER) -> Mapping[str, Definition]:
    """Read every figure of a folder, by name in order."""
    return {path.stem: read_definition(path.stem, path.read_text("utf-8")) for path in sorted(folder.glob("*.sql"))}


def read_definition(name: str, text: str) -> Definition:
    """Read one figure: a head of `-- key: words` lines (`--   ` goes on), then the SQL."""
    words: dict[str, str] = {}
    lines = text.splitlines()
    key = ""
    for number, line in enumerate(lines):  # noqa: B007 - the first line of the SQL is where the head ends
        found = _HEADER.match(line)
        if found is None:
            break
        key = found["key"] or key
        words[key] = f"{words[key]} {found['text'].strip()}" if found["key"] is None else found["text"].strip()
    lists = {
        field: tuple(words.pop(field, "").replace(",", " ").split()) for field in ("group_by", "default", "always")
    }
    measures = read_measures(words.pop("measures", ""))
    sums = read_sums(words.pop("adds_up", ""))
    published = read_publications(words.pop("published", ""), measures, sums)
    declared = {"measures": measures, "adds_up": sums, "published": published}
    fields = {**words, **lists, **declared, "name": name, "sql": "\n".join(lines[number:]), "sha256": _hash(text)}
    return msgspec.convert(fields, Definition, strict=True)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
