"""What a figure is: its definition in words, at the head of the SQL file that computes it."""

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from services.reporting.domain.declared import Measure, Publication, Sum
from services.reporting.views.declarations import read_measures, read_publications, read_sums
from services.reporting.views.dimensions import ALL_OF_CASES, FILE, KEYED, dimensions, keyed_cases, of_cases

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
    indicators: tuple[str, ...] = ()
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

    def statement(self, chosen: Collection[str], only: Collection[str] = ()) -> str:
        """Return the SQL as it runs for these groups, and `only` one value of some: `keyed_cases`, then its own."""
        if KEYED not in self.sql:
            return self.sql
        begin = "with recursive " if self.sql.startswith("with recursive ") else "with "
        return f"{begin}{KEYED} as ({keyed_cases(chosen, only)}),\n{self.sql.removeprefix(begin)}"

    def asked(self, chosen: Collection[str], only: Collection[str] = ()) -> frozenset[str]:
        """Return the names of the values that the statement for these groups asks for."""
        return frozenset(_PARAMETER.findall(self.statement(chosen, only)))

    @property
    def narrowed_by(self) -> tuple[str, ...]:
        """The dimensions of which one value may be asked for; none where contacts are counted, which lack most."""
        return of_cases() if KEYED in self.sql and "from contacts" not in self.sql else ()

    def overlapping(self, chosen: Collection[str]) -> tuple[str, ...]:
        """Return the groups of which a case may be in several, so that their rows add up to more than all cases."""
        if KEYED not in self.sql:
            return ()
        return tuple(name for name in chosen if name in dimensions() and dimensions()[name].many)

    @property
    def parameters(self) -> frozenset[str]:
        """The names that the SQL asks for, however it is grouped."""
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
        field: tuple(words.pop(field, "").replace(",", " ").split())
        for field in ("group_by", "default", "always", "indicators")
    }
    lists["group_by"] = tuple(dict.fromkeys(_expanded(lists["group_by"])))
    measures = read_measures(words.pop("measures", ""))
    sums = read_sums(words.pop("adds_up", ""))
    published = read_publications(words.pop("published", ""), measures, sums)
    declared = {"measures": measures, "adds_up": sums, "published": published}
    fields = {**words, **lists, **declared, "name": name, "sql": "\n".join(lines[number:]), "sha256": _hash(text)}
    return msgspec.convert(fields, Definition, strict=True)


def _expanded(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        yield from of_cases() if name == ALL_OF_CASES else (name,)


def _hash(text: str) -> str:
    """Hash a definition, with what it stands on."""
    below = FILE.read_text("utf-8") if KEYED in text else ""
    return hashlib.sha256((text + below).encode()).hexdigest()
