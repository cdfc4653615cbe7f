"""Identity: ordered by time where it is fresh, always the same where it is derived."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from shared.ids import crockford, derived_id, new_id

WORDS = st.lists(st.text(alphabet="ab\x1f1", max_size=4), max_size=4)


def test_fresh_ids_are_version_seven_unique_and_in_the_order_of_their_milliseconds() -> None:
    made = [new_id() for _ in range(5000)]
    assert {(one.version, one.variant) for one in made} == {(7, "specified in RFC 4122")}
    assert len(set(made)) == len(made)
    stamps = [one.int >> 80 for one in made]
    assert stamps == sorted(stamps)


@given(WORDS, WORDS)
def test_different_natural_keys_give_different_ids(left: list[str], right: list[str]) -> None:
    assert (derived_id("kind", *left) == derived_id("kind", *right)) == (left == right)


def test_derived_ids_never_change() -> None:
    assert derived_id("message", "app", "a", "1") == UUID("8f673a66-c007-58a0-ba70-2b8ade292a2e")


@given(st.integers(0, 2**80 - 1), st.integers(1, 16))
def test_crockford_writes_the_lowest_bits(value: int, length: int) -> None:
    text = crockford(value, length)
    assert len(text) == length
    assert not set(text) & set("ILOU")
    read = 0
    for letter in text:
        read = read * 32 + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(letter)
    assert read == value % 2 ** (5 * length)
