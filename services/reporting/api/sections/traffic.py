"""What comes in: contacts and cases by channel, issues by severity."""

from collections.abc import Sequence

from services.reporting.api.charts import Series, bars, columns
from services.reporting.api.dashboard import Figured, Section, Table, number
from services.reporting.api.sections.rows import Record, most, records, summed
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


def volume(figures: Figured) -> Section:
    """Return contacts by month and channel."""
    rows = records(figures["volume"])
    months = sorted({row["month"] for row in rows})[-MONTHS:]
    recent = [row for row in rows if row["month"] in set(months)]
    contacts, cases = summed(recent, "contacts"), summed(recent, "cases")
    names = ("month", "channel", "contacts", "cases", "workers")
    return Section(
        anchor="volume",
        title="Who reaches us, and how",
        sentence=f"{number(contacts)} contacts and {number(cases)} new cases in the {len(months)} months shown.",
        drawing="Columns, one a month, of contacts stacked by channel.",
        chart=columns(months, _by_channel(recent, months)),
        table=Table(
            ["Month", "Channel", "Contacts", "Cases", "Workers"],
            [[row[name] for name in names] for row in reversed(recent)],
        ),
        definition=figures["volume"].definition,
        note=f"The latest {MONTHS} months with entries; the CSV holds all.",
    )


def issues(figures: Figured, policy: Policy) -> Section:
    """Return cases by issue and severity."""
    rows = records(figures["issues"])
    codes = most(rows, "issue", "cases")
    kinds, grave = len([code for code in codes if code]), summed(rows, "mentions", severity=["S1"])
    return Section(
        anchor="issues",
        title="What it is about, and how grave",
        sentence=f"{number(kinds)} kinds of issue; {number(grave)} mentions of an issue in crisis cases. "
        "A case with several issues stands in several rows.",
        drawing="Bars, one for each issue, of cases stacked by severity.",
        chart=bars([_issue(policy, code) for code in codes[:ISSUES]], _by_severity(rows, codes[:ISSUES], policy)),
        table=Table(
            ["Issue", "Code", "Severity", "Cases", "Workers"],
            [
                [_issue(policy, code), row["issue"], row["severity"], row["cases"], row["workers"]]
                for code in codes
                for row in rows
                if row["issue"] == code
            ],
        ),
        definition=figures["issues"].definition,
        note=f"The chart shows the {ISSUES} most frequent issues, the table all.",
    )


def _by_channel(rows: Sequence[Record], months: Sequence[str]) -> Sequence[Series]:
    channels = most(rows, "channel", "contacts", "cases")
    groups = [(channel or "unknown", [channel]) for channel in channels[:CHANNELS]]
    if channels[CHANNELS:]:
        groups.append(("others", channels[CHANNELS:]))
    return [
        Series(name, f"t{place}", [summed(rows, "contacts", month=[month], channel=members) for month in months])
        for place, (name, members) in enumerate(groups)
    ]


def _by_severity(rows: Sequence[Record], codes: Sequence[str | None], policy: Policy) -> Sequence[Series]:
    series = [
        Series(
            _severity(policy, code), tone, [summed(rows, "cases", issue=[issue], severity=[code]) for issue in codes]
        )
        for code, tone in SEVERITIES
    ]
    return [one for one in series if any(one.values)]


def _issue(policy: Policy, code: str | None) -> str:
    issue = policy.issues.get(code or "")
    return issue.label if issue else code or "Not yet named"


def _severity(policy: Policy, code: str | None) -> str:
    severity = policy.severities.get(code or "")
    return severity.label.partition(":")[0] if severity else "Before triage"
