"""What a deployment may set about its vault: where wrapped keys lie, and what wraps them."""

from pathlib import Path
from typing import Self

from pydantic import Field, HttpUrl, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read from `REDRESS_VAULT_…`: where the wrapped keys lie, and what wraps them."""

    model_config = SettingsConfigDict(env_prefix="REDRESS_VAULT_", frozen=True)

    dsn: SecretStr | None = None
    """A PostgreSQL database for the wrapped keys, in a schema of its own; default: a file in the data folder."""
    kek: SecretStr | None = None
    """Key-encryption keys, `ID BASE64` separated by commas; the last one wraps."""
    kek_file: Path | None = None
    """A file of such keys, one a line; default: `vault.kek` in the data folder, made at the first start."""


class TransitSettings(BaseSettings):
    """Read from `REDRESS_VAULT_TRANSIT_…`; without an address, keys come from a file or the environment."""

    model_config = SettingsConfigDict(env_prefix="REDRESS_VAULT_TRANSIT_", frozen=True)

    address: HttpUrl | None = None
    key: str = Field(default="redress", pattern=r"^[A-Za-z0-9_.-]{1,100}$")
    mount: str = Field(default="transit", pattern=r"^[A-Za-z0-9_./-]{1,100}$")
    token: SecretStr | None = None
    token_file: Path | None = None
    """A file that an agent keeps fresh; read for every call."""
    namespace: str | None = None
    ca_file: Path | None = None
    timeout_seconds: float = Field(default=5, gt=0, le=30)

    @model_validator(mode="after")
    def _token_with_address(self) -> Self:
        if self.address is not None and (self.token is None) == (self.token_file is None):
            raise ValueError("a transit address needs a token or a token_file, one of them")
        return self
