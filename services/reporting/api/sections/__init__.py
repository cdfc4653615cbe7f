"""The sections of the dashboard, each out of its figures: `traffic` comes in, `pace` is kept, `outcome` is had."""

from collections.abc import Sequence

from services.reporting.api.dashboard import Figured, Section, Tile, number
from services.reporting.api.rows import records, total
from services.reporting.api.sections import outcome, pace, traffic
from services.reporting.api.wording import Words
from shared.policy import Policy


def tiles(figures: Figured, words: Words) -> Sequence[Tile]:
    """Return the numbers that are read first."""
    volume, closing = total(figures["volume_total"]), total(figures["closing"])
    overdue = sum(row["overdue"] for row in records(figures["overdue"]))
    quarters = records(figures["quarters"])
    share = f"{number(quarters[-1]['percent_in_time'])} %" if quarters else "–"
    span = words("tile.days_remark", p90=number(closing.get("p90_days")))
    of_workers = words("tile.cases_remark", workers=number(volume.get("workers", 0)))
    closed = words("tile.open_remark", closed=number(closing.get("closed", 0)))
    newest = str(quarters[-1]["quarter"]) if quarters else words("tile.answered_none")
    return [
        Tile(words("tile.contacts"), number(volume.get("contacts", 0)), words("tile.contacts_remark")),
        Tile(words("tile.cases"), number(volume.get("cases", 0)), of_workers),
        Tile(words("tile.open"), number(closing.get("still_open", 0)), closed),
        Tile(words("tile.overdue"), number(overdue), words("tile.overdue_remark")),
        Tile(words("tile.days"), number(closing.get("median_days")), span),
        Tile(words("tile.answered"), share, newest),
    ]


def sections(figures: Figured, policy: Policy, words: Words) -> Sequence[Section]:
    """Return every section in the order of the page."""
    return [
        traffic.volume(figures, words),
        traffic.issues(figures, policy, words),
        pace.closing(figures, words),
        pace.overdue(figures, words),
        outcome.money(figures, words),
        outcome.answers(figures, words),
    ]
