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


PerSecond = Annotated[float, Field(gt=0, le=1000)]


class Providers(BaseSettings):
    """The providers of texts, calls and chats, `REDRESS_NOTIFY_…`; one without its token is not set up.

    The addresses are those of the providers; a test or a relay puts its own.
    """

    model_config = SettingsConfigDict(env_prefix="REDRESS_NOTIFY_", frozen=True)

    provider_timeout_seconds: Patience = 10
    provider_rates: dict[str, PerSecond] = {}
    """Calls a second by channel, where a contract allows others than ten (one for texts and calls)."""

    twilio_url: str = "https://api.twilio.com"
    twilio_account: str | None = None
    twilio_token: SecretStr | None = None
    twilio_sender: str = ""
    voice_prompts: dict[str, str] = {}
    """Language -> address of the sound that a call plays; none: nobody is called."""

    whatsapp_url: str = "https://graph.facebook.com"
    whatsapp_token: SecretStr | None = None
    whatsapp_phone_number_id: str = ""
    whatsapp_template: str = "news"
    """The name of a template that Meta approved in every language, with one gap in its body."""

    messenger_url: str = "https://graph.facebook.com"
    messenger_token: SecretStr | None = None

    line_url: str = "https://api.line.me"
    line_token: SecretStr | None = None

    viber_url: str = "https://chatapi.viber.com"
    viber_token: SecretStr | None = None
    viber_name: str = Field(default="Messages", max_length=28)

    telegram_url: str = "https://api.telegram.org"
    telegram_token: SecretStr | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.twilio_token is not None and not (self.twilio_account and self.twilio_sender):
            raise ValueError("twilio_token, twilio_account and twilio_sender belong together")
        if self.whatsapp_token is not None and not self.whatsapp_phone_number_id:
            raise ValueError("whatsapp_token and whatsapp_phone_number_id belong together")
        return self


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
    safeguarding_address: str | None = Field(default=None, pattern=r"^[^@\s<>,;:\"]+@[^@\s<>,;:\"]+$", max_length=254)
    """Where safeguarding is told that somebody suffers for a complaint; default: where supervisors are."""
    witness_address: str | None = Field(default=None, pattern=r"^[^@\s<>,;:\"]+@[^@\s<>,;:\"]+$", max_length=254)
    """Where whoever witnesses the ledgers is told of new keys, new logs, redactions and adopted rules."""
    supervisors_language: str = Field(default="en", max_length=35)
    public_url: str | None = Field(default=None, pattern=r"^https?://[^\s/?#@]+(/[^\s?#]*)?$", max_length=500)
    """Where this deployment lies for those outside; without it no answer link is sent to anybody."""
    office: dict[str, str] = {}
    """Mail addresses of handlers, by the id of their key; whoever has none looks at the desk."""
    rules: Path | None = None
    templates: Path | None = None
    policy: Path | None = None
    webhook_timeout_seconds: Patience = 10
    webhook_secrets: tuple[SecretStr, ...] = ()
    """Sign what is posted, the newest first; each as `whsec_` and base 64 of 24 to 64 bytes."""
    webhook_allowed_hosts: tuple[str, ...] = ()
    """Hosts of one's own network that webhooks may call; all others must be on the open net."""
    retry_minutes: tuple[Minutes, ...] = Field(default=(0, 1, 5, 30, 120), min_length=1, max_length=20)
    historical_days: int = Field(default=14, ge=0, le=3650)
    quiet_start: WallTime = "08:00"
    quiet_end: WallTime = "20:00"
    quiet_zone: str = Field(default="Asia/Bangkok", max_length=60)
    """Nobody's device rings outside these hours unless they named hours of their own; in their zone, or this one."""
    stream_seconds: float = Field(default=300, gt=0, le=3600)
    """How long a stream of server-sent events lasts before its reader comes again."""
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
