"""What can be set for intake."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read from `REDRESS_INTAKE_…`."""

    model_config = SettingsConfigDict(env_prefix="REDRESS_INTAKE_", extra="forbid")

    policy: Path | None = None
    """A policy pack of one's own: the same file as for cases: how long reports are kept, which issues few may read."""
    batch_limit: int = 1000
    """How many CloudEvents one batch may hold."""
    channels: Path | None = None
    """A TOML file, readable by its owner only, with an `[[account]]` for each account at a provider."""
