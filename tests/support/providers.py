"""The providers as they call us: an account of ours at each, and what vouches for a body."""

import base64
import hashlib
import hmac
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from services.intake import bootstrap as intake
from services.intake.bootstrap import WEBHOOKS
from services.intake.settings import Settings
from shared.clock import system_clock
from tests.support.app import TESTED, System, embedded, running

SECRET, OLD = "a-secret-of-now", "the-one-before"
BASIC = "Basic " + base64.b64encode(SECRET.encode()).decode()
TYPES = {one.name: one for one in WEBHOOKS}
HOOKS = "/intake/v1/channels"
SETTLING = 30.0
"""Seconds; what waits is looked at every second."""


@contextmanager
def called_by_providers(folder: Path) -> Iterator[System]:
    """A system with an account on every channel; two WhatsApp numbers share one app."""
    file = folder / "channels.toml"
    accounts = [{"type": kind, "name": "desk"} for kind in TYPES if kind != "whatsapp"]
    accounts += [{"type": "whatsapp", "name": name, "provider_id": name} for name in ("111", "222")]
    lines = [
        f'[[account]]\ntype = "{one["type"]}"\nname = "{one["name"]}"\nsecrets = ["{SECRET}", "{OLD}"]\n'
        'verify_token = "meaty"\nlanguage = "my"\nregion = "TH"\n'
        + (f'provider_id = "{one["provider_id"]}"\n' if "provider_id" in one else "")
        for one in accounts
    ]
    file.write_text("\n".join(lines))
    file.chmod(0o600)
    builders = {
        **TESTED,
        "intake": lambda parts, _logs: intake.build(
            parts, Settings(channels=file, sender_per_second=1e6, sender_burst=1e6)
        ),
    }
    with running(embedded(folder / "data", builders=builders)) as started:
        yield started


def nothing_waiting(system: System) -> None:
    """Wait until all that was taken is on the record: where it was slow for a moment, deliveries wait in the spool."""
    until = time.monotonic() + SETTLING
    while waiting := system.house.services["intake"].spooled()["waiting"]:
        assert time.monotonic() < until, f"{waiting} wait in the spool"
        time.sleep(0.02)


def vouched(kind: str, raw: bytes, secret: str = SECRET) -> tuple[str, Mapping[str, str]]:  # noqa: PLR0911 - one for each provider
    """Return the path at which an account of a kind is called with these bytes, and what vouches for them."""
    path = f"{HOOKS}/{kind}/{'111' if kind == 'whatsapp' else 'desk'}"
    digest = hmac.new(secret.encode(), raw, hashlib.sha256).digest()
    match kind:
        case "whatsapp" | "messenger":
            return path, {"X-Hub-Signature-256": f"sha256={digest.hex()}"}
        case "line":
            return path, {"x-line-signature": base64.b64encode(digest).decode()}
        case "viber":
            return path, {"X-Viber-Content-Signature": digest.hex()}
        case "telegram":
            return path, {"X-Telegram-Bot-Api-Secret-Token": secret}
        case "sms" | "voice":
            path += f"?bodySHA256={hashlib.sha256(raw).hexdigest()}"
            made = hmac.new(secret.encode(), f"http://testserver{path}".encode(), hashlib.sha1).digest()
            return path, {"X-Twilio-Signature": base64.b64encode(made).decode()}
        case "standard":
            time = str(int(system_clock().timestamp()))
            made = hmac.new(secret.encode(), f"msg-{digest.hex()}.{time}.".encode() + raw, hashlib.sha256).digest()
            signature = f"v1,{base64.b64encode(made).decode()}"
            told = {"webhook-id": f"msg-{digest.hex()}", "webhook-timestamp": time, "webhook-signature": signature}
            return path, told
    return path, {"Authorization": "Basic " + base64.b64encode(secret.encode()).decode()}
