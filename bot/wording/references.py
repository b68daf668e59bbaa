"""Who is meant of those shown: "the second one", "number 3", "the first two", "her", a name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot import vocabulary
from bot.vocabulary.folding import fold, words
from bot.wording.cue_words import words_of
from bot.wording.dates import date_words

_ORDINALS = {
    "first": 1, "1st": 1, "top": 1, "pehla": 1, "pehli": 1, "pehle": 1, "pahla": 1, "pahli": 1,
    "पहली": 1, "पहला": 1, "पहले": 1, "second": 2, "2nd": 2, "dusra": 2, "dusri": 2, "doosra": 2,
    "doosri": 2, "दूसरी": 2, "दूसरा": 2, "दूसरे": 2, "third": 3, "3rd": 3, "teesra": 3, "teesri": 3,
    "tisra": 3, "tisri": 3, "तीसरी": 3, "तीसरा": 3, "fourth": 4, "4th": 4, "chautha": 4,
    "chauthi": 4, "चौथी": 4, "चौथा": 4, "fifth": 5, "5th": 5, "paanchva": 5, "paanchvi": 5,
    "पांचवीं": 5, "पाँचवीं": 5, "sixth": 6, "6th": 6, "seventh": 7, "7th": 7, "eighth": 8, "8th": 8,
    "ninth": 9, "9th": 9, "tenth": 10, "10th": 10, "last": -1, "aakhri": -1, "akhri": -1,
    "आख़िरी": -1, "आखिरी": -1,
}  # fmt: skip
_COUNTS = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "2": 2,
    "3": 3,
    "4": 4,
    "5": 5,
    "do": 2,
    "teen": 3,
    "couple": 2,
}
_B = r"(?<![\w\u0900-\u097f])"
_E = r"(?![\w\u0900-\u097f])"
_ORDINAL = "|".join(sorted(_ORDINALS, key=len, reverse=True))
_ONE = (
    r"(?:\s+(?:one|wali|wala|wale|girl|guy|woman|man|lady|actor|actress|person|talent|option|"
    r"result|match|candidate|name|वाली|वाला|वाले))?"
)
_TOP = re.compile(
    rf"{_B}(?:the |these |those |your )?(?P<side>first|top|last|pehle|pehli|"
    rf"पहले)\s+(?P<count>{'|'.join(_COUNTS)}){_E}"
)
_PLACE = re.compile(
    rf"{_B}(?:the )?(?:(?P<ordinal>{_ORDINAL}){_ONE}(?!\s+(?:week|weeks|half|fortnight|of|time|"
    rf"name|class|aid|ac|language|two|three|person)\b)"
    rf"|(?:number|no\.?|option|result|candidate|nr\.?|num|#)\s*(?P<number>10|[1-9])(?!\d)|"
    rf"#(?P<hash>10|[1-9])(?!\d)"
    r")"
)
_NUMBERS = re.compile(
    rf"{_B}(?P<list>(?:10|[1-9])(?:\s*(?:,|and|&|vs\.?|with|or)\s*(?:10|"
    rf"[1-9]))+){_E}(?!\s*(?:years?|yrs?|cm|k\b))"
)
_WORD_PAIR = re.compile(
    rf"{_B}(?P<a>one|two|three|four|five) (?:and|vs) (?P<b>two|three|four|five){_E}"
)
_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_PRONOUN = re.compile(
    rf"{_B}(?:her|him|she|he|this one|that one|this (?:girl|guy|woman|man|actor|actress|person)|"
    rf"that (?:girl|guy|woman|man|actor|actress|person)|iske|uske|iski|uski|inke|unke|is|us|"
    rf"इसके|उसके){_E}"
)
_ALL = re.compile(
    rf"{_B}(?:them(?: all)?|these(?: two| three)?|those(?: two| three)?|both|all of them|dono|"
    rf"teeno|sab|दोनों|all){_E}"
)
_NAME_WORD = r"[A-Z\u00c0-\u00de][\w'\u00c0-\u024f-]*|[\u0900-\u097f]{2,}"
NAMED = re.compile(rf"(?:{_NAME_WORD})(?: (?:{_NAME_WORD})){{0,3}}")
_ONLY = re.compile(
    r"(?:and |ok |okay |so )?(?:what about |how about |show me |tell me about |open |"
    r"see )?(?:the )?"
    rf"(?:(?:{_ORDINAL}){_ONE}|(?:number|no\.?|option|#|result)\s*(?:10|[1-9])|#?(?:10|"
    rf"[1-9])(?:st|nd|rd|th)?"
    r"|(?:number )?(?:one|two|three|four|five)|her|him|this one|that one)(?:\s+(?:please|then|"
    r"one|ko|ko dikhao|dikhao|again|in detail))*"
)
_STOP = frozenset(date_words()) | words_of(
    """the a an i and or but who which what when where why how is are do does can you me my we our
    us any all both only just also more find show tell about like similar compare vs versus with
    from in of between to please someone anyone her him them these those this that it he she for
    under over ok okay hey hi hello one ones first second third last number people actors actor
    actress actresses something anything everything things else others another roster talent
    talents list search results old young men women"""
)


@dataclass(frozen=True, slots=True)
class References:
    """`places` from 1 in the list shown (-1: its last), `names` as written, whether all are meant,
    and what else was said."""

    places: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    all: bool = False
    rest: str = ""


def is_only_reference(folded: str) -> bool:
    """Whether a text is nothing but one place in the list ("the second one", "#3")."""
    return _ONLY.fullmatch(folded.strip(" .,!?")) is not None


def find_references(text: str, *, first_only: bool = False, loosely: bool = False) -> References:
    """Who `text` speaks of; `loosely` takes its lower-case words for a name too. A pronoun is the
    first of the list, as a single talent shown is."""
    folded = fold(text)
    found = _lists(folded)
    found += [
        ([_place(match)], match.span())
        for match in _PLACE.finditer(folded)
        if not any(start < match.end() and match.start() < end for _, (start, end) in found)
    ]
    if not found and is_only_reference(folded):
        found = [(list(_lone(folded)), (0, len(text)))]
    if first_only:
        found = sorted(found, key=lambda item: item[1])[:1]
    places = [place for said, _ in found for place in said]
    spans = [span for _, span in found]
    names: list[str] = []
    if not places:
        names, spans = _names(text, loosely=loosely, first_only=first_only)
    if not places and not names and (pronoun := _PRONOUN.search(folded)):
        places, spans = [1], [pronoun.span()]
    every = not places and not names and bool(_ALL.search(folded))
    rest = text
    for start, end in sorted(spans, reverse=True):
        rest = f"{rest[:start]} {rest[end:]}"
    return References(tuple(dict.fromkeys(places)), tuple(names), every, rest.strip())


def _lists(folded: str) -> list[tuple[list[int], tuple[int, int]]]:
    """ "the first two", "1 and 3", "two and three"."""
    found = []
    for match in _TOP.finditer(folded):
        count = _COUNTS[match["count"]]
        run = range(-count, 0) if match["side"] == "last" else range(1, count + 1)
        found.append((list(run), match.span()))
    for match in _NUMBERS.finditer(folded):
        numbers = [int(number) for number in re.findall(r"\d+", match["list"])]
        found.append((numbers, match.span()))
    pairs = _WORD_PAIR.finditer(folded)
    found.extend(([_WORDS[match["a"]], _WORDS[match["b"]]], match.span()) for match in pairs)
    return found


def _place(match: re.Match[str]) -> int:
    return (
        _ORDINALS[match["ordinal"]] if match["ordinal"] else int(match["number"] or match["hash"])
    )


def _lone(folded: str) -> Iterator[int]:
    """The number that a text is, in digits or as a word."""
    if number := re.search(r"\d+", folded):
        yield int(number.group())
    yield from (value for word, value in _WORDS.items() if re.search(rf"\b{word}\b", folded))


def _names(
    text: str, *, loosely: bool, first_only: bool
) -> tuple[list[str], list[tuple[int, int]]]:
    names, spans = [], []
    for match in NAMED.finditer(text):
        start = match.start()
        parts = match.group().split(" ")
        while parts and _is_ordinary(parts[0]):
            start += len(parts[0]) + 1
            parts.pop(0)
        while parts and _is_ordinary(parts[-1]):
            parts.pop()
        if parts:
            name = " ".join(parts)
            names.append(re.sub(r"'s$", "", name))
            spans.append((start, start + len(name)))
            if first_only:
                break
    if not names and loosely:
        said = [word for word in words(fold(text)) if word.text not in _STOP]
        if 0 < len(said) <= 3 and not any(_is_ordinary(word.text) for word in said):
            start, end = said[0].start, said[-1].end
            names, spans = [text[start:end].title()], [(start, end)]
    return names, spans


def _is_ordinary(word: str) -> bool:
    folded = words(fold(word))
    if not folded or all(part.text in _STOP for part in folded):
        return True
    return any(
        lexicon.find(folded)
        for lexicon in (
            vocabulary.languages(), vocabulary.cities(), vocabulary.unions(), vocabulary.genders(),
            vocabulary.roles(), vocabulary.skills(),
        )
    )  # fmt: skip
