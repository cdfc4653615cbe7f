"""Open the vault that the settings name; the embedded one is a file beside the records, its outer key another."""

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.vault.keks import FileKeks, HeldKeks, KeyEncryption, parsed
from shared.vault.port import KeyStorage
from shared.vault.sqlite import SqliteKeys
from shared.vault.vault import Vault


class Settings(BaseSettings):
    """Read from `REDRESS_VAULT_…`: where the wrapped keys lie, and what wraps them."""

    model_config = SettingsConfigDict(env_prefix="REDRESS_VAULT_", extra="forbid", frozen=True)

    dsn: SecretStr | None = None
    """A PostgreSQL database for the wrapped keys, in a schema of its own; default: a file in the data folder."""
    kek: SecretStr | None = None
    """Key-encryption keys, `ID BASE64` separated by commas; the last one wraps."""
    kek_file: Path | None = None
    """A file of such keys, one a line; default: `vault.kek` in the data folder, made at the first start."""


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
    if settings.kek is not None:
        return HeldKeks(parsed(settings.kek.get_secret_value().split(",")))
    return FileKeks(settings.kek_file or data / "vault.kek")
