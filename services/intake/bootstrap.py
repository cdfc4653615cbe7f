"""The composition root of intake."""

from functools import partial

from services.intake.api import Hooks, channels_router, quarantine_router, routers, webhooks_router
from services.intake.application import (
    Arriving,
    Draining,
    Intake,
    Preparing,
    Retiring,
    Spool,
    Subjects,
    Turnstile,
    indexer,
)
from services.intake.channels.accounts import read_accounts
from services.intake.channels.cloud import CloudEvents
from services.intake.channels.forms import Kobo, OdkCentral, RapidPro
from services.intake.channels.line import Line
from services.intake.channels.mail import Mail
from services.intake.channels.messenger import Messenger
from services.intake.channels.port import Webhook
from services.intake.channels.sms import Sms
from services.intake.channels.standard_webhooks import StandardWebhooks
from services.intake.channels.telegram import Telegram
from services.intake.channels.viber import Viber
from services.intake.channels.voice import Voice
from services.intake.channels.whatsapp import WhatsApp
from services.intake.consumers import ending, filing
from services.intake.domain import receipt_of
from services.intake.lexicon import load_lexicon
from services.intake.projections import inbox
from services.intake.settings import Settings
from services.intake.text import Languages
from services.intake.views import (
    AlikeViews,
    InboxViews,
    IntakeViews,
    ReceiptViews,
    progress_projection,
    viewed_themselves,
)
from services.intake.views.quarantine import QuarantineViews, quarantine_projection
from shared.policy import read_policy_file
from shared.privacy.persons import RecordOfPerson
from shared.privacy.reading import Reading
from shared.reaching import reach_projection
from shared.service import Parts, Service
from shared.vault.proof import signer_of

DRAIN_REST = 1.0
"""Seconds between two looks at what waits for the record."""
REST = 3600.0
"""Seconds between two looks at what is kept long enough."""

WEBHOOKS: tuple[Webhook, ...] = (
    *(WhatsApp(), Messenger(), Line(), Viber(), Telegram(), Sms(), Voice()),
    *(Kobo(), OdkCentral(), RapidPro(), StandardWebhooks(), CloudEvents(), Mail()),
)
"""Every provider that posts to us."""


def build(parts: Parts, settings: Settings | None = None, secret: bytes | None = None) -> Service:
    """Put intake together; `secret` is what receipts are made with."""
    settings = settings or Settings()
    secret = secret or parts.secret("receipts")
    store = parts.open_store("intake", indexer(partial(receipt_of, secret)))
    policy = read_policy_file(settings.policy, "REDRESS_INTAKE_POLICY")
    subjects = Subjects(store, parts.vault, signer_of(parts.secret("proofs"), parts.data / "proof.pub"))
    spool = Spool(parts.data / "spool", parts.secret("spool"))
    preparing = Preparing(load_lexicon(policy), Languages(settings.languages), settings.regions)
    turnstile = Turnstile(
        of_sender=(settings.sender_per_second, settings.sender_burst),
        of_account=(settings.account_per_second, settings.account_burst),
    )
    intake = Intake(
        store,
        secret,
        parts.vault,
        subjects,
        policy,
        preparing=preparing,
        spool=spool,
        by_themselves=settings.by_themselves,
        turnstile=turnstile,
    )
    draining = Draining(spool, intake.store)
    reading = Reading(store, parts.vault)
    views = IntakeViews(store, parts.documents, intake.receipt, reading, policy.restricted.readers)
    types = {one.name: one for one in WEBHOOKS}
    hooks = Hooks(types, read_accounts(settings.channels, types), Arriving(store, intake))
    quarantine = QuarantineViews(store, parts.documents, reading)
    retiring = Retiring(subjects, partial(views.ripe, policy.retention), parts.clock)
    return Service(
        name="intake",
        store=store,
        documents=parts.documents,
        routers=(
            channels_router(hooks),
            webhooks_router(hooks),
            *routers(
                intake,
                subjects,
                views,
                waiting=InboxViews(parts.documents, policy.restricted.readers),
                alike=AlikeViews(parts.documents, policy.restricted.readers),
                receipts=ReceiptViews(store, parts.documents, reading),
                batch_limit=settings.batch_limit,
            ),
            quarantine_router(quarantine),
        ),
        projections=(inbox(policy), reach_projection(policy), progress_projection(), quarantine_projection()),
        reactions=(filing(intake, parts.clock), ending(intake, parts.clock)),
        everywhere=(("drain", draining.once, DRAIN_REST),),
        spooled=lambda: {"waiting": spool.size, "put-aside": spool.corrupt},
        background=(("retire", retiring.look, REST),),
        personal=RecordOfPerson(store, parts.vault, views.streams_of, viewed_themselves),
        rights=intake,
        application=intake,
    )
