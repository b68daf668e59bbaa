"""Day rates: an amount, its currency, and whether it is a ceiling, a floor or both."""

from __future__ import annotations

import re

from bot.talent import DayRate, Range
from bot.wording.bounds import BETWEEN, Bound, bound_after, bound_before
from bot.wording.reading import Reading, Span

_SIGNS = {
    "us$": "USD", "usd": "USD", "a$": "AUD", "aud": "AUD", "c$": "CAD", "ca$": "CAD",
    "cad": "CAD", "s$": "SGD", "sgd": "SGD", "nz$": "NZD", "nzd": "NZD", "$": "USD",
    "₹": "INR", "rs": "INR", "inr": "INR", "£": "GBP", "gbp": "GBP", "€": "EUR", "eur": "EUR",
    "aed": "AED", "dhs": "AED", "zar": "ZAR", "jpy": "JPY", "¥": "JPY", "₩": "KRW", "₦": "NGN",
}  # fmt: skip
_UNITS = {
    "rupees": "INR", "rupee": "INR", "rupaye": "INR", "rupaya": "INR", "rupay": "INR",
    "rupiya": "INR", "bucks": "USD", "rs": "INR", "inr": "INR", "रुपये": "INR", "रुपए": "INR",
    "रुपया": "INR", "₹": "INR", "dollars": "USD", "dollar": "USD", "usd": "USD", "pounds": "GBP",
    "pound": "GBP", "quid": "GBP", "gbp": "GBP", "£": "GBP", "euros": "EUR", "euro": "EUR",
    "eur": "EUR", "€": "EUR", "dirhams": "AED", "dirham": "AED", "aed": "AED", "cad": "CAD",
    "aud": "AUD", "sgd": "SGD", "$": "USD",
}  # fmt: skip
_SCALES = {
    "k": 1_000, "thousand": 1_000, "thousands": 1_000, "hazaar": 1_000, "hazar": 1_000,
    "hajar": 1_000, "hundred": 100, "lakh": 100_000, "lakhs": 100_000, "lac": 100_000,
    "lacs": 100_000, "l": 100_000, "crore": 10_000_000, "crores": 10_000_000, "हज़ार": 1_000,
    "हजार": 1_000, "लाख": 100_000,
}  # fmt: skip

_B = r"(?![a-z\u0900-\u097f])"


def _choice(words: dict[str, str] | dict[str, int]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_AMOUNT = (
    rf"(?:(?P<{{0}}sign>(?<![a-z]){_choice(_SIGNS)})\.?\s*)?"
    r"(?P<{0}number>\d[\d,]*(?:\.\d+)?)"
    rf"(?:\s*(?P<{{0}}scale>{_choice(_SCALES)}){_B})?"
    rf"(?:\s*/-)?(?:\s*(?P<{{0}}unit>{_choice(_UNITS)})(?![a-z\u0900-\u097f]))?"
).replace("{{0}}", "{0}")
_DAILY = (
    r"\s*(?:(?:per|a|each|every|/|par)\s*(?:shoot(?:ing)?\s*|working\s*)?(?:day|diem|din)s?\b|"
    r"daily\b"
    r"|day rate\b|p\.?\s?d\.?\b|/d\b|roz\b|prati ?din|(?:par|al) d[ií]a|par jour|रोज़|रोज|प्रतिदिन|"
    r"per diem\b)"
)
_PER_OTHER = re.compile(
    r"\s*(?:per|a|an|each|/|for the|for a)\s*(?:hour|hr|week|month|year|project|film|episode|spot|"
    r"show|campaign|buyout|song|half)|\s*(?:total|lump ?sum|followers|subscribers|views|people|"
    r"extras|films?|square|steps|words|members|fans|likes|copies|km|miles|cm|feet)\b|\s*[%x°]"
)
_RANGE = re.compile(
    rf"(?<![\d.,\w]){_AMOUNT.format('a')}\s*(?:-|to|and|se|से|&)\s*{_AMOUNT.format('b')}"
    rf"(?P<daily>{_DAILY})?"
)
_SINGLE = re.compile(rf"(?<![\d.,\w]){_AMOUNT.format('a')}(?P<daily>{_DAILY})?")
_FOR_DAYS = re.compile(
    r"\s*(?:in total|total|all in|flat|lump ?sum)?,?\s*(?:for|over)\s+(?:the\s+|all\s+|a\s+)?"
    r"(?P<days>\d{1,2})[ -]days?\b(?:'?\s*(?:of )?(?:shoot(?:ing)?|work))?"
)
_BESIDE = re.compile(r"\s*(?:\+|plus)\s*(?!(?:per|a day|daily|only|and|ho|chalega)\b)[a-z\d]")
"""What is paid besides: "£450 + buyout", "20k plus travel"."""
_LEAD = re.compile(
    r"(?P<about>\b(?:day rate|daily rate|rates?|budget|fees?|pay(?:ing|s|ment)?|remuneration|"
    r"compensation|costs?|costing|charges?|charging|quotes?|asking|din ka|roz ka|roz|rozana|"
    r"per day|daily|paisa|paise|offering|offer)\b|रोज़ का|रोज का|बजट)[^\d,;.\n]{0,24}$"
)


def read_rate(reading: Reading) -> tuple[DayRate, Span] | None:
    """The day rate asked for, and where it stands. A plain amount is what can be paid at most."""
    for match in _RANGE.finditer(reading.digits):
        found = _range(reading, match)
        if found:
            return found
    for match in _SINGLE.finditer(reading.digits):
        found = _single(reading, match)
        if found:
            return found
    return None


def _range(reading: Reading, match: re.Match[str]) -> tuple[DayRate, Span] | None:
    end, days = _days_paid(reading, match)
    if days == 0:
        return None
    scale = _SCALES.get(match["bscale"] or "", 1)
    high = _number(match["bnumber"]) * scale
    low = _number(match["anumber"]) * (_SCALES[match["ascale"]] if match["ascale"] else 1)
    if not match["ascale"] and low * scale < high:
        low *= scale
    if low >= high or not _is_money(reading, match, high, ranged=True):
        return None
    start = match.start()
    if between := BETWEEN.search(reading.digits[:start]):
        start = between.start()
    return _taken(reading, match, Span(start, end), Range(min=low / days, max=high / days))


def _days_paid(reading: Reading, match: re.Match[str]) -> tuple[int, int]:
    """Where the amount with what it is for ends, and how many days it is for: "40,000 for 2
    days". No days where it is for something else."""
    if not match["daily"] and (several := _FOR_DAYS.match(reading.digits, match.end())):
        return several.end(), int(several["days"])
    return match.end(), 0 if _PER_OTHER.match(reading.digits, match.end()) else 1


def _single(reading: Reading, match: re.Match[str]) -> tuple[DayRate, Span] | None:
    paid, days = _days_paid(reading, match)
    if days == 0:
        return None
    amount = _number(match["anumber"]) * _SCALES.get(match["ascale"] or "", 1)
    before = reading.digits[: match.start()]
    after = None
    if not _BESIDE.match(reading.digits, match.end()):
        after = bound_after(reading.digits[match.end() :])
    bound = bound_before(before) or after
    if after and bound and bound.kind == "near":
        bound = after  # "around 20k max"
    if not _is_money(reading, match, amount, bound=bound):
        return None
    start = bound.start if bound and bound is not after else match.start()
    end = max(paid, match.end() + (after.end if after else 0))
    amount /= days
    if daily := re.compile(_DAILY).match(reading.digits, end):
        end = daily.end()
    if bound and bound.kind == "min":
        bounds = Range(min=amount)
    elif bound and bound.kind == "near":
        bounds = Range(min=amount * 0.9, max=amount * 1.1)
    else:
        bounds = Range(max=amount)
    return _taken(reading, match, Span(start, end), bounds)


def _is_money(
    reading: Reading,
    match: re.Match[str],
    amount: float,
    *,
    bound: Bound | None = None,
    ranged: bool = False,
) -> bool:
    if amount <= 0 or amount > 1e9:
        return False
    groups = match.groupdict()
    if any(groups.get(name) for name in ("asign", "aunit", "bsign", "bunit", "daily")):
        return True
    before = reading.digits[reading.sentence(match.start()).start : match.start()]
    lead = _LEAD.search(before)
    scaled = groups.get("ascale") or groups.get("bscale")
    if scaled and (scaled != "l" or lead):
        return bool(lead or bound or ranged or amount >= 1_000)
    if lead:
        return amount >= 50
    return bool(
        bound and amount >= 1_000 and not 1900 <= amount <= 2100 and "," not in match[0][-1:]
    )


def _taken(
    reading: Reading, match: re.Match[str], span: Span, bounds: Range
) -> tuple[DayRate, Span]:
    start, end = span
    groups = match.groupdict()
    currency = "INR"
    for name, table in (("asign", _SIGNS), ("aunit", _UNITS), ("bsign", _SIGNS), ("bunit", _UNITS)):
        if groups.get(name):
            currency = table[groups[name]]
            break
    if lead := _LEAD.search(reading.digits[:start]):
        start = lead.start("about")
    reading.take(start, end)
    rate = DayRate(
        min=None if bounds.min is None else round(bounds.min),
        max=None if bounds.max is None else round(bounds.max),
        currency=currency,
    )
    return rate, Span(start, end)


def _number(text: str) -> float:
    return float(text.replace(",", "") or 0)
