"""What comes in: contacts and cases by channel, issues by severity."""

from collections.abc import Sequence

from services.reporting.api.charts import Series, bars, columns
from services.reporting.api.dashboard import QUESTIONS, ROWS_SHOWN, Figured, Section, Table, csv_of, number
from services.reporting.api.rows import Record, most, records, summed
from services.reporting.api.wording import Words, issue_in
from shared.policy import Policy

MONTHS = 24
CHANNELS = 6
ISSUES = 14
SEVERITIES: tuple[tuple[str | None, str], ...] = (
    ("S1", "crisis"),
    ("S2", "severe"),
    ("S3", "serious"),
    ("S4", "minor"),
    (None, "untriaged"),
)


def volume(figures: Figured, words: Words) -> Section:
    """Return contacts by month and channel."""
    rows = records(figures["volume"])
    months = sorted({row["month"] for row in rows})[-MONTHS:]
    recent = [row for row in rows if row["month"] in set(months)]
    contacts, cases = summed(recent, "contacts"), summed(recent, "cases")
    names = ("month", "channel", "contacts", "cases", "workers")
    return Section(
        anchor="volume",
        title=words("section.volume.title"),
        sentence=words("section.volume.sentence", contacts=number(contacts), cases=number(cases), months=len(months)),
        drawing=words("chart.columns", measures=words.column("contacts"), category=words.column("month")),
        chart=columns(months, _by_channel(recent, months, words)),
        table=Table(
            [*map(words.column, names)], [[row[name] for name in names] for row in reversed(recent)][:ROWS_SHOWN]
        ),
        csv=csv_of(QUESTIONS["volume"]),
        definition=figures["volume"].definition,
        note=words("section.volume.note", months=MONTHS),
    )


def issues(figures: Figured, policy: Policy, words: Words) -> Section:
    """Return cases by issue and severity."""
    rows = records(figures["issues"])
    codes = most(rows, "issue", "cases")
    kinds, grave = len([code for code in codes if code]), summed(rows, "mentions", severity=["S1"])
    return Section(
        anchor="issues",
        title=words("section.issues.title"),
        sentence=words("section.issues.sentence", kinds=number(kinds), grave=number(grave)),
        drawing=words("chart.bars", measures=words.column("cases"), category=words.column("issue")),
        chart=bars(
            [issue_in(policy, words, code) for code in codes[:ISSUES]],
            _by_severity(rows, codes[:ISSUES], policy, words),
        ),
        csv=csv_of(QUESTIONS["issues"]),
        table=Table(
            [*map(words.column, ("issue", "code", "severity", "cases", "workers"))],
            [
                [issue_in(policy, words, code), row["issue"], row["severity"], row["cases"], row["workers"]]
                for code in codes
                for row in rows
                if row["issue"] == code
            ],
        ),
        definition=figures["issues"].definition,
        note=words("section.issues.note", issues=ISSUES),
    )


def _by_channel(rows: Sequence[Record], months: Sequence[str], words: Words) -> Sequence[Series]:
    channels = most(rows, "channel", "contacts", "cases")
    groups = [(channel or words("page.unknown"), [channel]) for channel in channels[:CHANNELS]]
    if channels[CHANNELS:]:
        groups.append((words("value.others"), channels[CHANNELS:]))
    return [
        Series(name, f"t{place}", [summed(rows, "contacts", month=[month], channel=members) for month in months])
        for place, (name, members) in enumerate(groups)
    ]


def _by_severity(rows: Sequence[Record], codes: Sequence[str | None], policy: Policy, words: Words) -> Sequence[Series]:
    series = [
        Series(
            _severity(policy, code, words),
            tone,
            [summed(rows, "cases", issue=[issue], severity=[code]) for issue in codes],
        )
        for code, tone in SEVERITIES
    ]
    return [one for one in series if any(one.values)]


def _severity(policy: Policy, code: str | None, words: Words) -> str:
    if code is None:
        return words("value.before_triage")
    label = policy.severities[code].label.partition(":")[0] if code in policy.severities else code
    return str(words.value(code)) if words.has(f"value.{code}") else label
