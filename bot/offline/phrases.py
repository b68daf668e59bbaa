"""A query in plain words, the way a casting person would say it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.talent import Criteria, DateSpan, DayRate, Range, TalentQuery

_PEOPLE = {"female": "women", "male": "men", "non-binary": "non-binary performers"}
_PERSON = {"female": "woman", "male": "man", "non-binary": "non-binary performer"}
_GOES_ON = ("with ", "in ", "speaking ", "called ", "free ", "closest ")
_AS_THINGS = {
    "skills": (("with ", "the skill "),),
    "cities": (("in ", "the city "),),
    "unions": ((" members", " membership"),),
    "height_cm": (("", "being "),),
    "day_rate": (("", "a day rate of "),),
    "available": (("free", "being free"),),
    "names": (("called", "being called"),),
}
CURRENCY_SIGNS = {"INR": "₹", "USD": "$", "GBP": "£", "EUR": "€"}


def plain(text: str) -> str:
    """`text` so that Markdown shows it as it is, on one line."""
    shown = "".join(f"\\{c}" if c in "\\`*_[]<>#|~" else c for c in text)
    return " ".join(shown.split())


def listed(parts: Sequence[str], last: str = "and") -> str:
    """ "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def query_in_words(query: TalentQuery, *, one: bool = False) -> str:
    """Who is looked for: "women, playing age 24–30, speaking Marathi, in Pune"; or `one` such."""
    filters = query.filters
    words = _PERSON if one else _PEOPLE
    people = listed([words[gender] for gender in filters.genders], "or")
    said = criteria_in_words(filters)
    if filters.exclude:
        said.append(f"but not {_excluded(filters.exclude)}")
    if query.text:
        said.append(f"closest to “{plain(query.text)}”")
    who = people or ("talent" if one else "talents")
    if not said:
        return who
    return f"{who}{' ' if said[0].startswith(_GOES_ON) else ', '}{', '.join(said)}"


def criteria_in_words(criteria: Criteria) -> list[str]:
    """Each filter but gender as a phrase, in the order in which people say them."""
    said = []
    if criteria.names:
        said.append(f"called {listed([plain(name) for name in criteria.names], 'or')}")
    if criteria.playing_age:
        said.append(f"playing age {span_in_words(criteria.playing_age)}")
    if criteria.languages:
        said.append(f"speaking {_all_of(criteria.languages)}")
    if criteria.skills:
        said.append(f"with {_all_of(criteria.skills)}")
    if criteria.cities:
        said.append(f"in {listed([plain(city) for city in criteria.cities], 'or')}")
    if criteria.unions:
        said.append(f"{listed([plain(union) for union in criteria.unions], 'or')} members")
    if criteria.height_cm:
        said.append(f"{span_in_words(criteria.height_cm)} cm tall")
    if criteria.day_rate:
        said.append(rate_in_words(criteria.day_rate))
    if criteria.available:
        said.append(f"free {dates_in_words(criteria.available)}")
    return said


def given_up_in_words(query: TalentQuery, field: str) -> str:
    """What was asked in one field, as a thing that can be given up: "the city Pune"."""
    filters = query.filters
    if field == "text":
        return f"the description “{plain(query.text)}”"
    if field == "genders":
        return f"asking for {listed([_PEOPLE[gender] for gender in filters.genders], 'or')}"
    if field == "exclude" and filters.exclude:
        return f"leaving out {_excluded(filters.exclude)}"
    asked = Criteria.model_validate({field: getattr(filters, field)})
    said = ", ".join(criteria_in_words(asked))
    for plainly, with_noun in _AS_THINGS.get(field, ()):
        said = said.replace(plainly, with_noun, 1)
    return said


def span_in_words(span: Range) -> str:
    if span.min is None:
        return f"up to {span.max:g}" if span.max is not None else "any"
    if span.max is None:
        return f"from {span.min:g}"
    return f"{span.min:g}" if span.min == span.max else f"{span.min:g}–{span.max:g}"


def rate_in_words(rate: DayRate) -> str:
    sign = CURRENCY_SIGNS.get(rate.currency, f"{rate.currency} ")
    if rate.min is not None and rate.max is not None and rate.min != rate.max:
        return f"{sign}{rate.min:,.0f}–{rate.max:,.0f} a day"
    if rate.max is not None:
        return f"up to {sign}{rate.max:,.0f} a day"
    return f"from {sign}{rate.min:,.0f} a day" if rate.min is not None else "any day rate"


def dates_in_words(span: DateSpan) -> str:
    if span.from_ == span.to:
        return f"on {_day(span.to)}"
    first = f"{span.from_.day} {span.from_:%b}"
    if span.from_.year != span.to.year:
        first += f" {span.from_.year}"
    elif span.from_.month == span.to.month:
        first = str(span.from_.day)
    return f"{first}–{_day(span.to)}"


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _all_of(entries: Sequence[str | tuple[str, ...]]) -> str:
    return listed(
        [
            plain(entry) if isinstance(entry, str) else listed([plain(e) for e in entry], "or")
            for entry in entries
        ]
    )


def _excluded(criteria: Criteria) -> str:
    people = [_PEOPLE[gender] for gender in criteria.genders]
    return listed([*people, *criteria_in_words(criteria)], "or")
