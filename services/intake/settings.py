"""What can be set for intake."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read from `REDRESS_INTAKE_…`."""

    model_config = SettingsConfigDict(env_prefix="REDRESS_INTAKE_", extra="forbid")

    policy: Path | None = None
    """A policy pack of one's own: the same file as for cases: how long reports are kept, which issues few may read."""
    languages: dict[str, str] = {}
    """The language of a `CHANNEL/ACCOUNT` that serves one, such as `{"sms/1800010180": "my"}`; before guesses."""
    regions: dict[str, str] = {}
    """The country (ISO 3166-1) of a `CHANNEL/ACCOUNT`: how telephone numbers without one are meant."""
    batch_limit: int = 1000
    """How many CloudEvents one batch may hold."""
