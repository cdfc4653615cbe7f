"""The words of this service's bodies and filters, beside those that all services share."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from shared.web.commands import Body
from shared.web.fields import Line, Since

PREFIX = "/cases/v1"

IssueCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}-[A-Z]{3}$")]
SeverityCode = Annotated[str, StringConstraints(pattern=r"^S[1-9]$")]
RemedyCode = Annotated[str, StringConstraints(pattern=r"^RM-[A-Z]{3}$")]
OsId = Annotated[str, StringConstraints(min_length=15, max_length=24, pattern=r"^[0-9A-Za-z -]+$")]
Plainly = Annotated[bool, Field(strict=True)]
"""Yes or no, and nothing that could be taken for one of them."""


OrganisationId = Annotated[UUID, Field(description="Id of a registered organisation.")]
ItemId = Annotated[UUID, Field(description="Id of a remedy, as the case shows it.")]

ORGANISATION = "0190f2c4-7a3e-7c11-9c0e-3f5b8a1d2e4f"
ITEM = "0190f2c4-7a3e-7c11-9c0e-3f5b8a1d2e50"


class OverrideBody(Body):
    """Which gate is passed, and why; it stands on record beside what it let through."""

    gate: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]{0,39}$")]
    reason: Line


class CommandBody(Body):
    """What every command may carry: when it was true, if that was earlier than now."""

    occurred_at: Since = None


class GuardedBody(CommandBody):
    """What a command carries before a gate that somebody with the right to may pass."""

    override: Annotated[OverrideBody | None, Field(description="A right of its own, beside the role.")] = None


def example(**words: Any) -> ConfigDict:
    """Return the model configuration of a body that the OpenAPI document shows with these words."""
    return Body.model_config | ConfigDict(json_schema_extra={"examples": [words]})
