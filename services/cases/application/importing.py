"""Taking over one record of an earlier system, once for ever."""

from msgspec.structs import replace

from services.cases.application.index import free_number
from services.cases.domain.legacy import take_over
from shared.eventstore.context import CommandContext
from shared.eventstore.work import UnitOfWork
from shared.ids import derived_id
from shared.legacy import LegacyRecord


def import_record(unit: UnitOfWork, record: LegacyRecord, context: CommandContext) -> bool:
    """Write the record as a case of its own; one that was imported before changes nothing and is False."""
    case_id = derived_id("legacy", context.tenant, record.source, record.reference)
    if unit.read(case_id):
        return False
    number = free_number(unit, case_id)
    for version, (occurred_at, event) in enumerate(take_over(record, number=number)):
        unit.append(case_id, version, [event], replace(context, occurred_at=occurred_at))
    return True
