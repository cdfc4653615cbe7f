"""The sections of the dashboard, each out of its figures: `traffic` comes in, `pace` is kept, `outcome` is had."""

from collections.abc import Sequence

from services.reporting.api.dashboard import Figured, Section, Tile, number
from services.reporting.api.sections import outcome, pace, traffic
from services.reporting.api.sections.rows import records, total
from shared.policy import Policy


def tiles(figures: Figured) -> Sequence[Tile]:
    """Return the numbers that are read first."""
    volume, closing = total(figures["volume_total"]), total(figures["closing"])
    overdue = sum(row["overdue"] for row in records(figures["overdue"]))
    quarters = records(figures["quarters"])
    share = f"{number(quarters[-1]['percent_in_time'])} %" if quarters else "–"
    span = f"median; 9 of 10 within {number(closing.get('p90_days'))}"
    return [
        Tile("Contacts", number(volume.get("contacts", 0)), "messages received"),
        Tile("Cases", number(volume.get("cases", 0)), f"for {number(volume.get('workers', 0))} workers"),
        Tile("Open", number(closing.get("still_open", 0)), f"{number(closing.get('closed', 0))} closed"),
        Tile("Overdue", number(overdue), "duties past their time"),
        Tile("Days to close", number(closing.get("median_days")), span),
        Tile("Answered in time", share, str(quarters[-1]["quarter"]) if quarters else "no request due yet"),
    ]


def sections(figures: Figured, policy: Policy) -> Sequence[Section]:
    """Return every section in the order of the page."""
    return [
        traffic.volume(figures),
        traffic.issues(figures, policy),
        pace.closing(figures),
        pace.overdue(figures),
        outcome.money(figures),
        outcome.answers(figures),
    ]
