"""Telegram bots: one update a delivery, vouched for by a shared token. Source: core.telegram.org/bots/api#update."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import quote

from services.intake.channels.port import Account, Arrival, Attached, Delivery, Edited, Said, Source, Webhook
from services.intake.channels.untrusted import at, items, json_of, kept, moment, same, word

_HEADER = "x-telegram-bot-api-secret-token"
_MEDIA = ("voice", "audio", "video", "video_note", "document", "sticker", "animation")


class Telegram(Webhook):
    """A message is known by its chat and number, which its edits repeat."""

    name: ClassVar[str] = "telegram"
    title: ClassVar[str] = "Telegram"
    secret_headers: ClassVar[frozenset[str]] = frozenset({_HEADER, "authorization"})

    def verify(self, delivery: Delivery, account: Account, now: datetime) -> bool:  # noqa: ARG002 - no time is signed
        """Check the secret token."""
        given = delivery.headers.get(_HEADER, "")
        return any([same(given, secret) for secret in account.secrets])  # noqa: C419 - every secret is compared, whichever fits

    settings: ClassVar[tuple[str, ...]] = ("secrets", "token")

    def source(self, named: str, account: Account) -> Source | None:
        """Ask for the path of a file, and fetch it from there."""
        if account.token is None:
            return None
        base = account.api or "https://api.telegram.org"
        return Source(
            url=f"{base}/bot{account.token}/getFile?file_id={quote(named, safe='')}",
            path=("result", "file_path"),
            before=f"{base}/file/bot{account.token}/",
        )

    def parse(self, delivery: Delivery) -> Sequence[Arrival]:
        """Return the message, the edit or what was pressed; other updates are kept."""
        tree = json_of(delivery.raw)
        update = word(tree, "update_id")
        pressed, edited = at(tree, "callback_query"), at(tree, "edited_message")
        if edited is not None and update and (of := _key(edited)) and (text := _text(edited)):
            return [
                Edited(
                    key=f"{update}/edited",
                    of=of,
                    text=text,
                    sender=word(edited, "from", "id"),
                    at=moment(at(edited, "edit_date")),
                )
            ]
        if (key := word(pressed, "id")) and (text := word(pressed, "data")):
            return [Said(key=key, text=text, sender=word(pressed, "from", "id"))]
        message = at(tree, "message")
        said, of = _text(message), _key(message)
        if said is None or of is None:
            return [kept(tree)]
        sender = word(message, "from", "id") or word(message, "chat", "id")
        spoken, sent = word(message, "from", "language_code"), moment(at(message, "date"))
        return [Said(key=of, text=said, sender=sender, language=_tag(spoken), at=sent, attachments=_files(message))]


def _files(message: Any) -> tuple[Attached, ...]:
    found = [(kind, at(message, kind)) for kind in _MEDIA if at(message, kind) is not None]
    found += [("photo", photo) for photo in items(message, "photo")[-1:]]
    return tuple(
        Attached(kind=kind, source=named, media_type=word(one, "mime_type"), name=word(one, "file_name"))
        for kind, one in found
        if (named := word(one, "file_id"))
    )


def _tag(code: str | None) -> str | None:
    # The language of the telephone's menus: English says nothing about what is spoken.
    return code if code and code.isalpha() and code.islower() and code != "en" else None


def _key(message: Any) -> str | None:
    chat, number = word(message, "chat", "id"), word(message, "message_id")
    return f"{chat}/{number}" if chat and number else None


def _text(message: Any) -> str | None:
    kind = next((kind for kind in _MEDIA if at(message, kind) is not None), None)
    photos = items(message, "photo")
    shown = f"[{kind} {word(message, kind, 'file_id') or ''}]" if kind else None
    if photos:
        shown = f"[photo {word(photos[-1], 'file_id') or ''}]"
    if at(message, "location") is not None:
        shown = f"[location {at(message, 'location', 'latitude')},{at(message, 'location', 'longitude')}]"
    if at(message, "contact") is not None:
        shown = "[contact] " + ", ".join(plain_contact(at(message, "contact")))
    parts = [part for part in (shown, word(message, "text"), word(message, "caption")) if part]
    return "\n".join(parts) or None


def plain_contact(contact: Any) -> list[str]:
    """Return name and number of a contact that was shared."""
    return [part for name in ("first_name", "last_name", "phone_number") if (part := word(contact, name))]
