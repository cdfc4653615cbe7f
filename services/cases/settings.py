"""What a deployment may set for this service."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """`REDRESS_CASES_POLICY`: a policy pack of one's own instead of the one that comes with the product.

    `REDRESS_CASES_POLICIES`: a table that gives cases of a tenant, a country or a buyer a pack with other times.
    """

    model_config = SettingsConfigDict(env_prefix="REDRESS_CASES_", frozen=True)

    policy: Path | None = None
    policies: Path | None = None
