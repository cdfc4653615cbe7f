"""Tokens of answer links: made of the id and a secret, so that only who has the secret makes one."""

from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.answer_link import answer_token, link_of

SECRET, OTHER = bytes(32), bytes(31) + b"\1"
LINK = UUID("0190f2c4-7a3e-7c11-9c0e-3f5b8a1d2e51")


@settings(max_examples=50)
@given(st.uuids())
def test_a_token_leads_to_its_link_and_the_same_link_has_the_same_token(link_id: UUID) -> None:
    token = answer_token(SECRET, link_id)
    assert link_of(SECRET, token) == link_id
    assert answer_token(SECRET, link_id) == token


@settings(max_examples=50)
@given(st.text(max_size=80))
def test_any_other_text_leads_nowhere(text: str) -> None:
    assert link_of(SECRET, text) is None


def test_a_token_of_another_secret_or_with_one_letter_changed_leads_nowhere() -> None:
    token = answer_token(SECRET, LINK)
    assert link_of(OTHER, token) is None
    for place, letter in enumerate(token[:-1]):
        changed = token[:place] + ("A" if letter != "A" else "B") + token[place + 1 :]
        assert link_of(SECRET, changed) is None
    assert link_of(SECRET, token + "A") is None
    assert link_of(SECRET, token[:-1]) is None
