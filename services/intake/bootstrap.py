"""The composition root of intake."""

import secrets
from functools import partial
from pathlib import Path

from services.intake.api import routers
from services.intake.application import Intake, Retiring, Subjects, indexer, receipt_of
from services.intake.consumers import ending, filing
from services.intake.projections import INBOX
from services.intake.settings import Settings
from services.intake.views import IntakeViews, viewed_themselves
from shared.policy import read_policy_file
from shared.privacy.persons import RecordOfPerson
from shared.privacy.reading import Reading
from shared.service import Parts, Service
from shared.vault.proof import kept_signer

SECRET_BYTES = 32
REST = 3600.0
"""Seconds between two looks at what is kept long enough."""


def build(parts: Parts, settings: Settings | None = None, secret: bytes | None = None) -> Service:
    """Put intake together; `secret` is read from the data folder, or made there at the first start."""
    settings = settings or Settings()
    secret = secret or kept_secret(parts.data / "receipts.key")
    store = parts.open_store("intake", indexer(partial(receipt_of, secret)))
    subjects = Subjects(store, parts.vault, kept_signer(parts.data / "proof.key"))
    intake = Intake(store, secret, parts.vault, subjects)
    views = IntakeViews(store, parts.documents, intake.receipt, Reading(store, parts.vault))
    policy = read_policy_file(settings.policy, "REDRESS_INTAKE_POLICY")
    retiring = Retiring(subjects, partial(views.ripe, policy.retention), parts.clock)
    return Service(
        name="intake",
        store=store,
        documents=parts.documents,
        routers=routers(intake, subjects, views, settings.batch_limit),
        projections=(INBOX,),
        reactions=(filing(intake, parts.clock), ending(intake, parts.clock)),
        background=(("retire", retiring.look, REST),),
        personal=RecordOfPerson(store, parts.vault, views.streams_of, viewed_themselves),
        rights=intake,
        application=intake,
    )


def kept_secret(path: Path) -> bytes:
    """Return the secret of a file that only its owner may read, making it at the first start."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_bytes(secrets.token_bytes(SECRET_BYTES))
    return path.read_bytes()
