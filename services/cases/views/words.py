"""The blind index: for each fact of a case with sealed text, the keyed hashes of what can be searched for in it.

No text is in it. Whoever holds the store, but not the vault, learns which facts share terms and how many they have,
and nothing of which; the key is the tenant's own. What was erased has no terms.
"""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from services.cases.domain.searching import terms
from services.cases.views.rows import NEVER
from shared.documents.port import Collection, Row
from shared.errors import CorruptRecordError
from shared.events.envelope import Instant, Recorded
from shared.ids import derived_id
from shared.vault import tokens
from shared.vault.fields import plan_of, rewritten
from shared.vault.sealing import opened_text, place_of
from shared.vault.vault import Vault

_BYTES = 9
"""Of each hash: two terms are taken for one about never, and what was found is looked at before it is shown."""
_UNSEARCHED = {"code_word"}
"""What proves who somebody is stays out."""


class WordsRow(Row, kw_only=True, omit_defaults=True):
    """One fact of a case; `version` is the fact's. `subjects` are the persons whose keys sealed what is in it."""

    case_id: UUID = UUID(int=0)
    at: Instant = NEVER
    subjects: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()


WORDS: Collection[WordsRow] = Collection(
    "case_words", 1, WordsRow, columns=("at", "case_id"), many=("terms", "subjects"), order="at"
)


class Said(NamedTuple):
    """One sealed text of a fact, opened: the path of its field and what it says."""

    field: str
    text: str


class Blind:
    """Hashes terms, and opens facts to find them."""

    def __init__(self, vault: Vault) -> None:
        """Stand on the vault, which has the key."""
        self._vault = vault

    def hashed(self, tenant: str, wanted: Iterable[str]) -> Sequence[str]:
        """Return terms as they lie in the index of a tenant."""
        key = self._vault.blind_key("case-words", tenant)
        digests = (hmac.digest(key, term.encode(), hashlib.sha256)[:_BYTES] for term in wanted)
        return [b64encode(digest).decode() for digest in digests]

    def said(self, recorded: Recorded) -> Sequence[Said]:
        """Return the sealed texts of a fact that still open where they lie."""
        head = recorded.envelope
        place = place_of({head.subject}, head.stream_id, head.stream_version)
        found = []
        for field, text in _sealed(recorded):
            try:
                plain = opened_text(self._vault, text, place, field)
            except CorruptRecordError:
                # Whoever reads the case is shown that it was altered; here there is nothing to find.
                continue
            if plain != tokens.ERASED:
                found.append(Said(field, plain))
        return found

    def fold(self, _row: WordsRow | None, recorded: Recorded) -> WordsRow:
        """Return the row of a fact."""
        head = recorded.envelope
        sealed = [token for _, text in _sealed(recorded) if (token := tokens.read(text)) is not None]
        text = "\n".join(said.text for said in self.said(recorded))
        return WordsRow(
            id=derived_id("case-words", head.stream_id.hex, str(head.stream_version)),
            version=head.stream_version,
            tenant=head.tenant,
            case_id=head.stream_id,
            at=head.recorded_at,
            subjects=tuple(sorted({str(token.subject) for token in sealed})),
            terms=tuple(sorted(self.hashed(head.tenant, terms(text)))),
        )


def has_words(recorded: Recorded) -> bool:
    """Whether something sealed in a fact can be searched for."""
    return plan_of(type(recorded.event)) is not None and next(_sealed(recorded), None) is not None


def _sealed(recorded: Recorded) -> Iterator[tuple[str, str]]:
    found: list[tuple[str, str]] = []

    def note(text: str, field: str, _group: str | None) -> str:
        if tokens.is_sealed(text) and field.rpartition(".")[2] not in _UNSEARCHED:
            found.append((field, text))
        return text

    rewritten(recorded.event, note)
    return iter(found)
