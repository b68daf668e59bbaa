"""Changes to the query before: "only those under 25", "any city", "what about men instead"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

from bot.talent import Criteria, DayRate, Filters, Range, Talent, TalentQuery
from bot.vocabulary.folding import compose, fold
from bot.wording.bounds import intersect
from bot.wording.describe import describe
from bot.wording.relative import moved_bound

_FIELDS = {
    "genders": r"genders?|sex",
    "playing_age": r"ages?|age range|playing age|umar|umr|उम्र",
    "languages": r"languages?|bhasha|भाषा",
    "skills": r"skills?|hobbies|talents?",
    "cities": r"cit(?:y|ies)|locations?|places?|where they live|towns?|shehar|sheher|शहर",
    "unions": r"unions?|union status|membership",
    "height_cm": r"heights?",
    "day_rate": r"budgets?|rates?|day rates?|prices?|money|fees?|costs?",
    "available": r"dates?|availability|availabilities|avails?|days?",
    "names": r"names?",
    "text": r"description|text|rest of it|keywords?",
}
_ANY_FIELD = "|".join(f"(?P<{field}>{words})" for field, words in _FIELDS.items())
_CLEAR = re.compile(
    r"\b(?:(?:in |from |of |at |with |and )?(?:any|all|whatever|whichever|every|koi bhi|"
    r"kisi bhi|drop|forget|ignore|remove|skip|lose|"
    r"clear|relax|without|never mind|regardless of|irrespective of|don't care about|"
    r"doesn't matter about|"
    r"not fussed about|no limit on|no(?=[\w ]* (?:limit|filter|restriction|constraint|bar|"
    r"preference|requirement)))"
    rf"(?:\s+(?:the|about|about the|about their|their|that|kind of|of the))*\s+(?:{_ANY_FIELD})\b"
    r"(?:\s+(?:filters?|limits?|requirements?|restrictions?|conditions?|part|bit|constraints?|"
    r"bar|preference|cap|"
    r"is fine|is ok|is okay|works|will do|mein|se|ka|ki|chalega|chalegi))*)"
)
_NO_MATTER = re.compile(
    rf"\b(?:the )?(?:{_ANY_FIELD})\s+(?:(?:doesn't|does not|don't|do not|dont|doesnt) matter|"
    rf"(?:is|are) "
    r"(?:not important|unimportant|flexible|open|irrelevant|no issue|not a constraint|"
    r"negotiable)|no bar|no issue|"
    r"koi bhi chalegi|koi bhi chalega|se farak nahi padta)"
)
_DROP = re.compile(
    r"^\s*(?:ok |okay |and |but |now |then |please )*(?:drop|remove|forget|lose|skip|take out|"
    r"without|"
    r"leave out|scrap|hata do|hatao)\s+(?:about )?(?:the )?"
)
_ADD = re.compile(
    r"^\s*(?:ok(?:ay)?,? |yes,? |but |now )*(?:also|and|plus|add|include|additionally|aur|bhi|"
    r"as well|too|with|"
    r"और)\b|\b(?:also|as well|too|bhi|भी)[\s.!?]*$|\b(?:who|that|and|should|must|can) also\b|"
    r"\b(?:also|bhi)\b"
)
_OR = re.compile(
    r"^\s*(?:or|ya|या)\s+|\b(?:also (?:fine|ok|okay|works)|(?:is|are) (?:also )?(?:fine|ok|"
    r"okay) too|as an alternative)\b"
)
_REPLACE = re.compile(
    r"\b(?:instead|rather|i meant?|make (?:it|that|them|him|her)|change|switch|swap|replace|"
    r"update|set)\b|"
    r"^\s*(?:ok(?:ay)?,? |and |but |hmm,? |so )*(?:what|how) about\b|\bki jagah\b|की जगह"
)
_NARROW = re.compile(
    r"^\s*(?:ok(?:ay)?,? |and |but |now |please |show me |so |yes,? |then )*(?:only|just|sirf|"
    r"bas|kewal|filter|narrow|limit|restrict|"
    r"keep|सिर्फ|केवल|बस)\b|\b(?:only|just) (?:those|the ones|ones|them|people|show)\b|"
    r"\bof (?:those|these|them)\b|"
    r"\b(?:those|the ones|ones) (?:who|that|under|over|in|from|with|above|below|between|based|"
    r"free|available|aged)\b"
)
_LEAD = re.compile(
    r"^\s*(?:ok(?:ay)?\b,?|yes\b,?|hmm+\b,?|and\b|but\b|now\b|so\b|then\b|please\b|actually\b,?|"
    r"sorry\b,?|no\b,|(?:i'm )?not (?:so |really )?sure\b,?)\s*"
)
_CUES = re.compile(
    r"(?:what about|how about|make (?:it|that|them|him|her)|change (?:it|that|the \w+)? ?(?:to|"
    r"for)|switch (?:it )?to|"
    r"i meant?|replace (?:it )?with|set (?:it|the \w+)? ?to|"
    r"instead(?: of (?:that|this|it|them))?|only|"
    r"just|sirf|bas|kewal|show me|show|"
    r"filter(?: (?:by|to|for|down to|them))*|narrow (?:it |them )?(?:down )?(?:to)?|"
    r"limit (?:it |them )?to|restrict (?:it |them )?to|"
    r"keep|those(?: who| that| with)?|the ones(?: who| that| with)?|the same|same(?: but)?|"
    r"rather|add|include|as well|"
    r"सिर्फ|केवल|बस|ki jagah|की जगह|also|bhi|भी|too|dikhao|दिखाओ)"
)
_CUE = re.compile(rf"(?<![\w\u0900-\u097f]){_CUES.pattern}(?![\w\u0900-\u097f])")
_MORE_THAN = re.compile(
    r"\b(?P<way>cheaper|less (?:expensive|costly)|lower (?:rate|budget|price)s?|sasta|saste|"
    r"sasti|older|younger|"
    r"taller|shorter|more expensive|pricier|higher (?:rate|budget)s?)\b(?! than\s+[₹$£€\d])"
    r"|(?P<hindi>\bumar mein (?:badi|bade|chhoti|chhote)\b|सस्ती|सस्ता)"
)
_FRAGMENT = re.compile(
    r"^\s*(?:ok(?:ay)?,? |and |but |hmm,? )*(?:under|over|above|below|between|around|at least|"
    r"at most|max|min|up to|"
    r"in|from|near|based|living|not|no|non|without|except|excluding|who|available|free|speaks?|"
    r"speaking|fluent|should|"
    r"must|they|or|ya|older than|younger than|taller than|shorter than|with|se kam|\d{2}\s*(?:-|"
    r"to|se|\+|s\b)|"
    r"early|mid|late|lekin|par|magar|jo|"
    r"(?:is|are|does|do|can|has|have) (?:there )?(?:any|some)(?:one|body)?)\b"
)
_NEW_HEAD = re.compile(
    r"\b(?:looking for|search(?:ing)? for|find (?:me )?(?:an?|some|someone|two|three)|"
    r"need (?:an?|some|someone|two|three)|"
    r"casting|we need|i need|i want|role|character|get me|give me an?|chahiye|who do we have|"
    r"do we have)\b"
)
_INSTEAD = re.compile(r"\binstead\b|\bki jagah\b|की जगह")
_QUESTION = re.compile(r"who\b.*\?$")
_GENDER_ONLY = re.compile(
    r"(?:and |or |ok |now )?(?:the )?(?:men|women|males?|females?|girls|boys|guys|ladies|actresses|"
    r"ladke|ladkiyan|non-?binary(?: people| performers)?)[?.! ]*"
)
_JOINS = re.compile(r"(?:also|and|or|plus|add|but|aur|ya|और|या)(?![\w\u0900-\u097f])")

Mode = Literal["add", "or", "replace", "narrow", "drop"]


def is_refinement(text: str) -> bool:
    """Whether `text` changes a query rather than describing someone anew."""
    folded = fold(compose(text)).strip()
    length = len(folded.split())
    if len(folded) > 160 or "\n" in folded:
        return False
    if _CLEAR.search(folded) or _NO_MATTER.search(folded):
        return length <= 8 or not _NEW_HEAD.search(folded)
    if _DROP.match(folded) or _NARROW.search(folded) or _INSTEAD.search(folded):
        return True
    if length <= 8 and _MORE_THAN.search(folded):
        return True
    if _NEW_HEAD.search(folded):
        return False
    return bool(
        _GENDER_ONLY.fullmatch(folded)
        or _REPLACE.search(folded)
        or _JOINS.match(folded)
        or (length <= 8 and _ADD.search(folded))
        or (length <= 10 and _FRAGMENT.match(folded) and not _QUESTION.match(folded))
    )


def refine(
    text: str, *, today: date, previous: TalentQuery, shown: Sequence[Talent] = ()
) -> TalentQuery:
    """`previous` as `text` changes it. `shown` are the talents it found, of whom "cheaper",
    "older" and "taller" are said where `previous` has no bound of that kind."""
    original = compose(text)
    folded = fold(original)
    kept: dict[str, Any] = dict(previous.filters)
    free_text = previous.text
    for pattern in (_CLEAR, _NO_MATTER):
        for match in pattern.finditer(folded):
            for field, said in match.groupdict().items():
                if said and field == "text":
                    free_text = ""
                elif said:
                    kept[field] = Filters.model_fields[field].get_default()
                    kept["exclude"] = _cleared(kept["exclude"], field)
            original = _blanked(original, match)
        folded = fold(original)
    if relative := _MORE_THAN.search(folded):
        kept |= moved_bound(relative["way"] or relative["hindi"], previous.filters, shown)
        original = _blanked(original, relative)
        folded = fold(original)
    mode = _mode(folded)
    new = describe(_stripped(original, folded, mode), today=today)
    filters = _merged(kept, new.filters, mode)
    words = new.text if mode != "drop" and _says_something(new.text) else ""
    if mode == "drop" and new.text and new.filters == Filters():
        free_text = _without(free_text, new.text)
    parts = [part for part in (free_text, words) if part]
    return previous.model_copy(update={"filters": filters, "text": ", ".join(dict.fromkeys(parts))})


def _mode(folded: str) -> Mode:
    if _DROP.match(folded):
        return "drop"
    if _OR.search(folded):
        return "or"
    if _REPLACE.search(folded):
        return "replace"
    return "add" if _ADD.search(folded) and not _NARROW.search(folded) else "narrow"


def _stripped(original: str, folded: str, mode: Mode) -> str:
    """The text without the words that only say how to change the query."""
    if mode == "drop" and (match := _DROP.match(folded)):
        return original[match.end() :]
    start = 0
    while match := _LEAD.match(folded, start):
        start = match.end()
    text, plain = original[start:], folded[start:]
    if match := re.match(r"\s*(?:or|ya|या|plus|aur|और)\s+", plain):
        text, plain = text[match.end() :], plain[match.end() :]
    for match in reversed(list(_CUE.finditer(plain))):
        text = text[: match.start()] + " " + text[match.end() :]
    return text.strip(" ,")


def _merged(kept: dict[str, Any], new: Filters, mode: Mode) -> Filters:
    if mode == "drop":
        return Filters(**_dropped(kept, new))
    for field in ("playing_age", "height_cm"):
        value = getattr(new, field)
        if value is not None:
            narrowed = intersect(kept[field], value) if mode in ("narrow", "add") else None
            kept[field] = narrowed or value
    if new.day_rate is not None:
        kept["day_rate"] = _rate(kept["day_rate"], new.day_rate, mode)
    if new.available is not None:
        kept["available"] = new.available
    for field in ("genders", "cities", "unions", "names"):
        value = getattr(new, field)
        if value:
            both = mode in ("add", "or") and field != "names"
            kept[field] = tuple(dict.fromkeys((*(kept[field] if both else ()), *value)))
    for field in ("languages", "skills"):
        value = getattr(new, field)
        if value:
            kept[field] = _listed(kept[field], value, mode)
    return Filters(**_excluding(kept, new.exclude, new))


def _rate(old: DayRate | None, new: DayRate, mode: Mode) -> DayRate:
    if old is None or old.currency != new.currency or mode == "replace":
        return new
    both = intersect(Range(min=old.min, max=old.max), Range(min=new.min, max=new.max))
    return new if both is None else DayRate(min=both.min, max=both.max, currency=new.currency)


def _listed(old: tuple[Any, ...], new: tuple[Any, ...], mode: Mode) -> tuple[Any, ...]:
    if mode == "replace":
        return new
    if mode == "or" and old:
        last = old[-1] if isinstance(old[-1], tuple) else (old[-1],)
        more = [name for entry in new for name in ((entry,) if isinstance(entry, str) else entry)]
        return (*old[:-1], tuple(dict.fromkeys((*last, *more))))
    return tuple(dict.fromkeys((*old, *new)))


def _excluding(kept: dict[str, Any], ruled_out: Criteria | None, new: Filters) -> dict[str, Any]:
    """With what is newly ruled out no longer asked for, and what is newly asked no longer ruled
    out."""
    old: Criteria = kept["exclude"] or Criteria()
    merged: dict[str, Any] = dict(old)
    for field in ("genders", "cities", "unions", "names", "languages", "skills"):
        asked = set(_flat(getattr(new, field)))
        out = (*getattr(old, field), *(getattr(ruled_out, field) if ruled_out else ()))
        merged[field] = tuple(dict.fromkeys(n for n in out if n not in asked))
        if ruled_out:
            kept[field] = _taken_out(kept[field], set(_flat(getattr(ruled_out, field))))
    exclude = Criteria(**merged)
    return kept | {"exclude": None if exclude == Criteria() else exclude}


def _dropped(kept: dict[str, Any], named: Filters) -> dict[str, Any]:
    for field in ("genders", "cities", "unions", "names", "languages", "skills"):
        kept[field] = _taken_out(kept[field], set(_flat(getattr(named, field))))
    for field in ("playing_age", "height_cm", "day_rate", "available"):
        if getattr(named, field) is not None:
            kept[field] = None
    return kept


def _taken_out(entries: tuple[Any, ...], names: set[str]) -> tuple[Any, ...]:
    left: list[Any] = []
    for entry in entries:
        if isinstance(entry, str):
            if entry not in names:
                left.append(entry)
            continue
        remaining = tuple(name for name in entry if name not in names)
        if remaining:
            left.append(remaining[0] if len(remaining) == 1 else remaining)
    return tuple(left)


def _flat(entries: Sequence[Any]) -> list[str]:
    return [name for entry in entries for name in ((entry,) if isinstance(entry, str) else entry)]


def _cleared(exclude: Criteria | None, field: str) -> Criteria | None:
    if exclude is None:
        return None
    left = exclude.model_copy(update={field: Criteria.model_fields[field].get_default()})
    return None if left == Criteria() else left


def _blanked(text: str, match: re.Match[str]) -> str:
    return text[: match.start()] + " " + text[match.end() :]


def _says_something(text: str) -> bool:
    return len(text) > 2 and not re.fullmatch(
        r"(?:fine|works|ok|okay|good|please|now|again|it|that)", text.lower()
    )


def _without(text: str, dropped: str) -> str:
    return re.sub(rf"\s*,?\s*{re.escape(dropped)}", "", text, flags=re.IGNORECASE).strip(" ,")
