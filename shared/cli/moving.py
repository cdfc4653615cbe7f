"""Move an embedded data folder to the engines: records and keys, compared byte by byte; topics and views follow."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from shared.cli.progress import Progress
from shared.errors import SettingsError
from shared.eventstore.postgres_moving import Moved, move_record
from shared.scale_out import ScaleOutSettings
from shared.secret import kept_root
from shared.service import Service
from shared.vault.postgres_moving import move_vault


def move_folder(
    data: Path, services: Mapping[str, Service], settings: ScaleOutSettings, progress: Progress
) -> Sequence[Moved]:
    """Copy every record and the vault; nobody may write to the folder meanwhile."""
    if settings.root() != kept_root(data):
        raise SettingsError(
            f"REDRESS_SECRET must be what {data / 'secret.key'} says: receipts that people hold are made with it."
        )
    moved = []
    for name, service in services.items():
        heads = {reaction.name: reaction.source for reaction in service.reactions}
        progress.begin(f"moving {name}", 0)
        moved.append(move_record(data, name, heads, settings.postgres(), progress.advance))
    move_vault(data / "vault.sqlite", settings.postgres())
    return moved
