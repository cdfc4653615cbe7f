"""The port of the document store: collections of rows, typed questions, one row per stream."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, Protocol
from uuid import UUID

import msgspec
from typing_extensions import TypeVar

from shared.rights import DEFAULT_TENANT


class Row(msgspec.Struct, kw_only=True, gc=False):
    """One document: the fold of one stream. `version` is the stream version of the last event in it."""

    id: UUID
    version: int = 0
    tenant: str = DEFAULT_TENANT


R = TypeVar("R", bound=Row, default=Row)

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Collection(Generic[R]):
    """Rows of one class. Raise `version` when the fold or the row changes: the rows are then built anew.

    `columns` are the fields one may filter and sort by (str, int, bool, datetime, UUID or None); `many` are
    tuple or list fields of str that one may ask for membership in; `text` is a str field searched by substring;
    `order` is the column that lists are mostly sorted by, so that a filter and this order share an index. `carried`
    are columns that many questions have beside others: they lie in every index instead of having one. `across` are
    those of `columns` that the system itself asks for over all tenants; the others are asked for within one.
    """

    name: str
    version: int
    row: type[R]
    columns: tuple[str, ...] = ()
    many: tuple[str, ...] = ()
    text: str | None = None
    order: str | None = None
    carried: tuple[str, ...] = ()
    across: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field of a row that stands in a column of its own, the tenant first."""
        return tuple(dict.fromkeys(("tenant", *self.columns, *self.carried)))


@dataclass(frozen=True, slots=True)
class Condition:
    """One demand on a row.

    `has` and `lacks`: the `many` field contains the value, or does not; `text`: the text contains it, case folded;
    `among` and `not-among`: the field is, or is not, the id of a row that meets the conditions of an `Among`.
    """

    field: str
    op: Literal["eq", "in", "gte", "lt", "has", "lacks", "text", "among", "not-among"]
    value: object


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Several sets of demands, of which a row must meet all of at least one."""

    sets: "tuple[tuple[Condition, ...], ...]"


Demand = Condition | AnyOf


@dataclass(frozen=True, slots=True)
class Among:
    """The rows of another collection of the same store that meet all conditions, as the value of an `among`."""

    collection: "Collection[Any]"
    conditions: tuple[Demand, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """Which rows, in which order, after which one. Ties of `sort` are broken by id, so paging is stable.

    `most`: say as well how many rows meet the conditions, whatever the place, or this number if they are more.
    """

    conditions: tuple[Demand, ...] = ()
    sort: str = "id"
    descending: bool = False
    after: tuple[Scalar, str] | None = None
    limit: int = 50
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """Rows in order; `next` is the `after` of the following page, or None on the last.

    `total` is what the query's `most` asked for, None where it did not.
    """

    rows: Sequence[R]
    next: tuple[Scalar, str] | None
    total: int | None = None

    def holds_all(self, query: Query) -> bool:
        """Whether the rows of this answer to a query are all there are."""
        return query.after is None and self.next is None


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a reader has taken a collection: which set of rows, and the position of each feed folded into them.

    `generation` is another one after every promote, since rows and positions were then replaced as a whole.
    """

    generation: str
    positions: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Changes:
    """Encoded rows (JSON bytes), each once, that were written since a mark, and the mark to ask from next time.

    A row may come again next time; none is left out. `anew`: forget every earlier row. `more`: these are not all yet.
    """

    rows: Sequence[bytes]
    mark: Mark
    anew: bool
    more: bool = False


class Documents(Protocol):
    """A store of documents. Every write of rows carries the place of a feed that it stands for.

    The rows are durable no later than the place: who stops in between folds some facts again, which changes nothing.
    A row never gives way to one of a lower version, and a place never to an earlier one, so that several may fold
    the same feed. A store that cannot be reached answers with a `TryLaterError`.
    """

    async def get(self, collection: Collection[R], row_id: UUID) -> R | None:
        """Return the row of a stream, or None."""
        ...

    async def find(self, collection: Collection[R], query: Query) -> Page[R]:
        """Return a page of rows; an undeclared field is an `InvalidError`."""
        ...

    async def count(
        self, collection: Collection[R], conditions: Sequence[Demand] = (), *, most: int | None = None
    ) -> int:
        """Return how many rows meet all conditions, or `most` if they are more: to count a million takes its time."""
        ...

    async def changes(self, collection: Collection[R], after: Mark | None, *, most: int | None = None) -> Changes:
        """Return the rows written since the mark; None asks for all.

        With `most`, about so many come at once where the store can tell, and the mark says where to go on.
        """
        ...

    async def prepare(self, collection: Collection[R], *, bare: bool = False) -> None:
        """Create what the collection needs; another version's rows stay until the new ones are promoted.

        `bare`: what rows are written by, without what they are searched by, so that many are written quickly.
        """
        ...

    async def position(self, collection: Collection[R], feed: str = "") -> int:
        """Return the last position of a feed folded into the rows, 0 at the beginning."""
        ...

    async def positions(self, collection: Collection[R]) -> Mapping[str, int]:
        """Return the last position of every feed that was folded into the rows, by its name."""
        ...

    async def load(self, collection: Collection[R], row_ids: Sequence[UUID]) -> Mapping[UUID, R]:
        """Return the rows of these streams that exist."""
        ...

    async def save(
        self,
        collection: Collection[R],
        rows: Sequence[R],
        position: int,
        parked: Mapping[UUID, str] | None = None,
        feed: str = "",
        *,
        after: int = 0,
    ) -> None:
        """Write rows, the streams newly parked with the cause, then the position of the feed.

        `after` is where the rows' facts begin: when the stored position is before it (the collection was replaced by
        one built anew), the position stays, so that the facts in between are read before it goes on.
        """
        ...

    async def parked(self, collection: Collection[R]) -> frozenset[UUID]:
        """Return the streams that the view cannot fold; they wait for a rebuild with a fold that can."""
        ...

    async def fingerprint(self, collection: Collection[R]) -> str:
        """Return the SHA-256 over all rows in id order, in hex."""
        ...

    async def promote(self, built: Collection[R], served: Collection[R]) -> None:
        """Put the rows of `built` in the place of those of `served`, in one step, and drop the old ones."""
        ...

    async def drop(self, collection: Collection[R]) -> None:
        """Remove the collection and its position."""
        ...
