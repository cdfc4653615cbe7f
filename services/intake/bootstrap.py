"""The composition root of intake."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from services.intake.api import Hooks, attachments_router, channels_router, quarantine_router, routers, webhooks_router
from services.intake.application import (
    Arriving,
    Draining,
    Fetching,
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
from services.intake.consumers import attaching, ending, filing, questioning
from services.intake.domain import key_of_message
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
from services.intake.views.attachments import AttachmentViews, attachments_projection
from services.intake.views.quarantine import QuarantineViews, quarantine_projection
from shared.bus.port import Reaction
from shared.clock import Clock
from shared.documents.folding import Projection
from shared.eventstore.store import EventStore
from shared.policy import Policy, read_policy_file
from shared.privacy.persons import RecordOfPerson
from shared.privacy.reading import Reading
from shared.reaching import reach_projection
from shared.service import Parts, Service
from shared.vault.files import SealedFiles
from shared.vault.proof import signer_of

FETCH_REST = 2.0
"""Seconds between two looks at files that are to be fetched."""
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
    store = parts.open_store("intake", indexer(partial(key_of_message, secret)))
    policy = read_policy_file(settings.policy, "REDRESS_INTAKE_POLICY")
    subjects = Subjects(store, parts.vault, signer_of(parts.secret("proofs"), parts.data / "proof.pub"))
    spool = Spool(parts.data / "spool", parts.secret("spool"))
    intake = _taking(parts, settings, store, secret, policy, subjects, spool)
    reading = Reading(store, parts.vault)
    views = IntakeViews(store, parts.documents, intake.receipt, reading, policy.restricted.readers)
    types = {one.name: one for one in WEBHOOKS}
    accounts = read_accounts(settings.channels, types)
    files = SealedFiles(settings.attachments or parts.data / "attachments", parts.vault)
    arriving = Arriving(store, intake, files, spool)
    draining = Draining(spool, intake.store, arriving.store)
    hooks = Hooks(types, accounts, arriving)
    attached = AttachmentViews(store, parts.documents, files, reading, views)
    fetching = Fetching(
        store,
        parts.vault,
        files,
        attached.due,
        channels=(types, accounts),
        clock=parts.clock,
        most=settings.attachment_bytes,
        allowed_hosts=settings.attachment_hosts,
    )
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
            attachments_router(attached),
        ),
        projections=_folded(policy),
        reactions=_heard(intake, fetching, parts.clock),
        everywhere=(("drain", draining.once, DRAIN_REST),),
        spooled=lambda: {"waiting": spool.size, "put-aside": spool.corrupt},
        background=(("retire", retiring.look, REST), ("attachments", fetching.look, FETCH_REST)),
        personal=RecordOfPerson(store, parts.vault, views.streams_of, viewed_themselves),
        rights=intake,
        application=intake,
    )


def _heard(intake: Intake, fetching: Fetching, clock: Clock) -> Sequence[Reaction]:
    return (filing(intake, clock), attaching(fetching), ending(intake, clock), questioning(clock))


def _folded(policy: Policy) -> Sequence[Projection[Any]]:
    return (
        inbox(policy),
        reach_projection(policy),
        progress_projection(),
        quarantine_projection(),
        attachments_projection(),
    )


def _taking(  # noqa: PLR0917 - parts of one thing
    parts: Parts,
    settings: Settings,
    store: EventStore,
    secret: bytes,
    policy: Policy,
    subjects: Subjects,
    spool: Spool,
) -> Intake:
    preparing = Preparing(load_lexicon(policy), Languages(settings.languages), settings.regions)
    turnstile = Turnstile(
        of_sender=(settings.sender_per_second, settings.sender_burst),
        of_account=(settings.account_per_second, settings.account_burst),
    )
    return Intake(
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
