"""Telephone numbers in the one form E.164, whatever digits they were written in."""

import unicodedata

import phonenumbers

_AROUND = " -.()/\u00a0\u200b"


def telephone(written: str, region: str | None) -> str | None:
    """Return a number as E.164, such as `+66812345678`, or None for what is no valid number.

    `region` (ISO 3166-1) is where the channel is: how numbers without a country are meant. A leading 00 is read as a
    plus first, since some regions have a dial-out prefix that swallows digits behind it: 00855 would become +55.
    """
    digits = "".join(_ascii(sign) for sign in written.strip() if sign not in _AROUND)
    if not digits.removeprefix("+").isdecimal() or not digits.isascii():
        return None
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _ascii(sign: str) -> str:
    value = unicodedata.decimal(sign, None)
    return sign if value is None else str(value)
