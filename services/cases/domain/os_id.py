"""Open Supply Hub ids: country, year and day, five letters, and a check digit that catches what was copied wrongly."""

import re

from shared.errors import InvalidError

_SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FORM = re.compile(f"[A-Z]{{2}}[0-9]{{7}}[{_SYMBOLS}]{{6}}")


def check_digit(os_id: str) -> str:
    """Return the last letter that the first fourteen ask for."""
    letters = ord(os_id[0]) + ord(os_id[1])
    return _SYMBOLS[(letters + sum(_SYMBOLS.index(one) for one in os_id[2:14])) % len(_SYMBOLS)]


def well_formed_os_id(text: str | None, field: str = "os_id") -> str | None:
    """Return the id in its one spelling, without spaces and hyphens; one that cannot be right is an `InvalidError`."""
    if text is None:
        return None
    os_id = re.sub(r"[\s-]", "", text).upper()
    if _FORM.fullmatch(os_id) is None:
        raise InvalidError(
            "An OS ID is two letters, seven digits and six letters, such as CN2021250D1DTN7.", field=field
        )
    if check_digit(os_id) != os_id[-1]:
        raise InvalidError("The check digit of this OS ID is wrong: copy it again.", field=field)
    return os_id
