"""How the complainant may be reached, and the word that is said first."""

from collections.abc import Sequence

from services.cases.domain.commands import SetSafeContact, TryCodeWord
from services.cases.domain.gates import said
from services.cases.domain.state import Case
from shared.code_words import is_word
from shared.errors import GateClosedError
from shared.events.envelope import Event
from shared.events.safety import CodeWordTried, SafeContactSet


def set_safe_contact(case: Case, command: SetSafeContact) -> Sequence[Event]:
    """Take down the last word on it, of a closed case too; that there is still none says nothing new."""
    if command.safe_contact is None and case.safe_contact is None:
        return []
    return [SafeContactSet(safe_contact=command.safe_contact)]


def try_code_word(case: Case, command: TryCodeWord) -> Sequence[Event]:
    """Compare a word with the one agreed on; `case` has its safe contact opened. Each try is put on record."""
    word = said(command.word, "word")
    contact = case.safe_contact
    if contact is None or contact.code_word is None:
        raise GateClosedError(
            "code-word", "No code word was agreed on.", opens="Agree on one with the complainant: 'safe-contact'."
        )
    return [CodeWordTried(matched=is_word(word, contact.code_word))]
