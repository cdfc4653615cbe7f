"""What the command line does with the vault: erase a person, rotate the outer key, check a proof."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from shared.cli.progress import Progress
from shared.errors import InvalidError, SettingsError
from shared.events.envelope import Actor
from shared.events.intake import FactRedacted, SubjectErased
from shared.events.privacy import ErasureReason
from shared.eventstore.context import CommandContext
from shared.eventstore.redacting import RecordBytes
from shared.eventstore.sqlite_redacting import SqliteBytes
from shared.eventstore.store import EventStore
from shared.ids import new_id
from shared.vault.keks import FileKeks
from shared.vault.proof import holds
from shared.vault.vault import Vault, own_subject
from shared.web.keys import KeySettings

OPERATOR = Actor("system:command-line", "admin")
_BATCH = 1000


async def erase_subject(subjects: Any, subject: str, reason: ErasureReason, now: datetime) -> str:
    """Erase a person by their pseudonym; return the signed proof as JSON."""
    try:
        wanted = UUID(subject)
    except ValueError:
        raise InvalidError("A pseudonym is a UUID, as reports and cases show it.", field="subject") from None
    context = CommandContext(actor=OPERATOR, now=now, correlation_id=new_id())
    proof = await subjects.erase(subject=wanted, reason=reason, context=context)
    return json.dumps(proof, indent=2, ensure_ascii=False)


Records = Mapping[str, RecordBytes]
"""The records of all services, by name."""


async def redact_fact(
    subjects: Any, records: Records, *, service: str, stream: str, version: int, ordered_by: str, now: datetime
) -> FactRedacted:
    """Take what people said out of the stored bytes of one fact and of its copies, and put that on record."""
    if service not in records:
        raise SettingsError(f"There is no record of a service {service}; there are {', '.join(records)}.")
    try:
        stream_id = UUID(stream)
    except ValueError:
        raise InvalidError("A stream is named by its UUID.", field="stream") from None
    redacted = records[service].redact(stream_id, version, ordered_by=ordered_by, at=now)
    for record in records.values():
        record.redact_letters(redacted.fact)
    subject = redacted.fact.envelope.subject or own_subject(stream_id)
    fact = FactRedacted(
        service=service, stream_id=stream_id, stream_version=version, sha256=redacted.sha256, ordered_by=ordered_by
    )
    context = CommandContext(actor=OPERATOR, now=now, correlation_id=new_id(), tenant=redacted.fact.envelope.tenant)
    await subjects.redacted(subject=subject, fact=fact, context=context)
    return fact


def records_of(data: Path, services: Iterable[str]) -> Records:
    """Return the bytes of the records where they lie: in the folder, or in PostgreSQL where the settings name it."""
    dsn = KeySettings().postgres_dsn
    if dsn is not None:
        from shared.eventstore.postgres_redacting import PostgresBytes  # noqa: PLC0415 - the driver is an extra

        return {name: PostgresBytes(dsn.get_secret_value(), name) for name in services}
    files = {name: data / name / "record.sqlite" for name in services}
    return {name: SqliteBytes(file) for name, file in files.items() if file.exists()}


async def erase_again(store: EventStore, vault: Vault, progress: Progress) -> int:
    """Erase everyone anew whom the record says was erased: an older vault has brought their keys back."""
    progress.begin("facts read", await store.head())
    again, position = 0, 0
    while batch := await store.read(position, _BATCH):
        for fact in batch:
            subject, event = fact.envelope.subject, fact.event
            if isinstance(event, SubjectErased) and subject is not None and not vault.is_erased(subject):
                vault.erase(subject, at=fact.envelope.recorded_at, reason=event.reason)
                again += 1
        position = batch[-1].position
        progress.advance(len(batch))
    return again


def rotate(vault: Vault, progress: Progress) -> tuple[str, int]:
    """Make a new outer key where it is a file, and wrap every data key with it; what is sealed is not touched."""
    if isinstance(vault.keks, FileKeks):
        vault.keks.add()
    progress.begin("data keys wrapped", 0)
    return vault.keks.current(), vault.rewrap(progress.advance)


def check_proof(file: Path, public_key: str) -> bool:
    """Whether a proof is signed by this key and nothing in it was changed."""
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"{file} is not a proof: {type(error).__name__}.") from error
    return isinstance(document, dict) and holds(document, public_key)
