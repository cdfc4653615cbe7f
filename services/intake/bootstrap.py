"""The composition root of intake."""

import secrets
from pathlib import Path

from services.intake.api import routers
from services.intake.application import Intake, index
from services.intake.consumers import filing
from services.intake.projections import inbox
from services.intake.settings import Settings
from services.intake.views import IntakeViews
from shared.policy import read_policy_file
from shared.reaching import reach_projection
from shared.service import Parts, Service

SECRET_BYTES = 32


def build(parts: Parts, settings: Settings | None = None, secret: bytes | None = None) -> Service:
    """Put intake together; `secret` is read from the data folder, or made there at the first start."""
    settings = settings or Settings()
    store = parts.open_store("intake", index)
    policy = read_policy_file(settings.policy, "REDRESS_INTAKE_POLICY")
    intake = Intake(store, secret or kept_secret(parts.data / "receipts.key"), policy)
    views = IntakeViews(store, parts.documents, intake.receipt, policy.restricted.readers)
    return Service(
        name="intake",
        store=store,
        documents=parts.documents,
        routers=routers(intake, views, settings.batch_limit),
        projections=(inbox(policy), reach_projection(policy)),
        reactions=(filing(intake, parts.clock),),
        application=intake,
    )


def kept_secret(path: Path) -> bytes:
    """Return the secret of a file that only its owner may read, making it at the first start."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_bytes(secrets.token_bytes(SECRET_BYTES))
    return path.read_bytes()
