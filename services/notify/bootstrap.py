"""The composition root of notify: every part can be handed in instead."""

import random
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

from services.notify.api import router
from services.notify.application import Delivery, Forgetting, Telling
from services.notify.channels.outbox import OutboxChannel
from services.notify.channels.port import Channel
from services.notify.channels.smtp import SmtpChannel
from services.notify.channels.webhook import WebhookChannel
from services.notify.consumers import reaction
from services.notify.domain import Quiet, Schedule
from services.notify.projections import NOTIFICATION_VIEW
from services.notify.settings import Settings
from services.notify.templates import Templates, load_templates
from services.notify.views import NotificationViews
from shared.events.values import ContactChannel, SafeContact, SafeHours
from shared.eventstore.index import no_index
from shared.eventstore.store import EventStore
from shared.policy import read_policy_file
from shared.reaching import reach_projection
from shared.service import Parts, Service

NAME = "notify"
LOOK = 5.0
"""Seconds between two looks whether letters of somebody erased still lie in the outbox."""


def build(
    parts: Parts,
    settings: Settings | None = None,
    *,
    store: EventStore | None = None,
    templates: Templates | None = None,
    channels: Mapping[ContactChannel, Channel] | None = None,
    jitter: Callable[[], float] = random.random,
) -> Service:
    """Put the service together."""
    settings = settings or Settings()
    store = store or parts.open_store(NAME, no_index)
    policy = read_policy_file(settings.policy, "REDRESS_NOTIFY_POLICY")
    views = NotificationViews(parts.documents, policy.restricted.readers)
    quiet = Quiet(SafeHours(start=settings.quiet_start, end=settings.quiet_end), settings.quiet_zone)
    delivery = Delivery(
        store,
        channels or _channels(settings, parts.data),
        views.due,
        clock=parts.clock,
        schedule=Schedule(settings.retry_minutes),
        quiet=quiet,
        jitter=jitter,
        concurrent=settings.concurrent_deliveries,
        vault=parts.vault,
    )
    forgetting = Forgetting(store, OutboxChannel(parts.data / "outbox", sender=settings.sender), parts.vault)
    telling = Telling(templates or load_templates(), parts.clock, timedelta(days=settings.historical_days), quiet)
    return Service(
        name=NAME,
        store=store,
        documents=parts.documents,
        routers=(router(views),),
        projections=(NOTIFICATION_VIEW, reach_projection(policy)),
        reactions=(reaction(telling, _supervisors(settings)),),
        background=(("deliver", delivery.deliver_due, settings.rest_seconds), ("forget", forgetting.look, LOOK)),
        application=delivery,
    )


def _channels(settings: Settings, data: Path) -> Mapping[ContactChannel, Channel]:
    webhook = WebhookChannel(
        timeout=settings.webhook_timeout_seconds, allowed_hosts=frozenset(settings.webhook_allowed_hosts)
    )
    return {"email": _mail(settings, data), "webhook": webhook}


def _supervisors(settings: Settings) -> SafeContact | None:
    address = settings.supervisors_address
    return SafeContact(channel="email", address=address, language=settings.supervisors_language) if address else None


def _mail(settings: Settings, data: Path) -> Channel:
    if settings.smtp_host is None:
        return OutboxChannel(data / "outbox", sender=settings.sender)
    password = settings.smtp_password
    return SmtpChannel(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=settings.sender,
        tls=settings.smtp_tls,
        user=settings.smtp_user,
        password=password.get_secret_value() if password else None,
        timeout=settings.smtp_timeout_seconds,
    )
