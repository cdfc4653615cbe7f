"""Whoever witnesses the ledgers is told that what they check against has changed; nobody else is, and of no person."""

import pytest

from services.notify.application import Office
from shared.events.envelope import Event
from shared.events.intake import FactRedacted
from shared.events.ledger import LedgerKeyRotated, LedgerRenewed
from shared.events.notify import NotificationQueued, NotificationSuppressed
from shared.events.policies import ARCHIVE, PolicyAdopted
from tests.unit.notify.given import FACTORY, Ears, contact

HASH = "ab" * 32
ROTATED = LedgerKeyRotated(
    before=("redress/intake+1a2b+old", "redress/cases+3c4d+old"), after=("redress/intake+5e6f+new",)
)
RENEWED = LedgerRenewed(service="cases", origin="redress/cases-2", size=812, root=HASH, reason="Restored by Thida.")
REDACTED = FactRedacted(service="cases", stream_id=FACTORY, stream_version=4, sha256=HASH, ordered_by="Judge Somsak")
ADOPTED = PolicyAdopted(label="ngo-hotline 2026.3", sha256=HASH, content='{"secret": "rules"}')

WITNESSED = Office(witness=contact(address="witness@example.org"))


@pytest.mark.parametrize(
    ("fact", "occasion", "said"),
    [
        (ROTATED, "ledger-key", ("redress/intake+1a2b+old, redress/cases+3c4d+old", "redress/intake+5e6f+new")),
        (RENEWED, "ledger-renewed", ("cases", "redress/cases-2", "812", HASH)),
        (REDACTED, "redaction", ("fact 4", str(FACTORY), HASH)),
        (ADOPTED, "policy", ("ngo-hotline 2026.3", HASH)),
    ],
)
def test_the_witness_is_told_what_to_compare(fact: Event, occasion: str, said: tuple[str, ...]) -> None:
    ears = Ears(office=WITNESSED)
    ears.hear(fact, ARCHIVE)
    (told,) = ears.work.said(NotificationQueued)
    assert (told.occasion, told.audience, told.address) == (occasion, "witness", "witness@example.org")
    assert all(words in told.body for words in said)
    assert not any(name in told.body + told.subject for name in ("Thida", "Somsak", "secret"))


@pytest.mark.parametrize("fact", [ROTATED, RENEWED, REDACTED, ADOPTED])
def test_where_nobody_witnesses_nobody_is_told_and_nothing_is_written_down(fact: Event) -> None:
    ears = Ears(supervisors=contact(address="heads@example.org"))
    ears.hear(fact, ARCHIVE)
    assert not ears.work.said(NotificationQueued)
    assert not ears.work.said(NotificationSuppressed)
