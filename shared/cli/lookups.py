"""What commands find in a data folder: keys, a case by its number, a moment by its text."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from shared.errors import InvalidError, NotFoundError, SettingsError
from shared.events.envelope import Recorded
from shared.eventstore.store import EventStore
from shared.rights import Role
from shared.web.keys import Keys, kept_keys

ADMIN = "admin"
ADMIN_KEY = "admin.key"
DEMO_KEY = "demo.key"


def admin_key(data: Path, keys: Keys) -> Path:
    """Return the file of the admin key, making both at the first start; only its owner may read it."""
    file = data / ADMIN_KEY
    if not keys.knows(ADMIN):
        _write_key(file, keys.create(Role.ADMIN, name=ADMIN)[1])
    return file


def demo_keys(data: Path) -> tuple[str, str]:
    """Return the keys of the two persons who play the demo: the admin, and a supervisor made for it."""
    admin, second = data / ADMIN_KEY, data / DEMO_KEY
    if not admin.exists():
        raise SettingsError(f"{admin} is not there: start the system with 'make run' first, or name its --data.")
    if not second.exists():
        keys = kept_keys(data)
        _write_key(second, keys.create(Role.SUPERVISOR, name="demo-supervisor")[1])
        keys.close()
    return admin.read_text().strip(), second.read_text().strip()


async def case_facts(store: EventStore, case: str) -> Sequence[Recorded]:
    """Return the facts of a case, found by its number or id."""
    found = await store.lookup("case-number", case.upper())
    try:
        facts = await store.stream(UUID(found or case))
    except ValueError:
        facts = ()
    if not facts:
        raise NotFoundError(f"There is no case {case}; a number looks like R-7K2QX-9ABCD.")
    return facts


def instant(text: str | None) -> datetime | None:
    """Read a moment; one without a zone is refused."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidError(f"'{text}' is not a time such as 2026-03-01T09:30:00+07:00.", field="as-of") from error
    if moment.tzinfo is None:
        raise InvalidError("The time needs its zone, such as +07:00 or Z.", field="as-of")
    return moment


def _write_key(file: Path, key: str) -> None:
    file.touch(mode=0o600)
    file.write_text(key + "\n")
