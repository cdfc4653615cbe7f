"""The composition root of notify: every part can be handed in instead."""

import random
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from services.notify.api import doing, following, lettering, router, subscribed, subscribing
from services.notify.application import (
    Delivery,
    Forgetting,
    Office,
    Preview,
    Receipts,
    Seeing,
    Telling,
    index,
    load_rules,
)
from services.notify.application.moving import Ways
from services.notify.application.subscribing import Subscriptions
from services.notify.channels.calling import Api, Pace
from services.notify.channels.line import LineChannel
from services.notify.channels.messenger import MessengerChannel
from services.notify.channels.outbox import OutboxChannel
from services.notify.channels.port import Channel
from services.notify.channels.posting import Posting
from services.notify.channels.smtp import SmtpChannel
from services.notify.channels.telegram import TelegramChannel
from services.notify.channels.twilio import TwilioSms, TwilioVoice
from services.notify.channels.viber import ViberChannel
from services.notify.channels.webhook import WebhookChannel
from services.notify.channels.whatsapp import WhatsAppChannel
from services.notify.consumers import Links, of_receipts, reactions
from services.notify.domain import Quiet, Schedule
from services.notify.projections import NOTIFICATION_VIEW
from services.notify.settings import Providers, Settings
from services.notify.templates import Templates, load_templates
from services.notify.views import SUBSCRIPTION_VIEW, Feeds, Letters, NotificationViews, SubscriptionViews
from shared.answer_link import PURPOSE, answer_path, answer_token
from shared.bus.port import Log
from shared.events.values import ContactChannel, SafeContact, SafeHours
from shared.eventstore.store import EventStore
from shared.policy import read_policy_file
from shared.privacy.reading import Reading
from shared.reaching import reach_projection
from shared.service import Parts, Service

NAME = "notify"
LOOK = 5.0
"""Seconds between two looks whether letters of somebody erased still lie in the outbox."""


@dataclass(frozen=True, slots=True)
class Commands:
    """What the command line and tests may ask of this service."""

    delivery: Delivery
    preview: Preview
    templates: Templates


def build(
    parts: Parts,
    settings: Settings | None = None,
    *,
    log: Log | None = None,
    store: EventStore | None = None,
    templates: Templates | None = None,
    channels: Mapping[ContactChannel, Channel] | None = None,
    jitter: Callable[[], float] = random.random,
) -> Service:
    """Put the service together; `log` is that of cases, for those who follow it."""
    settings = settings or Settings()
    store = store or parts.open_store(NAME, index)
    policy = read_policy_file(settings.policy, "REDRESS_NOTIFY_POLICY")
    views = NotificationViews(parts.documents, policy.restricted.readers)
    quiet = Quiet(SafeHours(start=settings.quiet_start, end=settings.quiet_end), settings.quiet_zone)
    channels = channels or _channels(settings, parts.data)
    receipts = Receipts(parts.vault, parts.clock, Ways(parts.vault, quiet, channels))
    delivery = Delivery(
        store,
        channels,
        views.due,
        clock=parts.clock,
        schedule=Schedule(settings.retry_minutes),
        quiet=quiet,
        jitter=jitter,
        concurrent=settings.concurrent_deliveries,
        vault=parts.vault,
    )
    feeds = Feeds(log, parts.documents, policy.restricted.readers) if log else None
    hooks = _subscriptions(parts, settings, store, feeds) if feeds else None
    follow = (following(feeds, settings.stream_seconds),) if feeds else ()
    hooked = (subscribing(hooks), subscribed(SubscriptionViews(parts.documents))) if hooks else ()
    forgetting = Forgetting(store, OutboxChannel(parts.data / "outbox", sender=settings.sender), parts.vault)
    letters = Letters(store, Reading(store, parts.vault))
    rules, office = load_rules(settings.rules), _office(settings)
    links = _links(settings.public_url, parts.secret(PURPOSE)) if settings.public_url else None
    texts = templates or load_templates(settings.templates)
    telling = Telling(texts, parts.clock, timedelta(days=settings.historical_days), quiet, rules.version)
    return Service(
        name=NAME,
        store=store,
        documents=parts.documents,
        routers=(router(views), doing(views, Seeing(store)), lettering(views, letters), *follow, *hooked),
        projections=(NOTIFICATION_VIEW, SUBSCRIPTION_VIEW, reach_projection(policy)),
        reactions=(*reactions(telling, rules, office, links), of_receipts(receipts)),
        background=(
            ("deliver", delivery.deliver_due, settings.rest_seconds),
            ("forget", forgetting.look, LOOK),
            *((("subscriptions", hooks.deliver_due, settings.rest_seconds),) if hooks else ()),
        ),
        application=Commands(delivery, Preview(store, telling, rules, office), texts),
    )


def _subscriptions(parts: Parts, settings: Settings, store: EventStore, feeds: Feeds) -> Subscriptions:
    return Subscriptions(
        store,
        feeds.after,
        SubscriptionViews(parts.documents).due,
        Posting(settings.webhook_timeout_seconds, frozenset(settings.webhook_allowed_hosts)),
        parts.vault,
        parts.clock,
        parts.ids,
        lambda: secrets.token_bytes(32),
        parts.stands,
    )


def _links(public_url: str, secret: bytes) -> Links:
    def link(link_id: UUID) -> str:
        return public_url.rstrip("/") + answer_path(answer_token(secret, link_id))

    return link


def _channels(settings: Settings, data: Path) -> Mapping[ContactChannel, Channel]:
    webhook = WebhookChannel(
        timeout=settings.webhook_timeout_seconds,
        allowed_hosts=frozenset(settings.webhook_allowed_hosts),
        secrets=[secret.get_secret_value() for secret in settings.webhook_secrets],
    )
    return {"email": _mail(settings, data), "webhook": webhook, **provider_channels(Providers())}


def provider_channels(given: Providers) -> Mapping[ContactChannel, Channel]:
    """Return the channels whose providers are set up."""

    def api(channel: ContactChannel, url: str) -> Api:
        usual = 1.0 if channel in {"sms", "voice"} else 10.0
        pace = Pace(given.provider_rates.get(channel, usual))
        return Api(base_url=url, timeout=given.provider_timeout_seconds, pace=pace)

    found: dict[ContactChannel, Channel] = {}
    if given.twilio_token and given.twilio_account:
        account, token, sender = given.twilio_account, given.twilio_token.get_secret_value(), given.twilio_sender
        found["sms"] = TwilioSms(api=api("sms", given.twilio_url), account=account, token=token, sender=sender)
        if given.voice_prompts:
            found["voice"] = TwilioVoice(
                api=api("voice", given.twilio_url),
                account=account,
                token=token,
                sender=sender,
                prompts=given.voice_prompts,
            )
    if given.whatsapp_token:
        found["whatsapp"] = WhatsAppChannel(
            api=api("whatsapp", given.whatsapp_url),
            token=given.whatsapp_token.get_secret_value(),
            phone_number_id=given.whatsapp_phone_number_id,
            template=given.whatsapp_template,
        )
    if given.messenger_token:
        token = given.messenger_token.get_secret_value()
        found["messenger"] = MessengerChannel(api=api("messenger", given.messenger_url), token=token)
    if given.line_token:
        found["line"] = LineChannel(api=api("line", given.line_url), token=given.line_token.get_secret_value())
    if given.viber_token:
        token = given.viber_token.get_secret_value()
        found["viber"] = ViberChannel(api=api("viber", given.viber_url), token=token, name=given.viber_name)
    if given.telegram_token:
        token = given.telegram_token.get_secret_value()
        found["telegram"] = TelegramChannel(api=api("telegram", given.telegram_url), token=token)
    return found


def _office(settings: Settings) -> Office:
    language = settings.supervisors_language

    def mail(address: str) -> SafeContact:
        return SafeContact(channel="email", address=address, language=language)

    supervisors = settings.supervisors_address
    handlers = {key: mail(address) for key, address in settings.office.items()}
    safeguarding = settings.safeguarding_address or supervisors
    witness = settings.witness_address
    return Office(
        handlers,
        mail(supervisors) if supervisors else None,
        mail(safeguarding) if safeguarding else None,
        mail(witness) if witness else None,
    )


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
