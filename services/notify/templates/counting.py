"""Words that follow a number: one form for each plural category of a language, by the rules of Unicode CLDR."""

from collections.abc import Mapping
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.plural import PluralRule

OTHER = "other"
"""The category that every language has, and what is said where a language lacks one of its own."""

Forms = Mapping[str, str]
"""Category (zero, one, two, few, many, other) -> what is said, with the number in its gap."""


def categories(language: str) -> frozenset[str]:
    """Return the categories that a language tells apart; of one that CLDR does not know, just `other`."""
    rule = _rule(language)
    return frozenset({OTHER} if rule is None else {OTHER, *rule.tags})


def said(forms: Forms, language: str, number: str) -> str:
    """Return the form for a number, its `other` form where there is none of its own or it is no number."""
    rule = _rule(language)
    category = rule(int(number)) if rule is not None and number.isdecimal() else OTHER
    return forms.get(category, forms[OTHER])


@cache
def _rule(language: str) -> PluralRule | None:
    try:
        rule: PluralRule = Locale.parse(language).plural_form
    except (UnknownLocaleError, ValueError):
        return None
    return rule
