"""Answers to forms: KoboToolbox, ODK Central and RapidPro or TextIt flows. None of them signs; a shared secret vouches.

Source: KoboToolbox REST services; hotosm/central-webhook; RapidPro flow webhooks and resthooks.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from services.intake.channels.port import (
    Account,
    Answer,
    Arrival,
    Attached,
    Delivery,
    Outcome,
    Said,
    Source,
    Webhook,
    named,
)
from services.intake.channels.untrusted import at, by_basic, items, json_of, kept, moment, plain, word, xml_of


class Form(Webhook):
    """Vouched for by `Authorization` or `X-API-Key`."""

    secret_headers: ClassVar[frozenset[str]] = frozenset({"authorization", "x-api-key"})

    def verify(self, delivery: Delivery, account: Account, now: datetime) -> bool:  # noqa: ARG002 - no time is signed
        """Check the shared secret."""
        return by_basic(delivery, account)

    def answer(self, outcome: Outcome) -> Answer:
        """Name the messages."""
        return named(outcome)


class Kobo(Form):
    """A submission as JSON or XML; an edit keeps `meta/rootUuid`, and is a message of its own."""

    name: ClassVar[str] = "kobo"
    title: ClassVar[str] = "KoboToolbox"

    def parse(self, delivery: Delivery) -> Sequence[Arrival]:
        """Return the answers as one message."""
        is_xml = "xml" in delivery.headers.get("content-type", "")
        tree = xml_of(delivery.raw) if is_xml else json_of(delivery.raw)
        key = next((key for name in ("_uuid", "meta/instanceID") if (key := word(tree, name))), None)
        key = key or word(tree, "meta", "instanceID")
        if key is None or not isinstance(tree, dict):
            return [kept(tree)]
        lines = plain({name: value for name, value in tree.items() if not name.startswith(("_", "meta", "formhub"))})
        sent = moment(at(tree, "_submission_time"))
        files = tuple(
            Attached(kind="file", source=url, media_type=word(one, "mimetype"), name=word(one, "filename"))
            for one in items(tree, "_attachments")
            if (url := word(one, "download_url"))
        )
        return [Said(key=key.removeprefix("uuid:"), text="\n".join(lines), at=sent, attachments=files)]

    def source(self, named: str, account: Account) -> Source | None:
        """Fetch with the token of an account of ours there."""
        headers = {"Authorization": f"Token {account.token}"} if account.token else {}
        return Source(url=named, headers=headers)


class OdkCentral(Form):
    """`submission.create` with the submission as XML in `data`."""

    name: ClassVar[str] = "odk"
    title: ClassVar[str] = "ODK Central"

    def parse(self, delivery: Delivery) -> Sequence[Arrival]:
        """Return the submission as one message; other events are kept."""
        tree = json_of(delivery.raw)
        kind, key, xml = word(tree, "type"), word(tree, "id"), word(tree, "data", "xml")
        if kind != "submission.create" or key is None or xml is None:
            return [kept(tree)]
        answers = {name: text for name, text in xml_of(xml.encode()).items() if "@" not in name}
        lines = plain({name: text for name, text in answers.items() if not name.startswith("meta")})
        return [Said(key=key, text="\n".join(lines))]


class RapidPro(Form):
    """A flow's own body or a resthook's: known by the message or the run, and else by all that it says."""

    name: ClassVar[str] = "rapidpro"
    title: ClassVar[str] = "RapidPro, TextIt"

    def parse(self, delivery: Delivery) -> Sequence[Arrival]:
        """Return what the contact said, or what the flow gathered."""
        tree = json_of(delivery.raw)
        said = word(tree, "input", "text")
        lines = "\n".join(_results(at(tree, "results")))
        text = said if said and not lines else "\n".join(filter(None, (said, lines)))
        if not text:
            return [kept(tree)]
        # Two identical flows of one person without an id are one: a flow that should be told apart sends run.uuid.
        key = word(tree, "input", "uuid") or word(tree, "run", "uuid") or kept(tree).key
        sender = word(tree, "contact", "urn") or word(tree, "contact", "uuid")
        return [Said(key=key, text=text, sender=sender, at=moment(at(tree, "run", "created_on")))]


def _results(results: Any) -> list[str]:
    if not isinstance(results, dict):
        return []
    return [f"{name}: {value}" for name, one in results.items() if (value := word(one, "value"))]
