"""One cell to one value: figures, ranges and choices, however people write them.

Every function takes the cell's text, trimmed and not empty, and returns the value, or raises
`ValueError` whose text ends the sentence "<column> 'the text' …" in plain words.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from bot.talent import Gender, Range
from bot.vocabulary import canonical_gender

_NOTHING_WORDS = (
    "-|--|---|.|?|n/a|na|n.a.|n.a|none|nil|null|nan|tbd|tbc|tba|unknown|#n/a|#ref!|#value!|#name?"
    "|not applicable|not available|to be confirmed|not known|nothing|no data"
)
_NOTHING = frozenset(_NOTHING_WORDS.split("|"))
REMEMBERED: Final = 4096
"""Parsed cells: a roster says the same things over and over."""
_ALIKE: Final = str.maketrans({
    **dict.fromkeys("‐‑‒–—―−~", "-"), **dict.fromkeys("‘’ʼ′`´", "'"),
    **dict.fromkeys("“”″„", '"'), "\u00a0": " ", "\u202f": " ", "\u2009": " ",
})  # fmt: skip


def clean(text: str, *, lines: bool = False) -> str:
    """Trimmed, composed (NFC), without control characters; in one line unless `lines`."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if lines:
        return "\n".join(filter(None, map(_one_line, text.splitlines())))
    return _one_line(text)


def _one_line(text: str) -> str:
    text = " ".join(text.split())
    if text.isascii() and text.isprintable():
        return text
    return " ".join(_printable(text).split())


def _printable(text: str) -> str:
    # Kept: the joiners that Indic scripts and emoji are written with.
    return "".join(c for c in text if c in "\u200c\u200d" or unicodedata.category(c)[0] != "C")


def says_nothing(text: str) -> bool:
    """Whether a cleaned cell is empty or one of the ways to write that it is."""
    return not text or text.casefold() in _NOTHING


def plain(text: str) -> str:
    """Lower case with plain dashes and quotes, for the patterns here."""
    return text.translate(_ALIKE).casefold()


def digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


# --- yes or no ---------------------------------------------------------------------------------


_YES_WORDS = "y|yes|true|1|t|haan|ha|si|oui|ok|given|received|signed|on file|x|✓|✔"
_NOT_WORDS = "n|no|false|0|f|nahi|nahin|non|none|not"
_YES, _NOT = frozenset(_YES_WORDS.split("|")), frozenset(_NOT_WORDS.split("|"))


def yes_or_no(text: str) -> bool:
    word = plain(text).strip(" .!")
    if word in _YES or word.startswith("yes"):
        return True
    if word in _NOT or says_nothing(word) or word.startswith(("no ", "no,", "not ")):
        return False
    raise ValueError("is neither yes nor no")


# --- gender ------------------------------------------------------------------------------------


@lru_cache(maxsize=REMEMBERED)
def gender(text: str) -> Gender | None:
    """The gender as played; `None` where the cell declines to say."""
    word = plain(text).strip(" .")
    if word in ("other", "others", "prefer not to say", "any", "all", "undisclosed"):
        return None
    found = canonical_gender(text)
    if found is None:
        raise ValueError("is none of female, male and non-binary")
    return found


# --- ages --------------------------------------------------------------------------------------

_AGE_WORDS = re.compile(
    r"\b(?:years?|yrs?|y/?o|old|saal|sal|ans|anos|años|age[ds]?|plays?|playing|between|range)\b\.?"
)
_DECADES = {
    "teens": 13, "twenties": 20, "thirties": 30, "forties": 40, "fourties": 40, "fifties": 50,
    "sixties": 60, "seventies": 70, "eighties": 80, "nineties": 90,
}  # fmt: skip
_DECADE = re.compile(r"(?:(early|mid|late)[\s-]*(?:to[\s-]*(early|mid|late)[\s-]*)?)?(\d)0'?s")
_PARTS = {"early": (0, 3), "mid": (4, 6), "late": (7, 9)}
_TO = r"\s*(?:-+|to|till|until|se|a|à|/|\.\.+|and|&|,)\s*"


def playing_age(text: str) -> Range:
    """Years: "24-30", "24 to 30 yrs", "25+", "under 30", "mid 20s", "27"."""
    return _ages(text)


@lru_cache(maxsize=REMEMBERED)
def _ages(text: str) -> Range:
    said = digits(plain(text))
    for word, tens in _DECADES.items():
        said = said.replace(word, f"{tens}s" if tens != 13 else "13-19")
    said = " ".join(_AGE_WORDS.sub(" ", said).split()).strip(" .:()")
    decades = list(_DECADE.finditer(said))
    if decades:
        if re.sub(_TO, "", _DECADE.sub("", said)).strip():
            raise ValueError('is not an age range: write it like "24-30"')
        spans = [_decade(match) for match in decades]
        return _years(min(low for low, _ in spans), max(high for _, high in spans))
    number = r"(\d{1,3})(?:\.\d+)?"
    if match := re.fullmatch(number + _TO + number, said):
        low, high = sorted((int(match[1]), int(match[2])))
        return _years(low, high)
    if match := re.fullmatch(
        number + r"\s*(?:\+|plus|and (?:above|over|up)|or (?:above|over))", said
    ):
        return _years(int(match[1]), None)
    if match := re.fullmatch(rf"(?:above|over|from|min(?:imum)?|>=?)\s*{number}", said):
        return _years(int(match[1]), None)
    if match := re.fullmatch(rf"(?:under|below|up ?to|max(?:imum)?|till|<=?)\s*{number}", said):
        return _years(None, int(match[1]))
    if match := re.fullmatch(rf"(?:around|about|approx\.?|circa|c\.?)?\s*{number}", said):
        return _years(int(match[1]), int(match[1]))
    raise ValueError('is not an age range: write it like "24-30"')


def _decade(match: re.Match[str]) -> tuple[int, int]:
    tens = int(match[3]) * 10
    first = _PARTS.get(match[1] or "", (0, 9))
    last = _PARTS.get(match[2] or match[1] or "", (0, 9))
    return tens + min(first[0], last[0]), tens + max(first[1], last[1])


def _years(low: int | None, high: int | None) -> Range:
    for years in (low, high):
        if years is not None and not 0 <= years <= 110:
            raise ValueError("is not an age: it is beyond 0 to 110 years")
    return Range(min=low, max=high)


def age(text: str) -> int:
    """A person's age in years; of a range, the lower end."""
    years = _ages(text)
    low = years.min if years.min is not None else years.max
    if low is None:
        raise ValueError("is not an age in years")
    return int(low)


# --- height ------------------------------------------------------------------------------------

_FEET = re.compile(
    r"(\d)\s*(?:'|ft\.?|feet|foot|f)\s*[-,]?\s*"
    r"(?:(\d{1,2}(?:[.,]\d+)?|\d{0,2}\s*½)\s*(?:\"|''|'|inches|inch|in\.?|i)?)?"
)
_SHORTEST, _TALLEST = 60, 250


@lru_cache(maxsize=REMEMBERED)
def height_cm(text: str, unit: str = "") -> int:
    """Whole centimetres: "168 cm", "1.68m", "5'6\\"", "5 ft 6 in", "5.11" (feet.inches), "66 in".

    `unit` is what the column's title says of bare figures: "cm", "m", "in", "ft" or empty.
    """
    said = digits(plain(text)).strip(" .")
    said = re.sub(r"\(.*?\)", "", said).strip() or said
    if " / " in said or re.search(r"cms?\s*/", said):
        said = said.split("/")[0].strip()
    centimetres = _height(said, unit)
    if centimetres is None:
        raise ValueError('is not a height: write it like "168 cm" or 5\'6"')
    if not _SHORTEST <= centimetres <= _TALLEST:
        raise ValueError(f"is not a height between {_SHORTEST} and {_TALLEST} cm")
    return round(centimetres)


def _height(said: str, unit: str) -> float | None:  # noqa: PLR0911 - one return a notation
    if match := _FEET.fullmatch(said):
        inches = (match[2] or "0").replace(",", ".").replace(" ", "")
        half = 0.5 if inches.endswith("½") else 0.0
        return int(match[1]) * 30.48 + (float(inches.rstrip("½") or 0) + half) * 2.54
    match = re.fullmatch(r"(\d{1,3})(?:[.,](\d{1,2}))?\s*([a-z\"]*)\.?", said)
    if match is None:
        spaced = re.fullmatch(r"([4-7])\s*[- ]\s*(\d|1[01])", said)
        return int(spaced[1]) * 30.48 + int(spaced[2]) * 2.54 if spaced else None
    figure, word = float(f"{match[1]}.{match[2] or 0}"), match[3]
    if word in ("cm", "cms", "centimetre", "centimetres", "centimeter", "centimeters", "c"):
        return figure
    if word in ("m", "mt", "mtr", "mtrs", "metre", "metres", "meter", "meters"):
        return figure * 100
    if word in ('"', "in", "inch", "inches", "ins"):
        return figure * 2.54
    if word:
        return None
    if unit == "in":
        return figure * 2.54
    if unit == "m" or 1 <= figure < 2.5:
        return figure * 100
    if 3 <= figure < 8:  # "5.11" is five feet eleven here, not 5.11 feet
        return int(match[1]) * 30.48 + min(int(match[2] or 0), 11) * 2.54
    return figure * 2.54 if 48 <= figure <= 84 and unit != "cm" else figure
