"""The page for anybody: the tables of a quarter as they left the house. It needs no key and no script."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Depends, Response

from services.reporting.api.dashboard import number
from services.reporting.api.editions import QuarterName, quarter_of_name
from services.reporting.api.pages import page
from services.reporting.domain.audience import Audience
from services.reporting.domain.quarters import Quarter
from services.reporting.domain.tables import ALL, WITHHELD
from services.reporting.views.editions import Editions, EditionTable
from shared.policy import Policy
from shared.web.access import public

DASH = "—"
"""How a withheld number is shown to people; a footnote says what it means."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A table for people: the heads of its columns, and rows of which the first `words` entries are words."""

    table: EditionTable
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    csv: str


def public_router(editions: Editions, policy: Policy) -> APIRouter:
    """Return the routes of the page: the newest quarter, and any earlier one."""
    router = APIRouter(include_in_schema=False, dependencies=[Depends(public)])

    @router.get("/public")
    async def show_newest() -> Response:
        quarters = await editions.quarters()
        if not quarters:
            return page("public.html", 200, quarter=None, quarters=[], tables=[], threshold=0)
        return await shown(quarters[0], quarters)

    @router.get("/public/{quarter}")
    async def show_quarter(quarter: QuarterName) -> Response:
        return await shown(quarter_of_name(quarter), await editions.quarters())

    async def shown(quarter: Quarter, quarters: Sequence[Quarter]) -> Response:
        edition = await editions.edition(quarter, Audience.PUBLIC)
        tables = [_shown(quarter, table, labels_of(policy)) for table in edition.tables]
        return page(
            "public.html", 200, quarter=quarter, quarters=quarters, tables=tables, threshold=edition.rule.threshold
        )

    return router


def _shown(quarter: Quarter, table: EditionTable, words: Mapping[str, str]) -> Shown:
    told, publication = table.table, table.publication
    groups = [name for name in publication.axes if name in told.columns]
    csv = f"/reporting/v1/public/{quarter.name}/{table.name}?format=csv"
    if len(groups) == 2:  # noqa: PLR2004 - a table that goes down and across
        return Shown(table, *_across(told.rows, groups, words), csv)
    rows = [
        [*(words.get(str(label), str(label)) for label in row[: len(groups)]), *map(_written, row[len(groups) :])]
        for row in told.rows
    ]
    return Shown(table, [_named(name) for name in told.columns], rows, csv)


def _across(
    rows: Sequence[Sequence[object]], groups: Sequence[str], words: Mapping[str, str]
) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    cells = {(str(down), str(across)): value for down, across, value in rows}
    heads = [*dict.fromkeys(across for _, across in cells if across != ALL), ALL]
    sides = [*dict.fromkeys(down for down, _ in cells if down != ALL), ALL]
    columns = [_named(groups[0]), *(words.get(head, head) for head in heads)]
    return columns, [[words.get(side, side), *(_written(cells[side, head]) for head in heads)] for side in sides]


def labels_of(policy: Policy) -> Mapping[str, str]:
    """Return what codes are called."""
    return {
        ALL: "All",
        **{code: issue.label for code, issue in policy.issues.items()},
        **{code: severity.label.partition(":")[0] for code, severity in policy.severities.items()},
    }


def _written(value: object) -> str:
    return DASH if value == WITHHELD else number(value)


def _named(column: str) -> str:
    return column.replace("_", " ").capitalize()
