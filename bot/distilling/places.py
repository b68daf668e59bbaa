"""Where a channel, person or project finds its talents, and where a project is shot."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.distilling.dated import dated
from bot.distilling.forms import WE
from bot.distilling.naming import KIND, NAME, city_in, name_in
from bot.distilling.where import Where
from bot.facts import Act, Draft

_ADVERBS = r"(?:(?:now|mostly|usually|only|always|currently|also|still|mainly)\s+)*"
_SINCE = r"(?P<since>\s+(?:from|since|starting|until|till)\s+.+?)?"
_PLACE = r"(?P<place>[A-Z][\w ,/&-]+?)"
_CASTS = re.compile(
    rf"^(?:(?P<who>{WE}|i'm|i’m|we're|we’re)|{KIND}{NAME})\s+(?:is\s+|are\s+|am\s+)?{_ADVERBS}"
    r"(?:casts?|casting|works?|working|based|operates?|moved|has moved|have moved|lives?|living|"
    r"auditions?|hires?|hiring)\s+"
    rf"{_ADVERBS}(?:{KIND}(?P<what>(?-i:[A-Z])[\w'’ ]+?)\s+)?(?P<before>only\s+)?(?:people\s+|"
    rf"actors\s+|talents?\s+)?"
    rf"(?:based\s+)?(?:out of|in|from|to|within|"
    rf"around)\s+{_PLACE}(?P<after>\s+only)?{_SINCE}[.!]*$",
    re.IGNORECASE,
)
_FINDS = re.compile(r"\b(?:cast|audition|hir(?:es?|ing))", re.IGNORECASE)
_ALONE = re.compile(r"^i\b", re.IGNORECASE)
"""Where somebody lives says nothing of whom they look for."""
_OF_CITY = re.compile(
    rf"^(?P<who>we're|we’re|we are|i'm|i’m|i am|"
    rf"this is)\s+{_ADVERBS}an?\s+(?P<place>[A-Z][\w ]+?)[- ]"
    r"?(?:based\s+)?(?:team|outfit|office|company|house|agency|unit|studio|channel|crew)\b[.!]*$",
    re.IGNORECASE,
)
_SHOT = re.compile(
    rf"^(?:{WE}(?:['’](?:re|ll))?|it|{KIND}{NAME})\s+(?:(?:is|are|will|be)\s+)*{_ADVERBS}"
    rf"(?:shoots?|shooting|films?|filming|shot|filmed|being shot)\s+(?:on location\s+)?"
    rf"(?:{KIND}(?P<what>(?-i:[A-Z])[\w'’ ]+?)\s+)?"
    r"(?P<when>(?:from|on|this|next)\s+[^,.]*?\s+)?(?:in|at|around|"
    r"on)\s+(?P<place>(?-i:[A-Z])[\w'’-]*(?:[ ,]+(?:and\s+)?(?-i:[A-Z])[\w'’-]*)*)"
    r"(?P<since>(?:\s+|,\s*)(?:from|since|starting|until|till|in|on|by|this|next)\s+.+?)?"
    r"(?:,\s+(?-i:[a-z]).*)?[.!]*$",
    re.IGNORECASE,
)


def read_place(sentence: str, where: Where) -> Iterator[Draft]:
    """The city that talents are looked for in, or that somebody lives in."""
    match = _CASTS.match(sentence) or _OF_CITY.match(sentence)
    city = city_in(match["place"]) if match else ""
    if match is None or not city:
        return
    groups = match.groupdict()
    project = (groups.get("what") or "").strip()
    if not groups["who"]:
        project = name_in(match)
        if not project:
            return
    told = dated(groups.get("since") or "", where.today)
    about, subject = where.subject(groups["who"] or "we", project)
    name = where.name(groups["who"] or "we", project)
    only = bool(groups.get("before") or groups.get("after")) or " only " in f" {sentence.lower()} "
    does = "casts" if _FINDS.search(sentence) else "is"
    attribute = "city"
    if does == "is" and _ALONE.match(groups["who"] or ""):
        attribute, does = "home", "is based"
    yield Draft(
        about,
        subject,
        attribute,
        city,
        f"{name} {does} {'only ' if only else ''}in {city}{told.text}.",
        sentence,
        act=Act.CORRECTS if only else Act.SAYS,
        single=True,
        confidence=0.85,
        valid_from=told.valid_from,
        valid_until=told.valid_until,
    )


def read_location(sentence: str, where: Where) -> Iterator[Draft]:
    """Where a project is shot: nobody has to live there."""
    match = _SHOT.match(sentence)
    if match is None:
        return
    has_name = bool(match["name"] or match["quoted"])
    project = name_in(match) if has_name else match["what"] or where.project
    if has_name and not project:
        return
    about, subject = where.subject("we", project)
    told = dated(f"{match['since'] or ''} {match['when'] or ''}".rstrip(), where.today)
    place = city_in(match["place"]) or match["place"].strip(" ,")
    yield Draft(
        about,
        subject,
        "location",
        place,
        f"{where.name('we', project)} shoots in {place}{told.text}.",
        sentence,
        single=True,
        confidence=0.8,
        valid_from=told.valid_from,
        valid_until=told.valid_until,
    )
