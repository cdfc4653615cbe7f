"""What is done to a message while its text lies open, before it is sealed: tidied, its language told, hints found."""

from collections.abc import Mapping

from msgspec.structs import replace

from services.intake.lexicon import Lexicon
from services.intake.text import Languages, telephone, tidied
from shared.events.intake import MessageReceived

BY_TELEPHONE = frozenset({"call", "hotline", "phone", "sms", "voice", "whatsapp"})
"""Channels on which a sender is a telephone number."""
WITH_COUNTRY = frozenset({"whatsapp"})
"""Of these, those that write numbers with their country but without a plus."""


class Preparing:
    """Reads a message as its sender meant it."""

    def __init__(self, lexicon: Lexicon, languages: Languages, regions: Mapping[str, str]) -> None:
        """`regions` has the country of each `channel/account`: how numbers without one are meant."""
        self._lexicon = lexicon
        self._languages = languages
        self._regions = regions

    @property
    def is_quick(self) -> bool:
        """Whether a message without a language is prepared in less than a millisecond, too."""
        return self._languages.is_quick

    def prepared(self, message: MessageReceived) -> MessageReceived:
        """Return the message with its text tidied, its language where that can be told, and hints."""
        text, original = tidied(message.text)
        return replace(
            message,
            text=text,
            original=original,
            sender=self._sender(message),
            language=message.language or self._languages.of(message.channel, message.account, text),
            hints=self._lexicon.suggest(text),
        )

    def _sender(self, message: MessageReceived) -> str | None:
        if message.sender is None or message.channel not in BY_TELEPHONE:
            return message.sender
        written = message.sender
        if message.channel in WITH_COUNTRY and written.isdecimal() and not written.startswith("0"):
            written = f"+{written}"
        region = self._regions.get(f"{message.channel}/{message.account}") or message.country
        return telephone(written, region) or message.sender
