"""A flood is slowed down, never refused, and slows nobody else."""

from services.intake.application.turnstile import LONGEST, Turnstile
from shared.events.intake import MessageReceived


def message(sender: str | None, account: str = "desk") -> MessageReceived:
    return MessageReceived(channel="sms", account=account, external_id="1", text="x", sender=sender)


def test_a_flooding_sender_waits_and_others_do_not() -> None:
    now = [0.0]
    turnstile = Turnstile(of_sender=(1.0, 3.0), of_account=(100.0, 100.0), seconds=lambda: now[0])
    waits = [turnstile.wait("default", message("one")) for _ in range(5)]
    assert waits == [0.0, 0.0, 0.0, LONGEST, LONGEST]
    assert turnstile.wait("default", message("two")) == 0.0
    assert turnstile.wait("other", message("one")) == 0.0
    now[0] = 10.0
    assert turnstile.wait("default", message("one")) == 0.0


def test_a_flooded_account_slows_its_senders_and_no_other_account() -> None:
    turnstile = Turnstile(of_sender=(9.0, 9.0), of_account=(1.0, 2.0), seconds=lambda: 0.0)
    assert [turnstile.wait("default", message(None)) for _ in range(3)] == [0.0, 0.0, LONGEST]
    assert turnstile.wait("default", message(None, "page")) == 0.0
