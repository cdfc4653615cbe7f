"""What a rule of a mapping may ask of a row: is a column one of these words, filled, empty, positive or true?"""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

TRUE_WORDS = frozenset({"1", "true", "yes", "y", "t", "x"})

Test = Literal["empty", "filled", "positive", "true"]


class Condition(BaseModel):
    """What one column must look like: written as a word, a list of words, or a table with `is` or `contains`."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    words: tuple[str, ...] | None = None
    test: Test | None = Field(default=None, alias="is")
    contains: tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _asks_one_thing(self) -> "Condition":
        if sum(asked is not None for asked in (self.words, self.test, self.contains)) != 1:
            raise ValueError("write a word, a list of words, { is = … } or { contains = … }")
        return self

    def holds(self, text: str) -> bool:
        """Tell whether a cell answers the condition; case and surrounding blanks do not matter."""
        word = text.strip().casefold()
        if self.words is not None:
            return word in {wanted.strip().casefold() for wanted in self.words}
        if self.contains is not None:
            return any(part.casefold() in word for part in self.contains)
        return _TESTS[self.test or "filled"](word)


def _positive(word: str) -> bool:
    try:
        amount = Decimal(word)
    except InvalidOperation:
        return False
    return amount.is_finite() and amount > 0


_TESTS: dict[Test, Callable[[str], bool]] = {
    "empty": lambda word: not word,
    "filled": bool,
    "positive": _positive,
    "true": TRUE_WORDS.__contains__,
}


def _from_short_form(value: Any) -> Any:
    match value:
        case str():
            return {"words": (value,)}
        case list():
            return {"words": tuple(value)}
        case {"contains": str(part), **rest}:
            return {"contains": (part,), **rest}
        case _:
            return value


When = dict[str, Annotated[Condition, BeforeValidator(_from_short_form)]]
"""Column -> what it must look like; all of them must hold. An empty table always holds."""


def holds(when: When, row: Mapping[str, str]) -> bool:
    """Tell whether a row answers every condition."""
    return all(condition.holds(row[column]) for column, condition in when.items())
