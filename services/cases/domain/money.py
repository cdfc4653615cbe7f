"""Money as it is taken in: exact, not negative, in a currency of ISO 4217 with no more decimals than it has."""

from collections.abc import Mapping

from shared.errors import InvalidError
from shared.events.values import Money

_TWO = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU
CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES
KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR
NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP
TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD YER ZAR ZMW ZWG
"""
_OTHER = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
MINOR_UNITS: Mapping[str, int] = {
    **dict.fromkeys(_TWO.split(), 2),
    **{currency: decimals for decimals, listed in _OTHER.items() for currency in listed.split()},
}
"""Currencies in which a person can be paid, with their decimals (ISO 4217, list one)."""


def well_formed(money: Money | None, field: str) -> None:
    """Refuse an amount that no cashier could pay."""
    if money is None:
        return
    if not money.amount.is_finite() or money.amount < 0:
        raise InvalidError("An amount is not negative.", field=field)
    decimals = MINOR_UNITS.get(money.currency)
    if decimals is None:
        raise InvalidError("A currency is three capital letters of ISO 4217, such as THB.", field=field)
    if money.amount != round(money.amount, decimals):
        raise InvalidError(f"{money.currency} has {decimals} decimals; the amount has more.", field=field)
