"""The pages behind the overview: what each of them asks, and under which names."""

from collections.abc import Mapping, Sequence

from services.reporting.api.blocks import Block
from services.reporting.views.questions import Question

FATES = ("verified", "t1", "crisis")


def _ask(report: str, *group_by: str, only: tuple[tuple[str, str], ...] = ()) -> Question:
    return Question(report=report, group_by=group_by, only=only)


def _bars(key: str, question: Question, category: str, *measures: str, keep: tuple[str, str] | None = None) -> Block:
    return Block(key=key, question=question, kind="bars", category=category, measures=measures, keep=keep)


def _columns(key: str, question: Question, category: str, *measures: str) -> Block:
    return Block(key=key, question=question, kind="columns", category=category, measures=measures)


def _line(key: str, question: Question, category: str, measure: str, keep: tuple[str, str] | None = None) -> Block:
    return Block(key=key, question=question, kind="line", category=category, measures=(measure,), keep=keep)


def _fates(key: str, question: Question, category: str, keep: tuple[str, str] | None = None) -> Block:
    return Block(
        key=key,
        question=question,
        kind="bars" if category == "duty" else "columns",
        category=category,
        measures=("in_time", "late", "unmet"),
        keep=keep,
        tones=FATES,
    )


LEAVES: Mapping[str, Sequence[Block]] = {
    "organisations": (_bars("scores", _ask("organisation-score"), "organisation", "requests"),),
    "sites": (_bars("sites", _ask("workers", "site"), "site", "cases"),),
    "money": (
        _columns("workers", _ask("workers", "year"), "year", "affected", "promised", "remediated"),
        _columns("money_years", _ask("money", "year"), "year", "promises", "paid_in_full"),
        _bars("amounts", _ask("money-amounts"), "currency", "amounts", "missing"),
        _bars("remedies", _ask("money", "remedy"), "remedy", "promises", "paid_in_full"),
    ),
    "recruitment": (
        _bars("corridors", _ask("recruitment-fees", "corridor"), "corridor", "workers_paying"),
        _columns("fee_years", _ask("recruitment-fees", "year"), "year", "reports", "workers_paying"),
        _bars("agents", _ask("recruitment-fees", "agent"), "agent", "workers_paying"),
        _bars("covered", _ask("workers-covered", "country"), "country", "workers"),
        _bars("covered_by", _ask("workers-covered", "organisation"), "organisation", "workers"),
        _columns("reprisals", _ask("retaliation", "year"), "year", "reprisals", "undisclosed"),
    ),
    "clocks": (
        _fates("deadlines", _ask("deadlines", "duty"), "duty"),
        _fates("deadline_trend", _ask("deadlines", "quarter"), "quarter"),
        _bars("followed", _ask("deadlines", "owed_by"), "owed_by", "escalated", "alerted"),
        _bars("handlers", _ask("overdue", "handler"), "handler", "open_duties"),
        _line("acknowledged", _ask("acknowledged", "quarter"), "quarter", "percent_within_7_days"),
        _line("within", _ask("closed-within", "quarter"), "quarter", "percent_30_of_all"),
        _line("reopening", _ask("reopening", "quarter"), "quarter", "percent_opened_again"),
        _bars("caseload", _ask("caseload", "country"), "country", "cases", "unassigned"),
        _bars("levels", _ask("escalation", "level"), "level", "cases"),
    ),
    "intake": (
        Block(
            key="year_on_year",
            question=_ask("year-on-year"),
            kind="columns",
            category="year",
            measures=("cases", "closures"),
        ),
        _bars("languages", _ask("volume", "language"), "language", "contacts", "cases"),
        _bars("countries", _ask("volume", "country"), "country", "contacts", "cases"),
        _columns("ratio", _ask("contact-ratio", "quarter"), "quarter", "cases_per_100_contacts"),
        _bars("outcomes", _ask("disposition", "outcome"), "outcome", "cases"),
    ),
    "quality": (_bars("missing", _ask("data-quality"), "field", "percent_missing"),),
}
"""Every page by its name; the overview and the pages of one organisation or site stand apart."""


def of_organisation(name: str) -> Sequence[Block]:
    """Return what the page of one organisation shows."""
    mine, party = ("organisation", name), (("party", name),)
    return (
        _line(
            "trend",
            _ask("responsiveness", "quarter", "organisation", only=party),
            "quarter",
            "percent_in_time",
            keep=mine,
        ),
        _bars("owed", _ask("overdue", "duty", "organisation", only=party), "duty", "open_duties", keep=mine),
        _bars("its_cases", _ask("disposition", "outcome", only=party), "outcome", "cases"),
        _bars("its_issues", _ask("issues", "issue", only=party), "issue", "cases"),
    )


def of_site(name: str) -> Sequence[Block]:
    """Return what the page of one site shows."""
    here = (("site", name),)
    return (
        _bars("its_cases", _ask("disposition", "outcome", only=here), "outcome", "cases"),
        _bars("its_issues", _ask("issues", "issue", only=here), "issue", "cases"),
        _fates("its_deadlines", _ask("deadlines", "duty", only=here), "duty"),
        _bars("its_employers", _ask("workers", "employer", only=here), "employer", "cases"),
    )
