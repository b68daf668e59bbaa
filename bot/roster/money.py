"""Day rates, however people write them: "15k", "₹15,000–25,000", "1.5 lakh", "$500/day"."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.roster.values import REMEMBERED, digits, plain
from bot.talent import DayRate

_NO_FIGURE = re.compile(
    r"negotiable|nego|on request|as per|depends?|discuss|open|project basis|tbd|flexible|ask|varies"
    r"|market|standard|scale|call"
)

_CURRENCY = re.compile(
    r"(?P<INR>₹|\brs\b\.?|\binr\b|\brupees?\b|\brupaye\b)|(?P<CAD>\bcad\b|\bc\$|\bca\$)"
    r"|(?P<AUD>\baud\b|\ba\$|\bau\$)|(?P<SGD>\bsgd\b|\bs\$)|(?P<USD>\$|\busd?\b|\bdollars?\b)"
    r"|(?P<GBP>£|\bgbp\b|\bpounds?\b)|(?P<EUR>€|\beuros?\b|\beur\b)|(?P<AED>\baed\b|\bdirhams?\b)"
    r"|(?P<LKR>\blkr\b)|(?P<NPR>\bnpr\b)|(?P<BDT>\bbdt\b|৳|\btaka\b)|(?P<PKR>\bpkr\b)"
    r"|(?P<JPY>\bjpy\b|¥)|(?P<ZAR>\bzar\b)|(?P<NGN>\bngn\b|₦)|(?P<MXN>\bmxn\b)|(?P<CHF>\bchf\b)"
)
_UNITS = {
    "k": 1_000, "thousand": 1_000, "hazaar": 1_000, "hazar": 1_000, "t": 1_000,
    "l": 100_000, "lakh": 100_000, "lakhs": 100_000, "lac": 100_000, "lacs": 100_000,
    "cr": 10_000_000, "crore": 10_000_000, "crores": 10_000_000, "m": 1_000_000,
    "million": 1_000_000, "mn": 1_000_000,
}  # fmt: skip
_AMOUNT = re.compile(
    rf"(\d[\d,. ']*)\s*({'|'.join(sorted(_UNITS, key=len, reverse=True))})?(?![a-z])"
)
_PER_DAY = re.compile(
    r"/-|/=|\bonly\b|\b(?:plus|excl\.?|incl\.?|ex|\+)?\s*gst\b|(?:/|\bper\b|\ba\b|\bpor\b|\bpar\b|\beach\b)\s*(?:day|shift|dia|día|jour|diem|d)\b"
    r"|\b(?:daily|day rate|pd|p/d|approx\.?|about|around|starting|starts|nett?|gross)\b"
)
_OTHER_PERIOD = re.compile(
    r"(?:/|\bper\b|\ba\b|\ban\b|\beach\b)\s*(?:hour|hr|week|wk|month|mo|year|yr|annum|film|episode|ep"
    r"|project|show)\b|\b(?:hourly|weekly|monthly|yearly|p\.?m\.?|lpa|annual)\b"
)


@lru_cache(maxsize=REMEMBERED)
def day_rate(text: str, currency: str = "") -> DayRate | None:
    """ "15k", "₹15,000-25,000", "1.5 lakh", "$500/day"; `None` where no figure is given.

    `currency` (ISO 4217) counts where the cell names none; without either it is INR.
    """
    said = digits(plain(text))
    if match := _OTHER_PERIOD.search(said):
        raise ValueError(f'is not a day rate ("{match[0].strip()}")')
    if found := _CURRENCY.search(said):
        currency = found.lastgroup or currency
    said = _CURRENCY.sub(" ", _PER_DAY.sub(" ", said))
    amounts = list(_AMOUNT.finditer(said))
    if not amounts:
        if _NO_FIGURE.search(said):
            return None
        raise ValueError('is not a day rate: write it like "15000" or "15000-25000"')
    rest = _NO_FIGURE.sub(" ", _AMOUNT.sub("#", said))
    rest = re.sub(r"[\s()+;:*.,]|slightly|but|\bis\b|rate", "", rest.replace("+", "+ "))
    if len(amounts) > 2 or not re.fullmatch(
        r"(?:from|min(?:imum)?|above|upto|max(?:imum)?|under|below|between|>=?|<=?)?#"
        r"(?:(?:-+|to|till|and|/|a|à|onwards?|andabove|plus)#?)?", rest
    ):  # fmt: skip
        raise ValueError('is not a day rate: write it like "15000" or "15000-25000"')
    unit = amounts[-1][2]  # "15-25k": both
    figures = sorted(_figure(match[1], match[2] or unit or "") for match in amounts)
    low, high = (figures[0], figures[-1])
    if low < 0 or high > 10**12:
        raise ValueError("is not a day rate: the figure is too large")
    currency = currency or "INR"
    open_ended = (
        rest.startswith(("from", "min", "above", ">"))
        or rest.endswith(("onward", "onwards", "plus", "above"))
        or re.search(r"\d\s*[a-z]*\s*\+", said)
    )
    if open_ended and len(figures) == 1:
        return DayRate(min=low, currency=currency)
    if rest.startswith(("upto", "max", "under", "below", "<")):
        return DayRate(max=high, currency=currency)
    return DayRate(min=low, max=high, currency=currency)


def amount(text: str) -> int:
    """One figure of money in whole units, whatever currency it names."""
    rate = day_rate(text)
    if rate is None or (rate.min is not None and rate.max is not None and rate.min != rate.max):
        raise ValueError("is not one figure")
    return int(rate.min if rate.min is not None else rate.max or 0)


def currency_code(text: str) -> str:
    """ISO 4217, from a code, a symbol or a name."""
    said = plain(text)
    if found := _CURRENCY.search(said):
        return found.lastgroup or "INR"
    if re.fullmatch("[a-z]{3}", said):
        return said.upper()
    raise ValueError('is not a currency: write its code, like "INR"')


def _figure(text: str, unit: str) -> int:
    said = re.sub(r"[ ']", "", text.strip(" .,'"))
    # The last comma or full stop is a decimal one, unless three digits follow: 1.5, but 15.000.
    match = re.fullmatch(r"(.*)([.,])(\d*)", said)
    if match and (len(match[3]) != 3 or (unit and match[2] == ".")):
        number = float(f"{re.sub('[.,]', '', match[1]) or 0}.{match[3] or 0}")
    else:
        number = float(re.sub("[.,]", "", said) or 0)
    return round(number * _UNITS.get(unit, 1))
