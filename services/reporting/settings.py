"""What a deployment may set for reporting: how much of the machine figures may take."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read from the environment, `REDRESS_REPORTING_…`."""

    model_config = SettingsConfigDict(env_prefix="REDRESS_REPORTING_", frozen=True)

    memory: str = Field(default="1GB", pattern=r"^[1-9][0-9]{0,5}(MB|GB)$")
    threads: int = Field(default=2, ge=1, le=64)
    pasts_kept: int = Field(default=3, ge=1, le=50)
