"""Where keys lie: beside the data, or in PostgreSQL where that is set."""

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.clock import Clock, system_clock
from shared.web.keys import Keys, kept_keys


class KeySettings(BaseSettings):
    """Read from `REDRESS_POSTGRES_DSN`, which the record of scale-out lies in, too."""

    model_config = SettingsConfigDict(env_prefix="REDRESS_", frozen=True)

    postgres_dsn: SecretStr | None = None


def open_keys(data: Path, clock: Clock = system_clock) -> Keys:
    """Return the keys of a data folder, or those of the deployment that the settings name."""
    dsn = KeySettings().postgres_dsn
    if dsn is None:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        return kept_keys(data / "keys.sqlite", clock)
    return shared_keys(dsn.get_secret_value(), clock)


def shared_keys(dsn: str, clock: Clock = system_clock) -> Keys:
    """Return the keys that every replica knows."""
    from shared.web.keys_postgres import PostgresTables  # noqa: PLC0415 - the driver is an extra

    return Keys(PostgresTables(dsn), clock)
