"""Answers that still hold: over rows that have not changed, the same question gets what it got before."""

from collections import OrderedDict
from collections.abc import Mapping

from services.reporting.views.warehouse import Answer, Warehouse

KEPT = 300
"""So many answers are kept; the one that was asked for longest ago goes first."""
LARGEST = 2_000
"""Rows of an answer that is kept."""

_Asked = tuple[str, str, str, tuple[tuple[str, str], ...]]


class Answers:
    """Runs statements, or returns what they gave. Who changes rows says so with `forget`."""

    def __init__(self, warehouse: Warehouse) -> None:
        """Begin with nothing kept."""
        self._warehouse = warehouse
        self._kept: OrderedDict[_Asked, Answer] = OrderedDict()

    def run(self, schema: str, sql: str, parameters: Mapping[str, object], tenant: str) -> Answer:
        """Answer a question put to one tenant's part of a schema."""
        asked = (schema, tenant, sql, tuple((name, repr(value)) for name, value in parameters.items()))
        if asked in self._kept:
            self._kept.move_to_end(asked)
            columns, rows = self._kept[asked]
            return columns, list(rows)
        columns, rows = self._warehouse.run(schema, sql, parameters, tenant)
        if len(rows) <= LARGEST:
            self._kept[asked] = columns, list(rows)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return columns, rows

    def forget(self, schema: str) -> None:
        """Keep no answer over these rows: they changed, or are gone."""
        for asked in [one for one in self._kept if one[0] == schema]:
            del self._kept[asked]
