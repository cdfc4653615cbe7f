"""What can be set for intake."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read from `REDRESS_INTAKE_…`."""

    model_config = SettingsConfigDict(env_prefix="REDRESS_INTAKE_", extra="forbid")

    batch_limit: int = 1000
    """How many CloudEvents one batch may hold."""
