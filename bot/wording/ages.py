"""Playing age: years, decades, and words for a time of life."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from bot.talent import Range
from bot.wording.bounds import BETWEEN, bound_after, bound_before, intersect
from bot.wording.reading import Reading, Span

_YOUNGEST, _OLDEST = 3, 100

_UNIT = (
    r"(?:\s*-?\s*(?:years?|yrs?|yr|y\s?/?\s?o|yo|saal|sal|baras|varsh|साल|वर्ष|वर्षे|वर्षांची|"
    r"वर्षांचा|ans|anos)(?![\w\u0900-\u097f])\.?)"
    r"(?:\s*-?\s*(?:old|of age|olds|ki umar|ka|ki|ke|की|का|के))?"
)
_NOT_AGE = (
    r"(?!\s*(?:%|cm|cms|ft|feet|foot|'|\"|k\b|thousand|hazaar|hazar|lakh|lac|rs\b|rupees|inr|"
    r"usd|gbp|eur|euros?|dollars?|pounds?|per\b|/(?! )|a day|days?\b|weeks?\b|months?\b|hours?\b|"
    r"minutes?\b|mins?\b|kgs?\b|lbs?\b|km\b|takes?\b|films?\b|roles?\b|shows?\b|people|"
    r"followers|am\b|pm\b|st\b|nd\b|rd\b|th\b|jan|feb|mar(?:ch)?\b|apr|may\b|jun|jul|aug|sep|"
    r"oct|nov|dec|हज़ार|हजार|लाख|,\d{3}|[.:]\d|\d)"
    r"|\s+(?:women|men|actors|actresses|girls|boys|shoot|shooting|talents?|others|more|of them)\b)"
)
_EXPERIENCE = re.compile(
    r"\s*(?:of\s+|in\s+)?(?:\w+\s+)?(?:experience|exp\b|training|practice|on stage|in theatre|in "
    r"the industry|as an?\b|of \w+ing\b)"
)
_SPAN_OF_TIME = re.compile(
    r"(?<!pass)(?<!passes)(?<!looking)(?<!role)\b\s+(?:for|over the last|experience of|last|past|"
    r"since)\s+(?:the )?$"
)
_NUMBER = r"(?P<{0}>\d{{1,2}})"
_TO = r"\s*(?:-+|to|till|until|through|se|से|ते|a\b|à|and|&)\s*"

_RANGE = re.compile(
    rf"(?<![\d.,/$£€₹:'#])\b{_NUMBER.format('low')}(?:{_UNIT})?\s*{_TO}{_NUMBER.format('high')}(?!\d)"
    rf"{_NOT_AGE}(?P<unit>{_UNIT})?"
)
_SINGLE = re.compile(
    rf"(?<![\d.,/$£€₹:'#-])\b{_NUMBER.format('age')}(?P<ish>\s*-?ish\b)?{_NOT_AGE}"
    rf"(?P<unit>{_UNIT})?"
)
_SLASHED = re.compile(r"(?<![\d/])(?P<low>\d\d)/(?P<high>\d\d)(?![\d/])")
_PART = r"(?P<{0}>early|mid|middle|late)"
_DECADE = re.compile(
    rf"(?:{_PART.format('part')}\s*-?\s*(?:(?:to|or|-|/|and)\s*-?\s*{_PART.format('until')}"
    r"\s*-?\s*)?)?(?:her |his |their )?(?<![\d'.])(?P<decade>[2-9]0)\s*'?s\b"
    rf"(?:\s*(?:-|to|or|and|/|through)\s*(?:in\s+)?(?:her |his |their |the )?"
    rf"(?:{_PART.format('then')}[\s-]*)?(?P<second>[2-9]0)\s*'?s\b)?"
    r"(?!\s*(?:era|style|music|bollywood|film|drama|period|retro|vibe|fashion|disco))"
)
_SOMETHING = re.compile(r"\b(?P<decade>[2-9]0)\s*-?\s*something\b")
_PARTS = {"early": (0, 3), "mid": (4, 6), "middle": (4, 6), "late": (7, 9)}
_ERA = re.compile(r"(?:\bthe|\b(?:set|from|period|era|circa|year)\b[^,.;]{0,20}|19|20|')\s*$")

_LIVES = (
    (re.compile(r"\blate[ -]teens?\b"), Range(min=18, max=19)),
    (
        re.compile(r"\b(?:a )?teen(?:age|aged|ager|agers|s)?\b(?=\s*(?:[,.;]|$|\w))(?!\s+se\b)"),
        Range(min=18, max=19),
    ),
    (re.compile(r"\bmiddle[ -]?aged?\b|\badhed\b|अधेड़"), Range(min=40, max=55)),
    (
        re.compile(
            r"\belderly\b|\bsenior citizens?\b|\bpensioners?\b|\bbuzurg\b|\bb(?:u|oo)(?:d|r)ha\b|"
            r"\bbu(?:d|r)hi\b|\bin (?:her |his |their )?old age\b|बुज़ुर्ग|बुजुर्ग|बूढ़ा|बूढ़ी|"
            r"\b(?:very )?old(?=\s+(?:man|men|woman|women|lady|ladies|couple|male|female|people|"
            r"person|gentleman)\b)|\bseniors\b|\bsenior(?=\s+(?:man|woman|lady|male|female|men|"
            r"women)\b)"
        ),
        Range(min=60),
    ),
    (re.compile(r"\bsexagenarians?\b"), Range(min=60, max=69)),
    (re.compile(r"\bseptuagenarians?\b"), Range(min=70, max=79)),
    (re.compile(r"\boctogenarians?\b"), Range(min=80, max=89)),
)

_CUE_BEFORE = re.compile(
    r"(?:\b(?:aged?|ages|playing age|age range|age group|age bracket|umar|umr|vay|old|looks?|"
    r"passe?s? for|plays?|playing|turning|between|be|is|de|one|somewhere|say|now|ki)|उम्र|वय)"
    r"\s*(?:is|of|in|the|range|group|between|from|about|should be|be)?\s*[:=-]?\s*[\[(]?$"
)
_PERSON = re.compile(
    r"(?:^|\b(?:wom[ae]n|m[ae]n|girls?|boys?|lad(?:y|ies)|guys?|f|m|females?|males?|actors?|"
    r"actress(?:es)?|persons?|people|someone|anyone|lead|role|ladk[aie]|aadmi|mahila|dancers?|"
    r"singers?|\w*(?:mother|father|man|woman))(?:\s+of)?)\s*[,:/(-]*\s*$"
)
_BARE = re.compile(r"(?:^|[,;|:(\n.\[/-])\s*$")
_BARE_END = re.compile(
    r"\s*(?:$|[,;|:)\n.\]]|[/-] |\b(?:only|or|who|from|and|with|based|in|female|male))"
)
_OF_ANOTHER = re.compile(
    r"(?:\b(?:(?:of|with|raising)(?:\s+(?:an?|2|3|her|his|their|the))?"
    r"|(?:to|for|has|have|had|and)\s+(?:an?|2|3|her|his|their))"
    r"|\b(?:her|his|their|whose)(?:\s+\w+)?)\s*$"
)
_ROLE_OF = re.compile(r"\b(?:role|part|character|portrayal) of (?:an?|the)?\s*$")


def read_ages(reading: Reading) -> tuple[Range, Span] | None:
    """The playing age asked for and where it stands; several bounds ("over 40 but under 50")
    are met together."""
    found: Range | None = None
    whole: Span | None = None
    for age, span in _candidates(reading):
        both = intersect(found, age)
        if both is None:
            continue
        found = both
        whole = Span(min(whole.start, span.start), max(whole.end, span.end)) if whole else span
        reading.take(span.start, span.end)
    return None if found is None or whole is None else (found, whole)


def _candidates(reading: Reading) -> list[tuple[Range, Span]]:
    found: list[tuple[Range, Span]] = []
    for reader in (_decades, _ranges, _slashed, _singles, _lives):
        for age, span in reader(reading):
            if not any(span.start < other.end and other.start < span.end for _, other in found):
                found.append((age, span))
    return sorted(found, key=lambda item: item[1].start)


def _decades(reading: Reading) -> list[tuple[Range, Span]]:
    found = []
    for match in _DECADE.finditer(reading.digits):
        before = reading.digits[: match.start()]
        era = _ERA.search(before)
        if era and not (match["part"] and era.group().strip() == "the"):
            continue
        first, last = _PARTS.get(match["part"] or "", (0, 9))
        if match["until"]:
            last = _PARTS[match["until"]][1]
        decade = int(match["decade"])
        low, high = decade + first, decade + last
        if match["second"]:
            high = int(match["second"]) + _PARTS.get(match["then"] or "", (0, 9))[1]
        bound = bound_before(before)
        if low <= high:
            age = bound.applied(low, high) if bound else Range(min=low, max=high)
            found.append((age, Span(bound.start if bound else match.start(), match.end())))
    for match in _SOMETHING.finditer(reading.digits):
        decade = int(match["decade"])
        found.append((Range(min=decade, max=decade + 9), Span(*match.span())))
    return found


def _ranges(reading: Reading) -> list[tuple[Range, Span]]:
    found = []
    for match in _pairs(reading.digits):
        low, high = int(match["low"]), int(match["high"])
        before = reading.digits[: match.start()]
        if not _YOUNGEST <= low < high <= _OLDEST or _is_experience(reading, match):
            continue
        if " and " in match.group() and not (BETWEEN.search(before) or match["unit"]):
            continue
        if _another_person(before) and high < 18:
            continue
        between = BETWEEN.search(before)
        tail = re.match(r"\s*(?:ke beech|के बीच|age range|age group)", reading.digits[match.end() :])
        end = match.end() + (tail.end() if tail else 0)
        found.append(
            (Range(min=low, max=high), Span(between.start() if between else match.start(), end))
        )
    return found


def _pairs(digits: str) -> Iterator[re.Match[str]]:
    """Numbers two and two; of three the last two, as the first is the role's: "Guard 2 - 35 to
    45"."""
    at = 0
    while match := _RANGE.search(digits, at):
        match = _RANGE.match(digits, match.start("high")) or match
        yield match
        at = match.end()


def _slashed(reading: Reading) -> list[tuple[Range, Span]]:
    """ "18/25", where it is an item of its own: elsewhere it may be a date."""
    found = []
    for match in _SLASHED.finditer(reading.digits):
        low, high = int(match["low"]), int(match["high"])
        clause = reading.clause(match.start())
        alone = reading.digits[clause.start : clause.end].strip(" ,;|-/.\n") == match.group()
        if alone and 16 <= low < high:
            found.append((Range(min=low, max=high), Span(*match.span())))
    return found


def _singles(reading: Reading) -> list[tuple[Range, Span]]:
    found = []
    for match in _SINGLE.finditer(reading.digits):
        age = int(match["age"])
        if not _YOUNGEST <= age <= _OLDEST or _is_experience(reading, match):
            continue
        before, rest = reading.digits[: match.start()], reading.digits[match.end() :]
        if match["unit"] and _another_person(before) and not _ROLE_OF.search(before):
            reading.take(match.start(), match.end())
            continue
        bound = bound_before(before)
        if bound and _is_span_of_time(reading.digits[: bound.start]):
            continue  # "trained for at least 5 years"
        tail = bound_after(rest)
        if (
            not match["unit"]
            and not match["ish"]
            and tail is None
            and not (bound and _BARE_END.match(rest.lstrip("s")) and bound.start >= 0)
            and not (bound and age >= 16)
            and not _CUE_BEFORE.search(before)
            and not ((_PERSON.search(before) or _BARE.search(before)) and _BARE_END.match(rest))
        ):
            continue
        if age < 16 and not match["unit"] and not _CUE_BEFORE.search(before):
            continue
        chosen = bound or tail
        if match["ish"]:
            value = Range(min=age - 2, max=age + 2)
        elif chosen:
            value = chosen.applied(age, age)
        else:
            value = Range(min=age, max=age)
        start = bound.start if bound else match.start()
        end = match.end() + (tail.end if tail else 0)
        found.append((value, Span(start, end)))
    return found


def _lives(reading: Reading) -> list[tuple[Range, Span]]:
    found = (
        (age, Span(*match.span()))
        for pattern, age in _LIVES
        for match in pattern.finditer(reading.digits)
        if not _another_person(reading.digits[: match.start()])
    )
    return list(islice(found, 1))


def _is_experience(reading: Reading, match: re.Match[str]) -> bool:
    before = reading.digits[: match.start()]
    said = _EXPERIENCE.match(reading.digits, match.end())
    return bool(said) or _is_span_of_time(before)


def _is_span_of_time(before: str) -> bool:
    """Whether a number after `before` counts years gone by, and is no age."""
    return bool(_SPAN_OF_TIME.search(before))


def _another_person(before: str) -> bool:
    return bool(_OF_ANOTHER.search(before)) and not _ROLE_OF.search(before)
