"""The gender a description asks for, and the names of talents (not of characters)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from bot import vocabulary
from bot.vocabulary import Hit
from bot.wording.cue_words import TALENT, words_of
from bot.wording.reading import Reading
from bot.wording.terms import Term
from bot.wording.zones import Zones

_EXPLICIT = words_of(
    "female females male males f m fem actress actresses femme mujer homme hombre महिला पुरुष "
    "mahila "
    "purush"
)
_OPEN = re.compile(
    r"\b(?:any|all|either|no|every|whichever) (?:specific |particular )?(?:gender|genders|"
    r"sex)\b(?: no bar| ok)?"
    r"|\bgender[ -]?(?:neutral|blind|open|irrelevant|no bar|agnostic)\b|\bopen gender\b"
    r"|\bgender\s*[:=-]\s*(?:any|open|all|n/?a)\b"
)
_HINDI_OF_ROLE = words_of("ka ki ke role chahiye")
_POSSESSIVE = re.compile(r"'s?\s+\w|'s?-")
_TONGUE = re.compile(r"\s*-?tongue")
_HERO_OF = re.compile(r"\b(?:war|super|folk|action|national|unsung)\s*-?$")
_CAUSE = re.compile(r"\s*(?:rights|empowerment|trafficking)\b")
_EITHER_LETTER = re.compile(r"(?<![\w'])(?:m ?/ ?f|f ?/ ?m)(?![\w'])")
_PLAY = re.compile(
    r"\b(?:plays?|playing|portray(?:s|ing)?|role of|part of|role as|cast(?:ing)? for|cast|"
    r"for|need|"
    r"want|find|looking for|role:|character:)\s+(?:an?|the|two|our|one|his|her|their|my)?\s*"
    r"(?:\w+'s\s+)?(?:[\w-]+\s+)?$"
)
_OF_ANOTHER = re.compile(
    r"\b(?:of|with|(?<!similar )to|opposite|against|like|beside|alongside|by|from|without a|"
    r"raising|and|marr(?:y|ies)|loves?|"
    r"kills?|saves?|meets?)\s+(?:an?|the|two|three|his|her|their|another|some|other|"
    r"\w+'s)\s+(?:[\w-]+\s+)?$"
    r"|\b(?:of|opposite|against)\s+$"
)
_COUNT_OF = re.compile(
    r"\b(?:role|part|character|couple|pair|group|set|type|kind|lot|bunch|list|profiles?|photos?|"
    r"pictures?|pics|options?|names|details|portfolios?|submissions?) of\s+(?:\w+\s+){0,2}$"
)
_POSSESSED = re.compile(r"\b(?:her|his|their|whose|my|hero's|heroine's|\w+'s)\s+(?:\w+\s+)?$")
_HEAD_POSSESSED = re.compile(
    r"(?:^|[.:;\n]\s*|\b(?:plays?|playing|as|cast(?:ing)?|casting for|need|want|of)\s+)"
    r"(?:her|his|their|my|our|(?:the |an? )?\w+'s)\s+(?:\w+\s+)?$"
)
_LISTED = re.compile(
    r"[\s,/&|+()-]*(?:(?:and|or|ya|aur|ou|o|et|y|&|और|या)\s+)?(?:(?:an?|trans|cis|also)\s+)?[\s/-]*"
    r"(?:(?:actors?|ones?|leads?)\s*(?:and|or)\s*)?"
)
_AGED = re.compile(r"(?:in|her|his|their|\x00|\s|[,/])*")
_SHE = re.compile(r"\b(?:she|her|hers|herself)\b")
_HE = re.compile(r"\b(?:he|him|his|himself)\b")
_POSSESSES = re.compile(
    r"\s+(?!(?:and|or|in|at|on|who|for|as|with|is|but|again|too|please)\b)[a-z\d\x00]"
)
_BOTH = re.compile(
    r"\b(?:he ?/ ?she|she ?/ ?he|his ?/ ?her|her ?/ ?his|his or her|her or his|he or she|"
    r"she or he)\b"
)
_NOT_THE_ROLE = re.compile(
    r"\b(?:opposite|with|against|like|about|beside|show|tell|give|for|loves|to)\s+$"
)
_WALI = re.compile(
    r"(?<![\w\u0900-\u097f])(?:\w+n[ea] (?P<f>wali|waali|vali)|\w+n[ea] (?P<m>wala|waala|vala)"
    r"|\w+-(?P<hf>wali|waali)|\w+-(?P<hm>wala|waala)"
    r"|[\u0900-\u097f]+ने ?(?P<df>वाली)|[\u0900-\u097f]+ने ?(?P<dm>वाला)|"
    r"[\u0900-\u097f]+णारी(?P<mf>)"
    r"|[\u0900-\u097f]+णारा(?P<mm>))(?![\w\u0900-\u097f])"
)


def read_genders(reading: Reading, zones: Zones) -> list[Term]:
    """The genders asked for as terms of kind "gender", in order."""
    if match := _OPEN.search(reading.folded):
        reading.take(*match.span())
        return []
    if match := _EITHER_LETTER.search(reading.folded):
        at = reading.word_at(match.start())
        return [
            Term("gender", name, at, at + 2, *match.span(), certain=True)
            for name in ("female", "male")
        ]
    found = list(_candidates(reading, zones))
    explicit = [
        term for term in found if _said(reading, term) in _EXPLICIT or term.name == "non-binary"
    ]
    if explicit:
        return _and_listed(reading, explicit, found)
    if found:
        heads = [t for t in found if _PLAY.search(reading.folded[: t.start])]
        first = heads[0] if heads else found[0]
        return _and_listed(reading, [first], found)
    implied = _pronoun(reading) or _ending(reading)
    return [implied] if implied else []


def _said(reading: Reading, term: Term) -> str:
    return reading.folded[term.start : term.end]


def _candidates(reading: Reading, zones: Zones) -> Iterator[Term]:
    hits: list[Hit] = [
        *vocabulary.genders().find(reading.words),
        *vocabulary.roles().find(reading.words),
    ]
    taken: set[int] = set()
    terms = []
    for hit in sorted(hits, key=lambda h: (h.first - h.last, h.first)):
        places = set(range(hit.first, hit.last))
        if not places & taken:
            taken |= places
            start, end = reading.words[hit.first].start, reading.words[hit.last - 1].end
            terms.append(Term("gender", hit.name, hit.first, hit.last, start, end, hit.certain))
    for term in sorted(terms, key=lambda t: t.start):
        if _is_meant(reading, zones, term):
            yield term


def _is_meant(reading: Reading, zones: Zones, term: Term) -> bool:
    """Whether a word for a gender or role is the role itself, and not somebody beside it."""
    if zones.in_story(term.start) or reading.is_taken(term.start, term.end):
        return False
    if _is_something_else(reading, term):
        return False
    tail = reading.folded[max(0, term.start - 70) : term.start]
    if _COUNT_OF.search(tail) or _HEAD_POSSESSED.search(tail):
        return True
    return not (_POSSESSED.search(tail) or _OF_ANOTHER.search(tail))


def _is_something_else(reading: Reading, term: Term) -> bool:
    said = _said(reading, term)
    before, rest = reading.folded[: term.start], reading.folded[term.end :]
    if len(said) == 1 and not _is_letter_meant(reading, term, rest):
        return True
    if not term.certain and not set(reading.after(term.last, 1)) & _HINDI_OF_ROLE:
        return True
    return bool(
        _POSSESSIVE.match(rest)
        or (before.endswith("'") and len(said) < 3)
        or (said in ("mother", "native") and _TONGUE.match(rest))
        or (said == "hero" and _HERO_OF.search(before))
        or _CAUSE.match(rest)
    )


def _is_letter_meant(reading: Reading, term: Term, rest: str) -> bool:
    capital = reading.original[term.start].isupper()
    around = reading.folded[max(0, term.start - 2) : term.start]
    if not capital:  # "cop - m - 35", "f / 25": an item of its own
        clause = reading.clause(term.start)
        return reading.folded[clause.start : clause.end].strip(" ,;|:()[]/-.\n") == _said(
            reading, term
        )
    opens = not around.strip() or around.strip()[-1] in ",;|:(/[-.+\n0123456789"
    closes = bool(re.match(r"\s*(?:$|[,;|)/\].+\n-]|\d|\x00|age|in\b|\()", rest))
    return opens and closes and not around.endswith("'")


def _and_listed(reading: Reading, chosen: list[Term], found: list[Term]) -> list[Term]:
    """With those that are listed beside a chosen one ("a man or woman")."""
    kept = list(chosen)
    for one, other in pairwise(found):
        between = reading.folded[one.end : other.start]
        if (one in kept) != (other in kept) and _LISTED.fullmatch(between) and between.strip(" "):
            kept.append(other if one in kept else one)
    return sorted(kept, key=lambda term: term.start)


def _pronoun(reading: Reading) -> Term | None:
    if _BOTH.search(reading.folded):
        return None
    found: dict[str, re.Match[str]] = {}
    for name, pattern in (("female", _SHE), ("male", _HE)):
        for match in pattern.finditer(reading.folded):
            possesses = _POSSESSES.match(reading.folded, match.end())
            if possesses or not _NOT_THE_ROLE.search(reading.folded[: match.start()]):
                found[name] = match
                break
    if len(found) != 1:
        return None
    name, match = next(iter(found.items()))
    first = reading.word_at(match.start())
    return Term("gender", name, first, first + 1, *match.span(), certain=True)


def _ending(reading: Reading) -> Term | None:
    match = _WALI.search(reading.folded)
    if match is None:
        return None
    groups = match.groupdict()
    female = any(groups[key] is not None for key in ("f", "hf", "df", "mf"))
    first = reading.word_at(match.start())
    last = reading.word_at(match.end())
    name = "female" if female else "male"
    return Term("gender", name, first, last, *match.span(), certain=True)


# --- names ---------------------------------------------------------------------------------

_NAME = (
    r"[A-Z\u00c0-\u00de](?:[\w'\u00c0-\u024f-]|\.(?=\w)|(?<=\b[A-Z])\.)*(?: (?!And\b|"
    r"Or\b)[A-Z\u00c0-\u00de][\w'\u00c0-\u024f-]*){0,2}"
)
_NAMED = re.compile(
    r"(?:\b(?:called|named|by the name of|whose name is|with the name|"
    r"(?:the )?(?<!role )(?<!character )name is|jiska naam|naam)|"
    r"नाम)\s+(?:hai\s+|is\s+)?"
)
_NAME_LIST = re.compile(rf"(?P<first>{_NAME})(?P<more>(?:(?:,| or| and|, or) {_NAME})*)")
_NAAM_AFTER = re.compile(rf"(?<![\w'-])(?P<name>{_NAME}) naam (?:ki|ka|ke|wali|wala|se)\b")
_CHARACTER = re.compile(
    r"\b(?:role|character|plays?|playing|portray\w*|film|movie|play|show|series|drama|brand)\b"
)
_LABEL = re.compile(
    r"(?im)^(?:(?!\n)[\W_])*(?:(?:lead|supporting|main)\s+)?"
    r"(?:role|character|role name|character name|"
    r"name of character|part|character's name)"
    rf"\s*(?:\d+)?\s*[:\-–]\s*(?P<name>{_NAME}|[A-Z][A-Z .']+)(?=\s*(?:[,.;:(\n|–-]|$))"
)
_BRACKETED = re.compile(r"(?m)^[^\S\n]*\[[^\]\n]{2,30}\]\s*(?P<name>[A-Z][A-Z' ]{2,30})\s*:")
_RULED_OUT = re.compile(
    rf"\s+(?:(?:to be |called |named )?)(?P<name>{_NAME})(?P<more>(?:(?:,| or| and|, or|"
    rf" nor) {_NAME})*)"
)
_RULED_OUT_AFTER = re.compile(
    rf"(?<![\w'-])(?P<name>{_NAME}) (?:ko chh?od|ke alawa|ke siwa|nahi\b|nahin\b)"
)
_SPLIT = re.compile(r",? (?:or|and|nor) |, ")
_NO_NAME = words_of(
    """indian british american asian african european caucasian black white brown hindu muslim
    christian sikh jewish bollywood hollywood tollywood netflix tv i i'm south north east west
    indians hispanic latino latina latinx arab gen english hindi mainstream lead role male
    female men women union sag monday tuesday wednesday thursday friday saturday sunday"""
)


def read_names(reading: Reading, zones: Zones) -> tuple[list[str], list[str]]:
    """Talents' names asked for and ruled out. A character's name is taken from the text too, as
    no row knows it, and is no filter."""
    for pattern in (_LABEL, _BRACKETED):
        for match in pattern.finditer(reading.original):
            if not _is_known(reading, match.start("name"), match.end("name")):
                reading.take(*match.span("name"))
    asked = list(_asked_names(reading, zones))
    return asked, list(_ruled_out_names(reading, zones))


def _asked_names(reading: Reading, zones: Zones) -> Iterator[str]:
    for match in _NAMED.finditer(reading.folded):
        names = _NAME_LIST.match(reading.original, match.end())
        if names:
            end = names.end()
            said = [names["first"], *_SPLIT.split(names["more"])]
        else:
            lower = re.match(
                r"[a-z]{3,}(?: [a-z]{3,}(?=$|[,.]))?|[\u0900-\u097f]+",
                reading.original[match.end() :],
            )
            if not lower or lower.group() in TALENT or not lower.group():
                continue
            end, said = match.end() + lower.end(), [lower.group().title()]
        sentence = reading.sentence(match.start())
        before = reading.folded[sentence.start : match.start()]
        previous = before.split()[-1].strip(",:") if before.split() else ""
        character = (
            _CHARACTER.search(before)
            or zones.in_story(end + 1)
            or (
                previous and previous not in TALENT | {"is", "are", "me", "there", "find", "talent"}
            )
        )
        reading.take(match.start(), end)
        if not character:
            yield from (_clean(name) for name in said if _clean(name))
    for match in _NAAM_AFTER.finditer(reading.original):
        if not reading.is_taken(*match.span()):
            reading.take(*match.span())
            yield _clean(match["name"])


def _ruled_out_names(reading: Reading, zones: Zones) -> Iterator[str]:
    if reading.original.isupper():
        return
    for mark in zones.not_before:
        match = _RULED_OUT.match(reading.original, mark.end)
        if match and not _is_known(reading, match.start("name"), match.end()):
            reading.take(mark.start, match.end())
            yield from (
                _clean(n) for n in (match["name"], *_SPLIT.split(match["more"])) if _clean(n)
            )
    for match in _RULED_OUT_AFTER.finditer(reading.original):
        if not _is_known(reading, match.start("name"), match.end("name")):
            reading.take(*match.span())
            yield _clean(match["name"])


def _is_known(reading: Reading, start: int, end: int) -> bool:
    """Whether a word there is in the vocabulary, and so no person's name."""
    inside = [w for w in reading.words if start <= w.start < end]
    if any(word.text in _NO_NAME for word in inside):
        return True
    lexicons = (
        vocabulary.languages(), vocabulary.cities(), vocabulary.skills(), vocabulary.unions(),
        vocabulary.genders(), vocabulary.roles(),
    )  # fmt: skip
    return any(lexicon.find(inside) for lexicon in lexicons)


def _clean(name: str) -> str:
    return re.sub(r"'s$", "", name.strip(" .,'-"))
