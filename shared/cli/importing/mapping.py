"""The mapping: a TOML file that says what the columns of an earlier system's CSV mean."""

import tomllib
from collections.abc import Iterator
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from shared.cli.importing.conditions import When
from shared.errors import InvalidError

UnconfirmedReason = Literal[
    "partial", "unremedied", "referred", "out_of_scope", "unsubstantiated", "withdrawn", "unreachable", "duplicate"
]
"""The close reasons a record may be imported with: `remedied` needs a worker's word, which no file has."""


class Part(BaseModel):
    """A part of a mapping: an unknown key is refused, so that a misspelt one is never silently lost."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Column = Annotated[str, Field(min_length=1)]
Columns = Annotated[tuple[Column, ...], BeforeValidator(_listed)]
"""One column or a list of them."""


class FromColumn(Part):
    """`{ column = "…" }`: the word stands in the row."""

    column: Column


Word = str | FromColumn
"""A word that holds for the whole file, or the column where it stands."""


def _known_zone(name: str) -> str:
    zone(name)
    return name


def zone(name: str) -> tzinfo:
    """Return the time zone of this name; UTC needs no database of zones."""
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"'{name}' is not a time zone such as UTC or Asia/Bangkok") from error


class Reference(Part):
    """What names a record for ever: one or several columns, joined in this order."""

    columns: Annotated[Columns, Field(min_length=1)]
    separator: str = "/"
    may_be_empty: Columns = ()


class Dates(Part):
    """How times are written, and which columns say when the record was opened and closed: the first filled counts."""

    formats: tuple[Annotated[str, Field(pattern="%[YyxcG]")], ...] = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S")
    time_zone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    opened_at: Columns = ()
    closed_at: Columns = ()


class Amounts(Part):
    """Which columns hold money; where several are given for one amount they are added up."""

    currency: Word
    claimed: Columns = ()
    assessed: Columns = ()
    paid: Columns = ()
    thousands: str = ""


class IssueRule(Part):
    """Every rule that holds adds its issue codes."""

    when: When = {}
    codes: Annotated[tuple[Annotated[str, Field(pattern="^[A-Z]{3}-[A-Z]{3}$")], ...], Field(min_length=1)]


class ClosingRule(Part):
    """The first rule that holds decides whether the record is closed, and why."""

    when: When = {}
    stays_open: bool = False
    reason: UnconfirmedReason | None = None
    explanation: Annotated[str | None, Field(min_length=10, max_length=2000)] = None

    @model_validator(mode="after")
    def _decides(self) -> "ClosingRule":
        if self.stays_open == (self.reason is not None) or (self.reason is None) != (self.explanation is None):
            raise ValueError("a rule has either stays_open = true, or a reason and an explanation")
        return self


class Mapping(Part):
    """The meaning of a file. Columns that no key names are still kept as `fields`, unless `drop` has them.

    `personal` names those that speak of a person: they are sealed, and shown for a purpose only.
    """

    source: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,62}$")]
    reference: Reference
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    drop: Columns = ()
    personal: Columns = ()
    empty: tuple[str, ...] = ()
    channel: Annotated[str, Field(min_length=1, max_length=40)] = "import"
    language: Annotated[str, Field(min_length=2, max_length=35)] = "en"
    country: Word | None = None
    sector: Word | None = None
    workers: FromColumn | None = None
    respondent: Columns = ()
    dates: Dates = Dates()
    amounts: Amounts | None = None
    otherwise_issues: tuple[str, ...] = ()
    issues: tuple[IssueRule, ...] = ()
    closing: tuple[ClosingRule, ...] = ()

    def columns(self) -> Iterator[tuple[str, str]]:
        """Yield every column that the file must have, with the key of the mapping that asks for it."""
        lists = {
            "reference.columns": self.reference.columns,
            "drop": self.drop,
            "personal": self.personal,
            "respondent": self.respondent,
            "dates.opened_at": self.dates.opened_at,
            "dates.closed_at": self.dates.closed_at,
        }
        if self.amounts:
            lists |= {f"amounts.{kind}": getattr(self.amounts, kind) for kind in ("claimed", "assessed", "paid")}
        words = {"country": self.country, "sector": self.sector, "workers": self.workers}
        words["amounts.currency"] = self.amounts.currency if self.amounts else None
        lists |= {key: (word.column,) for key, word in words.items() if isinstance(word, FromColumn)}
        lists |= {f"issues.{number}.when": tuple(rule.when) for number, rule in enumerate(self.issues)}
        lists |= {f"closing.{number}.when": tuple(rule.when) for number, rule in enumerate(self.closing)}
        yield from ((key, column) for key, columns in lists.items() for column in columns)


def load_mapping(path: Path) -> Mapping:
    """Read a mapping; whatever is wrong with it is an `InvalidError` that names the file and the keys."""
    try:
        return Mapping.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise InvalidError(f"The mapping {path.name} cannot be opened: {error.strerror}.", field="map") from error
    except UnicodeDecodeError as error:
        raise InvalidError(f"The mapping {path.name} is not UTF-8.", field="map") from error
    except tomllib.TOMLDecodeError as error:
        raise InvalidError(f"The mapping {path.name} is not TOML: {error}.", field="map") from error
    except ValidationError as error:
        raise InvalidError(f"The mapping {path.name} breaks a rule. {_spelt_out(error)}", field="map") from error


def _spelt_out(error: ValidationError) -> str:
    found = (f"{'.'.join(map(str, entry['loc'])) or 'mapping'}: {entry['msg']}" for entry in error.errors())
    return " · ".join(found)
