"""The open-data package of a year: CSV with HXL tags, described as a Data Package and as CSV on the Web."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from services.reporting.api.answers import written
from services.reporting.domain.tables import WITHHELD
from services.reporting.views.annual import Annual, AnnualTable

_LONG_AGO = (1980, 1, 1, 0, 0, 0)

TAGS: Mapping[str, str] = {
    "quarter": "#date+quarter",
    "measure": "#indicator+name",
    "value": "#indicator+value+num",
    "country": "#country+code",
    "channel": "#channel",
    "severity": "#severity",
    "issue": "#subsector+code",
    "currency": "#currency+code",
    "close_reason": "#status+reason",
    "table": "#meta+table",
    "told": "#meta+told+num",
    "withheld": "#meta+withheld+num",
}
"""The HXL hashtag of each column (hxlstandard.org, 1.1); the row of tags reads as a comment to other tools."""

_NUMBERS = frozenset({"value", "told", "withheld"})


def package(annual: Annual) -> bytes:
    """Return a ZIP of everything; the same report gives the same bytes."""
    files: dict[str, bytes] = {}
    shapes: dict[str, tuple[Sequence[str], str]] = {}
    for table in annual.tables:
        columns = ("quarter", *table.labels, "measure", "value")
        files[f"{table.name}.csv"] = _csv(columns, _long(annual, table))
        shapes[f"{table.name}.csv"] = (columns, f"{table.definition.title} ({table.definition.unit})")
    columns = ("quarter", "table", "told", "withheld")
    rows = [(one.quarter, one.table, one.told, one.withheld) for one in annual.suppressed]
    files["suppressed.csv"] = _csv(columns, rows)
    shapes["suppressed.csv"] = (columns, "Numbers told and withheld, by table and quarter")
    files["datapackage.json"] = _json(_data_package(annual, shapes))
    files["csv-metadata.json"] = _json(_csvw(annual, shapes))
    files["METHOD.txt"] = _method(annual).encode()
    return _zipped(files)


def _long(annual: Annual, table: AnnualTable) -> Sequence[Sequence[object]]:
    return [
        (quarter.name, *labels, measure, written(numbers[place]))
        for place, quarter in enumerate(annual.quarters)
        for labels, measure, numbers, _ in table.rows
    ]


def _csv(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerow([TAGS.get(name, f"#x_{name}") for name in columns])
    writer.writerows(rows)
    return text.getvalue().encode()


def _data_package(annual: Annual, shapes: Mapping[str, tuple[Sequence[str], str]]) -> dict[str, Any]:
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": f"redress-{annual.year}-{annual.audience}",
        "title": f"Labour grievances {annual.year}: published figures",
        "version": annual.stamp,
        "resources": [
            {
                "name": path.removesuffix(".csv"),
                "path": path,
                "title": title,
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "dialect": {"header": True, "commentChar": "#"},
                "schema": {
                    "fields": [{"name": name, "type": "number" if name in _NUMBERS else "string"} for name in columns],
                    "missingValues": ["", WITHHELD],
                },
            }
            for path, (columns, title) in shapes.items()
        ],
    }


def _csvw(annual: Annual, shapes: Mapping[str, tuple[Sequence[str], str]]) -> dict[str, Any]:
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": f"Labour grievances {annual.year}: published figures",
        "dialect": {"header": True, "commentPrefix": "#"},
        "tables": [
            {
                "url": path,
                "dc:description": title,
                "tableSchema": {
                    "columns": [
                        {
                            "name": name,
                            "titles": name,
                            "datatype": "decimal" if name in _NUMBERS else "string",
                            "null": ["", WITHHELD],
                        }
                        for name in columns
                    ]
                },
            }
            for path, (columns, title) in shapes.items()
        ],
    }


def _method(annual: Annual) -> str:
    parts = [
        f"Labour grievances {annual.year}, for: {annual.audience}. Stamp: {annual.stamp}",
        (
            f"'{WITHHELD}' stands for a number below {annual.rule.threshold} (zero included), or for one that would "
            "let such a number be computed. Only cases whose complainant agreed to statistics are counted, as they "
            "were known when each quarter was over."
        ),
    ]
    parts += [
        f"{one.title}\n{one.definition}\nUnit: {one.unit}\nCounts: {one.counts}\nLeaves out: {one.leaves_out}\n"
        f"Period: {one.period}\nDefinition, SHA-256: {one.sha256}"
        for one in annual.definitions
    ]
    return "\n\n".join(parts) + "\n"


def _json(members: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(members), indent=2)


def _zipped(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), files[name], zipfile.ZIP_DEFLATED)
    return packed.getvalue()
