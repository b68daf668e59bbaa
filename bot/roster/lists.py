"""Cells that hold several things: languages with levels, skills, cities, credits."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Literal

from bot.roster.values import clean, plain, says_nothing
from bot.talent import Credit, LanguageSkill
from bot.vocabulary import canonical_city, canonical_language, canonical_skill, canonical_union

Level = Literal["native", "fluent", "conversational", "basic"]

_WORDS_OF_LEVELS: dict[Level, str] = {
    "native": "native|mother tongue|first language|mothertongue|l1|bilingual|nativo|natif|c2"
    "|native speaker|matrubhasha",
    "fluent": "fluent|fluently|excellent|proficient|advanced|very good|good|full professional"
    "|professional|speaks|c1|b2|read write speak|rws|strong|expert|fluido|courant",
    "conversational": "conversational|conversation|intermediate|working|working knowledge"
    "|working proficiency|moderate|average|decent|functional|okay|ok|b1|medium|can speak|fair",
    "basic": "basic|basics|beginner|elementary|a little|little|limited|learning|some|a1|a2"
    "|understands|understand|can understand|beginners|poor|weak|basico|debutant|rusty",
}
_LEVELS = {word: level for level, words in _WORDS_OF_LEVELS.items() for word in words.split("|")}
_AND = re.compile(r"\s+(?:and|&|\+|y|et|aur)\s+", re.IGNORECASE)
_BRACKETED = re.compile(r"^(.*?)\s*[(\[]([^)\]]*)[)\]]?\s*(.*)$")
_LEVEL_AFTER = re.compile(r"^(.+?)\s*(?:\s-+\s|-|:|=|–|—)\s*(.+)$")
MAX_ITEMS = 100
MAX_ITEM = 120


def split_list(text: str) -> list[str]:
    """The items of a list; commas within brackets do not part them."""
    items: list[str] = []
    depth, start = 0, 0
    for match in re.finditer(r"[()\[\]]|[,;|\n•·]|/", text):
        mark = match[0]
        if mark in "([":
            depth += 1
        elif mark in ")]":
            depth = max(0, depth - 1)
        elif depth == 0 or mark == "\n":
            depth = 0
            items.append(text[start : match.start()])
            start = match.end()
    items.append(text[start:])
    kept = [
        item
        for item in (clean(item) for item in items)
        if not says_nothing(item) and item.casefold() != "no"
    ]
    if len(kept) > MAX_ITEMS:
        raise ValueError(f"lists {len(kept)} things; at most {MAX_ITEMS} are kept")
    if any(len(item) > MAX_ITEM for item in kept):
        raise ValueError(f"has an item of more than {MAX_ITEM} characters: part items with commas")
    return kept


def _unique(names: list[str]) -> tuple[str, ...]:
    seen: dict[str, str] = {}
    for name in names:
        seen.setdefault(name.casefold(), name)
    return tuple(seen.values())


def _titled(text: str) -> str:
    """A name that the vocabulary does not know: as written, shouting and whispering mended."""
    return text.title() if text.islower() or (text.isupper() and len(text) > 5) else text


def _sentenced(text: str) -> str:
    if text.isupper() and len(text) > 5:
        text = text.lower()
    return text[:1].upper() + text[1:]


@lru_cache(maxsize=8192)
def city(text: str) -> str:
    """The canonical city, of "Andheri West, Mumbai" and "Pune (MH)" too, else as written."""
    found = canonical_city(text)
    if found:
        return found
    parts = [part for part in re.split(r"[,(/|]| - ", text) if part.strip(" )")]
    for part in [parts[0], *reversed(parts[1:])] if parts else []:
        found = canonical_city(part.strip(" )"))
        if found:
            return found
    return _titled(text)


@lru_cache(maxsize=2048)
def cities(text: str) -> tuple[str, ...]:
    if plain(text) in ("yes", "y", "anywhere", "pan india", "all india", "worldwide"):
        return ()
    items = [part for item in split_list(text) for part in _parts(item, canonical_city)]
    return _unique([city(item) for item in items])


@lru_cache(maxsize=8192)
def skill(text: str) -> str:
    found = canonical_skill(text)
    if found is None and (match := _BRACKETED.match(text)):
        found = canonical_skill(match[1])  # "Kathak (12 years)"
    if found is None and (match := re.match(r"(.+?)\s+-+\s+(.+)", text)):
        found = canonical_skill(match[1])  # "Guitar - intermediate"
    return found or _sentenced(text)


@lru_cache(maxsize=2048)
def skills(text: str) -> tuple[str, ...]:
    items = [part for item in split_list(text) for part in _parts(item, canonical_skill)]
    return _unique([skill(item) for item in items])


def names(text: str) -> tuple[str, ...]:
    return _unique(split_list(text))


@lru_cache(maxsize=1024)
def union(text: str) -> str:
    """The canonical union, of "CINTAA member since 2014" too; empty for "no"."""
    if plain(text) in ("no", "none", "non", "nonunion", "non-union", "non union", "not a member"):
        return canonical_union("non-union") or "Non-union"
    if plain(text) in ("yes", "y", "member"):
        raise ValueError("does not say which union: write its name")
    found = canonical_union(text)
    if found is None:
        for word in re.split(r"[,;/|(\s]+", text):
            found = found or (canonical_union(word) if len(word) > 2 else None)
    return found or text


def _parts(item: str, known: Callable[[str], str | None]) -> list[str]:
    """ "Hindi and Urdu" is two, "Popping and locking" one."""
    return [item] if known(item) else [part for part in _AND.split(item) if part]


@lru_cache(maxsize=8192)
def _language(item: str) -> LanguageSkill:
    text, said = item, ""
    if match := _BRACKETED.match(item):
        text, said = f"{match[1]} {match[3]}".strip(), match[2]
    elif canonical_language(item) is None:
        if (match := _LEVEL_AFTER.match(item)) and _level(match[2]):
            text, said = match[1], match[2]
        else:
            first, _, last = item.partition(" ")
            head, _, tail = item.rpartition(" ")
            if _level(first) and last:
                text, said = re.sub(r"^(?:in|speaker of|knowledge of)\s+", "", last), first
            elif _level(tail) and head:
                text, said = head, tail
    name = canonical_language(text) or _titled(text.strip(" -:"))
    return LanguageSkill(name=name, level=_level(said) or "fluent")


def _level(said: str) -> Level | None:
    words = re.sub(r"[^a-z0-9 ]", " ", plain(said)).split()
    if not words:
        return None
    whole = " ".join(words)
    if whole in _LEVELS:
        return _LEVELS[whole]
    return next((_LEVELS[word] for word in words if word in _LEVELS), None)


@lru_cache(maxsize=4096)
def languages(text: str, *, level: Level | None = None) -> tuple[LanguageSkill, ...]:
    """ "Marathi (native), Hindi"; without a level a language is spoken fluently."""
    items = [part for item in split_list(text) for part in _parts(item, canonical_language)]
    spoken: dict[str, LanguageSkill] = {}
    for item in items:
        language = _language(item)
        if language.name and language.name.casefold() not in spoken:
            if level:
                language = language.model_copy(update={"level": level})
            spoken[language.name.casefold()] = language
    return tuple(spoken.values())


# --- credits -----------------------------------------------------------------------------------

_YEAR = re.compile(r"\b(19[3-9]\d|20\d{2})\b")
_DIRECTED = re.compile(
    r"^(?:dir(?:ected)?\.?(?:\s+by)?|director|d:)\s*[:.]?\s*(.+)$", re.IGNORECASE
)
_KINDS = re.compile(
    r"^(?:feature(?: film)?|film|short(?: film)?|web ?series|series|tv(?: series| serial)?"
    r"|television|serial"
    r"|theatre|theater|play|stage|musical|music video|commercial|ad|ad film|tvc|advert|docu\w*"
    r"|voice(?:-| )?over|radio|podcast|audio ?book|game|video ?game|dance|opera|street theatre)$",
    re.IGNORECASE,
)


def credits_of(text: str) -> tuple[Credit, ...]:
    """ "Title (role, year, web series, dir. Name); Title (year)", parted by ; or line breaks."""
    entries = [clean(entry) for entry in re.split(r"[;\n|•]", text)]
    found = [_credit(entry) for entry in entries if not says_nothing(entry)]
    if len(found) > MAX_ITEMS:
        raise ValueError(f"lists {len(found)} credits; at most {MAX_ITEMS} are kept")
    return tuple(found)


def _credit(entry: str) -> Credit:
    match = re.match(r"^(.*?)\s*\(([^()]*)\)\s*(.*)$", entry)
    title, details = (match[1], f"{match[2]}, {match[3]}") if match else (entry, "")
    if not title and match:  # "(Title)"
        title, details = match[2], match[3]
    if not match and (year := _YEAR.search(title)) and not title[: year.start()].strip(" -–,:"):
        title, details = title[year.end() :].strip(" -–,:"), year[0]  # "2021 - Title"
    if (parts := re.split(r"\s+(?:as|–|—|-)\s+", title, maxsplit=1)) and len(parts) == 2:
        title, details = parts[0], f"{parts[1]}, {details}"
    role, production, director, year_said = "", "", "", None
    for detail in (part.strip(" .") for part in details.split(",")):
        if directed := _DIRECTED.match(detail):
            director = director or directed[1]
        elif _KINDS.match(detail):
            production = production or detail
        elif year_said is None and (year := _YEAR.fullmatch(detail)):
            year_said = int(year[0])
        elif detail:
            role = f"{role}, {detail}" if role else re.sub(r"^(?:role:?|as)\s+", "", detail)
    title = title.strip(" -–,:\"'“”") or entry
    return Credit(title=title, role=role, year=year_said, production=production, director=director)
