"""What a deployment may set for reporting: how much of the machine figures take, and what may leave the house."""

from decimal import Decimal

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.reporting.domain.rules import LEAST_THRESHOLD


class Settings(BaseSettings):
    """Read from the environment, `REDRESS_REPORTING_…`.

    Whoever changes what leaves the house changes editions that were read before: read together they tell more than
    either. Set it once, before the first edition.
    """

    model_config = SettingsConfigDict(env_prefix="REDRESS_REPORTING_", frozen=True)

    memory: str = Field(default="1GB", pattern=r"^[1-9][0-9]{0,5}(MB|GB)$")
    threads: int = Field(default=2, ge=1, le=64)
    pasts_kept: int = Field(default=3, ge=1, le=50)
    public_threshold: int = Field(default=10, ge=LEAST_THRESHOLD, le=1000)
    """Counts below it are withheld from the public, and what is withheld cannot be narrowed to a span less wide."""
    partner_threshold: int = Field(default=LEAST_THRESHOLD, ge=LEAST_THRESHOLD, le=1000)
    """The same for partners; not above that of the public."""
    dominance: Decimal = Field(default=Decimal("0.7"), ge=Decimal("0.3"), le=Decimal("0.95"))
    """A sum of which one case brings a larger share than this is withheld."""
    public_channels: tuple[str, ...] = ()
    """The channels that are really in use, told apart in editions; others stand under `other`. None: no such table."""
    public_countries: tuple[str, ...] = ()
    """The countries that are told apart, as in cases (`TH`); a list that is known anyway, not one taken from cases."""

    @model_validator(mode="after")
    def _public_is_stricter(self) -> "Settings":
        if self.partner_threshold > self.public_threshold:
            raise ValueError("partner_threshold must not be above public_threshold")
        return self
