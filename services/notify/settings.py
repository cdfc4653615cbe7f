"""What a deployment may set for notify: the way mail goes out, time-outs, the retry schedule."""

from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

Minutes = Annotated[float, Field(ge=0, le=60 * 24 * 7)]
WallTime = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Patience = Annotated[float, Field(gt=0, le=30)]
"""Seconds for one delivery: short enough that a round of them never looks like a loop that hangs."""


class Settings(BaseSettings):
    """Read from the environment, `REDRESS_NOTIFY_…`. Without `smtp_host`, mail is written to files in the outbox."""

    model_config = SettingsConfigDict(env_prefix="REDRESS_NOTIFY_", frozen=True)

    smtp_host: str | None = None
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_tls: Literal["starttls", "tls", "none"] = "starttls"
    smtp_timeout_seconds: Patience = 20
    sender: str = Field(default="no-reply@localhost", pattern=r"^[^@\s<>,;:\"]+@[^@\s<>,;:\"]+$", max_length=254)
    supervisors_address: str | None = Field(default=None, pattern=r"^[^@\s<>,;:\"]+@[^@\s<>,;:\"]+$", max_length=254)
    supervisors_language: str = Field(default="en", max_length=35)
    policy: Path | None = None
    webhook_timeout_seconds: Patience = 10
    webhook_allowed_hosts: tuple[str, ...] = ()
    """Hosts of one's own network that webhooks may call; all others must be on the open net."""
    retry_minutes: tuple[Minutes, ...] = Field(default=(0, 1, 5, 30, 120), min_length=1, max_length=20)
    historical_days: int = Field(default=14, ge=0, le=3650)
    quiet_start: WallTime = "08:00"
    quiet_end: WallTime = "20:00"
    quiet_zone: str = Field(default="Asia/Bangkok", max_length=60)
    """Nobody's device rings outside these hours unless they named hours of their own; in their zone, or this one."""
    concurrent_deliveries: int = Field(default=8, ge=1, le=100)
    rest_seconds: float = Field(default=1, gt=0, le=3600)

    @field_validator("retry_minutes")
    @classmethod
    def _rises_from_zero(cls, minutes: tuple[float, ...]) -> tuple[float, ...]:
        if minutes[0] != 0 or any(earlier >= later for earlier, later in pairwise(minutes)):
            raise ValueError("the first attempt is at minute 0 and each later one after the one before it")
        return minutes

    @field_validator("quiet_zone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError("is a name of the IANA time zone database, such as Asia/Bangkok") from error
        return name

    @model_validator(mode="after")
    def _no_password_in_the_clear(self) -> Self:
        if self.smtp_password is not None and self.smtp_tls == "none":
            raise ValueError("a password never travels without TLS: set smtp_tls to 'starttls' or 'tls'")
        if (self.smtp_password is None) != (self.smtp_user is None):
            raise ValueError("smtp_user and smtp_password belong together")
        return self
