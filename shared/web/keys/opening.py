"""Open the keys that the settings name: a file of the data folder, or a database that several processes share."""

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.clock import Clock, system_clock
from shared.web.keys.book import COST, Cost, Keys
from shared.web.keys.postgres import PostgresKeyStore
from shared.web.keys.sqlite import SqliteKeyStore

FILE = "keys.sqlite"


class KeySettings(BaseSettings):
    """Read from `REDRESS_KEYS_…`. With `dsn`, a PostgreSQL address, the keys are there and not in the data folder."""

    model_config = SettingsConfigDict(env_prefix="REDRESS_KEYS_", frozen=True)

    dsn: SecretStr | None = None


def open_keys(data: Path, clock: Clock = system_clock, cost: Cost = COST, settings: KeySettings | None = None) -> Keys:
    """Open the keys of a deployment."""
    dsn = (settings or KeySettings()).dsn
    store = SqliteKeyStore(data / FILE) if dsn is None else PostgresKeyStore(dsn.get_secret_value())
    return Keys(store, clock, cost)
