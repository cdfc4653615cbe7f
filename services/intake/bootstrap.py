"""The composition root of intake."""

from services.intake.api import routers
from services.intake.application import Intake, index
from services.intake.consumers import filing
from services.intake.projections import INBOX
from services.intake.settings import Settings
from services.intake.views import IntakeViews
from shared.service import Parts, Service


def build(parts: Parts, settings: Settings | None = None, secret: bytes | None = None) -> Service:
    """Put intake together; `secret` is what receipts are made with."""
    settings = settings or Settings()
    store = parts.open_store("intake", index)
    intake = Intake(store, secret or parts.secret("receipts"))
    views = IntakeViews(store, parts.documents, intake.receipt)
    return Service(
        name="intake",
        store=store,
        documents=parts.documents,
        routers=routers(intake, views, settings.batch_limit),
        projections=(INBOX,),
        reactions=(filing(intake, parts.clock),),
        application=intake,
    )
