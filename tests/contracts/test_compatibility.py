"""The check of schemas sees every change that stored facts would not survive, and no other."""

from typing import Any, Literal

import msgspec
import pytest

from shared.events.envelope import Personal
from tests.contracts.compatibility import breaks


class Sum(msgspec.Struct):
    amount: str
    currency: str = "THB"


class Paid(msgspec.Struct):
    """The shape that is on record."""

    reason: Literal["fee", "wage"]
    paid: Sum | None
    by: str = "employer"
    parts: tuple[Sum, ...] = ()


class SumWithoutCurrency(msgspec.Struct):
    amount: str


class SumThatNeedsCurrency(msgspec.Struct):
    amount: str
    currency: str


MEMBERS: dict[str, Any] = {
    "reason": Literal["fee", "wage"],
    "paid": Sum | None,
    "by": (str, "employer"),
    "parts": (tuple[Sum, ...], ()),
}


def of(**changed: Any) -> dict[str, Any]:
    """Return the schema of `Paid` with some members of another type, (type, default), or None for gone."""
    declared = [
        (name, *kind) if isinstance(kind, tuple) else (name, kind)
        for name, kind in (MEMBERS | changed).items()
        if kind is not None
    ]
    return msgspec.json.schema(msgspec.defstruct("Paid", declared, kw_only=True))


def test_the_same_shape_is_compatible() -> None:
    assert breaks(msgspec.json.schema(Paid), of()) == []


@pytest.mark.parametrize(
    "change",
    [
        {"note": (str | None, None)},
        {"reason": Literal["fee", "wage", "deposit"]},
        {"by": (str | None, "employer")},
        {"by": (Personal, "employer")},
        {"reason": (Literal["fee", "wage"], "fee")},
    ],
    ids=["a new optional member", "one more word", "may be null", "sealed from now on", "may be left out"],
)
def test_what_stored_facts_survive_is_let_through(change: dict[str, Any]) -> None:
    assert breaks(of(), of(**change)) == []


@pytest.mark.parametrize(
    ("change", "loss"),
    [
        ({"note": str}, "note: required now, and older facts may lack it"),
        ({"by": str}, "by: required now, and older facts may lack it"),
        ({"by": None}, "by: removed or renamed"),
        ({"by": (int, 0)}, "by: type was 'string' and is 'integer'"),
        ({"by": (str, "recruiter")}, "by: another default gives stored facts another meaning"),
        ({"reason": Literal["fee"]}, "reason: no longer takes wage"),
        ({"paid": Sum}, "paid: what was stored as null is no longer taken"),
        ({"paid": SumWithoutCurrency | None}, "paid: what was stored as #/$defs/Sum is no longer taken"),
        ({"parts": (tuple[SumWithoutCurrency, ...], ())}, "parts[].currency: removed or renamed"),
        (
            {"parts": (tuple[SumThatNeedsCurrency, ...], ())},
            "parts[].currency: required now, and older facts may lack it",
        ),
        ({"parts": (dict[str, Sum], {})}, "parts: type was 'array' and is 'object'"),
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)
def test_what_stored_facts_would_not_survive_is_refused(change: dict[str, Any], loss: str) -> None:
    assert loss in breaks(of(), of(**change))


def test_what_was_sealed_stays_sealed() -> None:
    assert breaks(of(by=(Personal, "employer")), of()) == ["by: x-personal was True and is None"]
