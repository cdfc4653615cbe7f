"""What a deployment may set about the web."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class WebSettings(BaseSettings):
    """Read from `REDRESS_WEB_…`."""

    model_config = SettingsConfigDict(env_prefix="REDRESS_WEB_", frozen=True)

    behind_tls: bool = False
    """TLS ends in front of us: browsers are told to use nothing else."""
