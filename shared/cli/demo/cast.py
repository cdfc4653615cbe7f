"""Who and what appears in the year: places with their languages and wages, channels, organisations. All invented."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True, slots=True)
class Place:
    """A country with the languages of its workers and a month's wage in the currency they are paid in."""

    country: str
    languages: tuple[str, ...]
    currency: str
    wage: Decimal
    weight: int


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation that bears duties; `buyer` names the brand that buys from it, where there is one, and `sites`
    are where its workers work.
    """

    name: str
    kind: Literal["employer", "recruiter", "broker", "brand"]
    country: str
    sector: str
    buyer: str | None = None
    sites: tuple[str, ...] = ()


PLACES = (
    Place("TH", ("th", "my", "km", "lo"), "THB", Decimal(10_500), 38),
    Place("MY", ("ms", "ne", "my"), "MYR", Decimal(1_700), 18),
    Place("VN", ("vi",), "VND", Decimal(5_200_000), 12),
    Place("KH", ("km",), "USD", Decimal(210), 10),
    Place("MM", ("my",), "MMK", Decimal(250_000), 8),
    Place("NP", ("ne",), "NPR", Decimal(19_500), 8),
    Place("LA", ("lo",), "LAK", Decimal(2_500_000), 6),
)

HOMES = {"th": "TH", "my": "MM", "km": "KH", "lo": "LA", "ne": "NP", "vi": "VN", "ms": "ID"}
"""Language -> the country that who speaks it mostly came from."""
ABROAD = {"NP": "MY", "MM": "TH", "KH": "TH", "LA": "TH", "VN": "MY", "TH": "MY", "ID": "MY"}
"""Country -> where most who left it went."""

CHANNELS = {"hotline": 28, "line": 22, "facebook": 18, "app": 16, "sms": 9, "form": 7}
"""Channel -> its share of what comes in."""

NORTHLIGHT, MERIDIAN = "Northlight Apparel Group (demo)", "Meridian Seafood Brands (demo)"

ORGANISATIONS = (
    Organisation(
        "Golden Heron Seafood Processing (demo)", "employer", "TH", "seafood", MERIDIAN, ("Harbour plant", "Cold store")
    ),
    Organisation("Lotus Thread Garments (demo)", "employer", "TH", "garments", NORTHLIGHT, ("Weaving hall",)),
    Organisation(
        "Blue Crane Rubber Gloves (demo)", "employer", "MY", "rubber", None, ("Line 1 to 6", "Dormitory east")
    ),
    Organisation("Sunbird Electronics Assembly (demo)", "employer", "MY", "electronics", None, ("Free zone plant",)),
    Organisation("Red River Footwear (demo)", "employer", "VN", "footwear", NORTHLIGHT, ("River works", "Sole works")),
    Organisation("Silver Reed Knitwear (demo)", "employer", "KH", "garments", NORTHLIGHT, ("Knitting hall",)),
    Organisation("Jasmine Gate Garments (demo)", "employer", "MM", "garments", NORTHLIGHT, ("Gate works",)),
    Organisation("Four Winds Plantation (demo)", "employer", "LA", "agriculture", None, ("Upper slope",)),
    Organisation("High Pass Manpower (demo)", "recruiter", "NP", "recruitment"),
    Organisation("Bridge of Stars Recruitment (demo)", "broker", "TH", "recruitment"),
    Organisation(NORTHLIGHT, "brand", "GB", "garments"),
    Organisation(MERIDIAN, "brand", "US", "seafood"),
)

ISSUES = {
    "WAG-NON": 26,
    "WAG-DED": 15,
    "REC-FEE": 15,
    "WAG-OTP": 12,
    "DOC-RET": 9,
    "LIV-CON": 8,
    "TER-UNF": 8,
    "MOV-RES": 3,
    "INF-REQ": 9,
}
"""Issue -> its share of the grievances; every one has a text in each language."""

HANDLERS = (("mekong-desk-1", "mekong"), ("mekong-desk-2", "mekong"), ("andaman-desk", "andaman"))


def respondents(country: str, issue: str) -> tuple[Organisation, ...]:
    """Return who may bear the duty: recruiters for fees, employers otherwise, of the country where there are any."""
    wanted = {"recruiter", "broker"} if issue == "REC-FEE" else {"employer"}
    fitting = tuple(one for one in ORGANISATIONS if one.kind in wanted)
    return tuple(one for one in fitting if one.country == country) or fitting
