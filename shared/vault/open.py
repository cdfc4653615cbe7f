"""Open the vault that the settings name; the embedded one is a file beside the records, its outer key another."""

from pathlib import Path

from shared.vault.keks import FileKeks, HeldKeks, KeyEncryption, Succession, parsed
from shared.vault.port import KeyStorage
from shared.vault.settings import Settings, TransitSettings
from shared.vault.sqlite import SqliteKeys
from shared.vault.vault import Vault


def open_vault(data: Path, settings: Settings | None = None) -> Vault:
    """Open the vault of a data folder, making it when it is not there."""
    settings = settings or Settings()
    return Vault(_storage(data, settings), _keks(data, settings))


def _storage(data: Path, settings: Settings) -> KeyStorage:
    if settings.dsn is None:
        return SqliteKeys(data / "vault.sqlite")
    from shared.vault.postgres import PostgresKeys  # noqa: PLC0415 - the driver is an extra

    return PostgresKeys(settings.dsn.get_secret_value())


def _keks(data: Path, settings: Settings) -> KeyEncryption:
    transit = TransitSettings()
    if transit.address is None:
        return _held(data, settings)
    from shared.vault.transit import TransitKeks  # noqa: PLC0415 - its client costs time to load

    earlier = settings.kek is not None or (settings.kek_file or data / "vault.kek").exists()
    return Succession(TransitKeks(transit), _held(data, settings)) if earlier else TransitKeks(transit)


def _held(data: Path, settings: Settings) -> KeyEncryption:
    if settings.kek is not None:
        return HeldKeks(parsed(settings.kek.get_secret_value().split(",")))
    return FileKeks(settings.kek_file or data / "vault.kek")
