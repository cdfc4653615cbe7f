"""What a deployment may set about the web: TLS in front, rates, and the issuer of bearer tokens."""

from typing import Self

from pydantic import Field, HttpUrl, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.rights import Role, Scope


class WebSettings(BaseSettings):
    """Read from `REDRESS_WEB_…`."""

    model_config = SettingsConfigDict(env_prefix="REDRESS_WEB_", frozen=True)

    behind_tls: bool = False
    """TLS ends in front of us: cookies are sent over it only, and browsers are told to use nothing else."""
    requests_per_second: float = Field(default=5_000, gt=0)
    """For each key; what a person needs is a hundredth of it, a channel integration may need all."""
    burst: float = Field(default=10_000, ge=1)


class OidcSettings(BaseSettings):
    """Read from `REDRESS_OIDC_…`. Without an issuer, no bearer tokens but our own keys are taken.

    The claims name where a token says its role, tenant, team, scope and organisation; a dot goes into an object.
    `roles` translates the issuer's words, the first that a token holds counts; without it they are ours.
    """

    model_config = SettingsConfigDict(env_prefix="REDRESS_OIDC_", frozen=True)

    issuer: str | None = None
    audience: str | None = None
    jwks_url: HttpUrl | None = None
    subject_claim: str = "sub"
    role_claim: str = "redress_role"
    tenant_claim: str = "redress_tenant"
    team_claim: str = "redress_team"
    scope_claim: str = "redress_scope"
    override_claim: str = "redress_may_override"
    organisation_claim: str = "redress_organisation"
    roles: dict[str, Role] = Field(default_factory=lambda: {role.value: role for role in Role})
    tenant: str | None = None
    """The tenant of every token of this issuer; without it, each token must name its own."""
    default_scope: Scope = Scope.OWN
    timeout_seconds: float = Field(default=5, gt=0, le=30)

    @model_validator(mode="after")
    def _audience_with_issuer(self) -> Self:
        if self.issuer is not None and self.audience is None:
            raise ValueError("an issuer needs an audience: tokens meant for others must open nothing here")
        return self
