"""Where keys lie: in a file beside the data, or in the PostgreSQL that all replicas share where that is set."""

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.clock import Clock, system_clock
from shared.web.keys.book import COST, Cost, Keys
from shared.web.keys.postgres import PostgresKeyStore
from shared.web.keys.sqlite import SqliteKeyStore

FILE = "keys.sqlite"


class KeySettings(BaseSettings):
    """Read from `REDRESS_POSTGRES_DSN`, which the record of scale-out lies in, too."""

    model_config = SettingsConfigDict(env_prefix="REDRESS_", frozen=True)

    postgres_dsn: SecretStr | None = None


def open_keys(data: Path, clock: Clock = system_clock) -> Keys:
    """Return the keys of a data folder, or those of the deployment that the settings name."""
    dsn = KeySettings().postgres_dsn
    if dsn is not None:
        return shared_keys(dsn.get_secret_value(), clock)
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    return kept_keys(data, clock)


def kept_keys(data: Path, clock: Clock = system_clock, cost: Cost = COST) -> Keys:
    """Return the keys of a data folder, making their file when it is not there."""
    return Keys(SqliteKeyStore(data / FILE), clock, cost)


def shared_keys(dsn: str, clock: Clock = system_clock, cost: Cost = COST) -> Keys:
    """Return the keys that every replica knows."""
    return Keys(PostgresKeyStore(dsn), clock, cost)
