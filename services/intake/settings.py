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
    by_themselves: frozenset[str] = frozenset()
    """The `CHANNEL/ACCOUNT`s whose complete structured reports become cases without a person; others wait."""
    sender_per_second: float = 10.0
    sender_burst: float = 300.0
    """How many messages one sender may send before the answers to them are held back for a moment."""
    account_per_second: float = 5000.0
    account_burst: float = 20_000.0
    """The same for all senders of one account together."""
    batch_limit: int = 1000
    """How many CloudEvents one batch may hold."""
    attachments: Path | None = None
    """Where files of messages are kept, sealed; replicas share it. Default: a folder beside the record."""
    attachment_bytes: int = 25_000_000
    """How many bytes are taken of one file at most; a larger one is said to be unavailable."""
    attachment_hosts: frozenset[str] = frozenset()
    """Hosts that are called for files wherever they are, such as a relay of one's own."""
    channels: Path | None = None
    """A TOML file, readable by its owner only, with an `[[account]]` for each account at a provider."""
