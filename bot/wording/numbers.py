"""Number words as digits, in place: "twenty five to thirty" reads like "25 to 30"."""

from __future__ import annotations

import re

_ONES = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
}  # fmt: skip
_TEENS = {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_DECADES = {
    "twenties": 20, "thirties": 30, "forties": 40, "fourties": 40, "fifties": 50, "sixties": 60,
    "seventies": 70, "eighties": 80, "nineties": 90,
}  # fmt: skip
_HINDI = {
    "atharah": 18, "atharaa": 18, "unnees": 19, "unnis": 19, "bees": 20, "bis": 20, "ikkis": 21,
    "bais": 22, "teis": 23, "chaubis": 24, "pachees": 25, "pachis": 25, "pacchees": 25,
    "chabbis": 26, "sattais": 27, "athais": 28, "untis": 29, "tees": 30, "tis": 30,
    "paintees": 35, "paintis": 35, "chalis": 40, "chaalis": 40, "chalees": 40, "paintalis": 45,
    "pachas": 50, "pachaas": 50, "pachpan": 55, "saath": 60, "sattar": 70, "assi": 80,
    "अठारह": 18, "उन्नीस": 19, "बीस": 20, "इक्कीस": 21, "बाईस": 22, "तेईस": 23, "चौबीस": 24,
    "पच्चीस": 25, "छब्बीस": 26, "सत्ताईस": 27, "अट्ठाईस": 28, "उनतीस": 29, "तीस": 30,
    "पैंतीस": 35, "चालीस": 40, "पैंतालीस": 45, "पचास": 50, "पचपन": 55, "साठ": 60, "सत्तर": 70,
    "अस्सी": 80, "दस": 10, "पंद्रह": 15, "वीस": 20, "चाळीस": 40, "पन्नास": 50,
}  # fmt: skip

_PLAIN = _ONES | _TEENS | _TENS
_ENGLISH = re.compile(
    rf"\b(?:(?P<tens>{'|'.join(_TENS)})(?:[ -](?P<unit>one|{'|'.join(_ONES)}))?"
    rf"|(?P<decade>{'|'.join(_DECADES)})"
    rf"|(?P<small>{'|'.join(_TEENS | _ONES)})"
    r"|(?P<single>one|a)(?= (?:lakh|lac|thousand|hundred)\b))(?:(?P<ish>ish)|(?=something))?\b"
    rf"|(?P<something>\b(?:{'|'.join(_TENS)}))(?=something)"
)
_HINDI_WORD = re.compile(
    rf"(?<![\w\u0900-\u097f])(?P<first>{'|'.join(sorted(_HINDI, key=len, reverse=True))})"
    r"(?= (?:se|saal|sal|baras|varsh|hazaar|hazar|ke|से|साल|वर्ष|हज़ार|हजार|के|ते|वर्षे|ki umar)"
    r"(?![\w\u0900-\u097f]))"
)


def digits_view(folded: str) -> str:
    """`folded` with number words replaced by digits and padded with spaces to the same length.

    Decades become "20s". Hindi number words count only before a unit ("bees saal"), since many
    are English words too.
    """
    return _HINDI_WORD.sub(_hindi, _ENGLISH.sub(_english, folded))


def _english(match: re.Match[str]) -> str:
    groups = match.groupdict()
    if groups["decade"]:
        said = f"{_DECADES[groups['decade']]}s"
    elif groups["something"]:
        said = str(_TENS[groups["something"]])
    elif groups["single"]:
        said = "1"
    else:
        value = _PLAIN[groups["tens"] or groups["small"]]
        unit = groups["unit"]
        said = str(value + (1 if unit == "one" else _ONES[unit] if unit else 0))
    if groups["ish"]:
        said += "ish"
    return said.ljust(len(match.group()))


def _hindi(match: re.Match[str]) -> str:
    return str(_HINDI[match.group("first")]).ljust(len(match.group()))
