"""Trying to reach the complainant: what counts as an attempt, and what opens once enough have failed."""

from collections.abc import Sequence

from services.cases.domain.commands import Command
from services.cases.domain.gates import said, unless_overridden
from services.cases.domain.state import Case
from shared.errors import GateClosedError
from shared.events import procedure as told
from shared.events.envelope import Event
from shared.policy import Policy


class AttemptContact(Command, frozen=True, kw_only=True):
    """Put on record that the complainant was tried on a safe channel, and whether they were reached."""

    channel: str
    outcome: told.AttemptOutcome
    note: str | None = None


def attempt_contact(case: Case, command: AttemptContact) -> Sequence[Event]:
    """Record an attempt, of a closed case too: people are asked beyond its end."""
    channel, contact = said(command.channel, "channel"), case.safe_contact
    if contact is not None and contact.do_not_contact:
        raise GateClosedError(
            "safe-channel", "Nobody contacts the complainant: they asked so.", opens="Wait until they write or call."
        )
    safe = [contact.channel, *(way.channel for way in contact.further)] if contact else [case.opening.channel]
    if channel not in safe:
        raise GateClosedError(
            "safe-channel",
            "An attempt counts on the complainant's safe channel only.",
            opens=f"Try {' or '.join(repr(one) for one in safe)}, or set another safe contact that they agreed to.",
        )
    return [told.ContactAttempted(channel=channel, outcome=command.outcome, note=command.note)]


def tried(case: Case, policy: Policy) -> int:
    """Return how often somebody was tried in vain; fewer than the policy's number close the gate."""
    wanted, made = policy.safeguards.attempts, case.steps.attempts
    if made < wanted:
        unless_overridden(
            case,
            GateClosedError(
                "attempts",
                f"{made} of {wanted} attempts, each on a day of its own, are on record.",
                opens=f"Try the safe channel on {wanted} days and record each with 'attempt-contact'.",
            ),
        )
    return made
