"""Why a talent fits, filter by filter, and what of them it misses: phrases that its row backs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from bot.talent import AnyOf, Criteria, DateSpan, Filters, Range, Talent
from bot.vocabulary import covered_by, places_in
from db.talent_conditions import any_of, each_of
from db.talent_phrases import day_in_words, listed, money_in_words, range_in_words, span_in_words
from db.talents import INT8, whole_bounds

Fold = Callable[[str], str]
Phrases = list[str]
_Value = TypeVar("_Value")

_UNSURE = ("conversational", "basic")


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a talent stands to a query's filters."""

    reasons: Phrases = field(default_factory=list)
    misses: Phrases = field(default_factory=list)

    def __iadd__(self, other: Verdict) -> Verdict:
        self.reasons.extend(other.reasons)
        self.misses.extend(other.misses)
        return self


def verdict(talent: Talent, filters: Filters, given_up: Sequence[str], fold: Fold) -> Verdict:
    """One phrase or more for each filter asked; a talent misses only filters that were given up.

    A filter given up that the talent meets all the same is a reason like any other.
    """
    said = _named(talent, filters.names, fold, given_up="names" in given_up)
    for name, (meets, misses) in _PHRASES.items():
        if not getattr(filters, name):
            continue
        met = meets(talent, filters, fold)
        if met is not None:
            said.reasons.extend(met)
        elif name in given_up:
            said += misses(talent, filters, fold)
    if filters.exclude is not None:
        said += _ruled_out(talent, filters.exclude, fold, given_up="exclude" in given_up)
    return said


def known(talent: Talent) -> list[str]:
    """What to say of a talent of whom nothing was asked."""
    if talent.confirmed_on is not None:
        return [f"confirmed on {day_in_words(talent.confirmed_on)} {talent.confirmed_on.year}"]
    if talent.playing_age is not None:
        return [f"playing age {range_in_words(talent.playing_age)}"]
    if talent.city:
        return [f"lives in {talent.city}"]
    return [f"in the roster as {talent.name}"]


def _named(talent: Talent, asked: Sequence[str], fold: Fold, *, given_up: bool) -> Verdict:
    """Who was found by name bears it, or one much like it; where that was given up, maybe not."""
    if not asked:
        return Verdict()
    names = (talent.name, *talent.other_names)
    borne = (set(fold(name).split()) for name in names)
    wanted = [set(fold(name).split()) for name in asked]
    if given_up and not any(words <= own for own in borne for words in wanted):
        return Verdict(misses=[f"called {listed(names)}, not {' or '.join(asked)}"])
    return Verdict(reasons=[f"name: {listed(names)}"])


def _genders(talent: Talent, asked: Criteria, _: Fold) -> Phrases | None:
    return [f"plays {talent.gender}"] if talent.gender in asked.genders else None


def _not_genders(talent: Talent, asked: Criteria, _: Fold) -> Verdict:
    return _other(talent.gender and f"plays {talent.gender}", " or ".join(asked.genders), "gender")


def _playing_age(talent: Talent, asked: Criteria, _: Fold) -> Phrases | None:
    if not overlap(talent.playing_age, asked.playing_age) or talent.playing_age is None:
        return None
    return [f"playing age {range_in_words(talent.playing_age)}"]


def _not_playing_age(talent: Talent, asked: Criteria, _: Fold) -> Verdict:
    has = talent.playing_age and f"playing age {range_in_words(talent.playing_age)}"
    return _other(has, range_in_words(asked.playing_age or Range()), "playing age")


def _languages(talent: Talent, asked: Criteria, fold: Fold) -> Phrases | None:
    levels = {fold(language.name): language for language in talent.languages}
    spoken = _each(asked.languages, levels, fold)
    if spoken is None:
        return None
    return [
        f"speaks {language.name}" + (f" ({language.level})" if language.level in _UNSURE else "")
        for language in spoken
    ]


def _not_languages(talent: Talent, asked: Criteria, fold: Fold) -> Verdict:
    return _lacking(asked.languages, _spoken(talent), "speaks ", fold)


def _skills(talent: Talent, asked: Criteria, fold: Fold) -> Phrases | None:
    has = {fold(skill): skill for skill in (*talent.skills, *talent.accents)}
    found = _each(covered_by(asked.skills), has, fold)
    return None if found is None else [f"skills: {', '.join(found)}"]


def _not_skills(talent: Talent, asked: Criteria, fold: Fold) -> Verdict:
    has = [*talent.skills, *talent.accents]
    return _lacking(asked.skills, has, "skills: ", fold, covered_by(asked.skills))


def _cities(talent: Talent, asked: Criteria, fold: Fold) -> Phrases | None:
    wanted = {fold(city) for city in places_in(asked.cities)}
    if talent.city and fold(talent.city) in wanted:
        return [f"lives in {talent.city}"]
    travels = [city for city in talent.travels_to if fold(city) in wanted]
    return [f"travels to {listed(travels)}"] if travels else None


def _not_cities(talent: Talent, asked: Criteria, _: Fold) -> Verdict:
    has = talent.city and f"lives in {talent.city}"
    return _other(has, " or ".join(asked.cities), "city")


def _unions(talent: Talent, asked: Criteria, fold: Fold) -> Phrases | None:
    wanted = {fold(union) for union in asked.unions}
    return [f"{talent.union} member"] if talent.union and fold(talent.union) in wanted else None


def _not_unions(talent: Talent, asked: Criteria, _: Fold) -> Verdict:
    return _other(talent.union and f"{talent.union} member", " or ".join(asked.unions), "union")


def _height_cm(talent: Talent, asked: Criteria, _: Fold) -> Phrases | None:
    has = talent.height_cm
    if has is None or not overlap(Range(min=has, max=has), asked.height_cm):
        return None
    return [f"{has} cm"]


def _not_height_cm(talent: Talent, asked: Criteria, _: Fold) -> Verdict:
    has = talent.height_cm and f"{talent.height_cm} cm"
    return _other(has, range_in_words(asked.height_cm or Range(), " cm"), "height")


def _day_rate(talent: Talent, asked: Criteria, _: Fold) -> Phrases | None:
    has, wanted = talent.day_rate, asked.day_rate
    if has is None or wanted is None or has.currency != wanted.currency:
        return None
    if whole_bounds(wanted, INT8) != (None, None) and not overlap(has, wanted):
        return None
    return [f"{money_in_words(has)} a day"]


def _not_day_rate(talent: Talent, asked: Criteria, _: Fold) -> Verdict:
    has = talent.day_rate and f"{money_in_words(talent.day_rate)} a day"
    return _other(has, money_in_words(asked.day_rate) if asked.day_rate else "", "day rate")


def _available(talent: Talent, asked: Criteria, _: Fold) -> Phrases | None:
    span = asked.available
    return [f"free {span_in_words(span)}"] if span and covered(span, talent.available) else None


def _not_available(talent: Talent, asked: Criteria, _: Fold) -> Verdict:
    span = asked.available
    if span is None:
        return Verdict()
    if not talent.available:
        return Verdict(misses=["availability not known"])
    within = [free for free in talent.available if free.from_ <= span.to and span.from_ <= free.to]
    if not within:
        return Verdict(misses=[f"not free {span_in_words(span)}"])
    free = listed([span_in_words(one) for one in within])
    return Verdict(misses=[f"free {free}, not all of {span_in_words(span)}"])


_PHRASES: dict[
    str,
    tuple[
        Callable[[Talent, Criteria, Fold], Phrases | None],
        Callable[[Talent, Criteria, Fold], Verdict],
    ],
] = {
    "genders": (_genders, _not_genders),
    "playing_age": (_playing_age, _not_playing_age),
    "languages": (_languages, _not_languages),
    "skills": (_skills, _not_skills),
    "cities": (_cities, _not_cities),
    "unions": (_unions, _not_unions),
    "height_cm": (_height_cm, _not_height_cm),
    "day_rate": (_day_rate, _not_day_rate),
    "available": (_available, _not_available),
}


def _ruled_out(talent: Talent, excluded: Criteria, fold: Fold, *, given_up: bool) -> Verdict:
    """What was to be avoided and is not there; where that was given up, what is there."""
    if given_up:
        there = [
            phrase
            for name, (meets, _) in _PHRASES.items()
            if name not in ("languages", "skills") and getattr(excluded, name)
            for phrase in meets(talent, excluded, fold) or ()
        ]
        for unwished, has in (
            (covered_by(excluded.skills), (*talent.skills, *talent.accents)),
            (excluded.languages, _spoken(talent)),
        ):
            unwanted = {fold(value) for value in each_of(unwished)}
            there += [value for value in has if fold(value) in unwanted]
        return Verdict(misses=[f"{phrase}, which was to be avoided" for phrase in there])
    absent = [f"not in {city}" for city in excluded.cities]
    absent += [f"no {name} listed" for name in each_of(excluded.skills)]
    absent += [f"no {name} listed" for name in each_of(excluded.languages)]
    return Verdict(reasons=absent)


def _spoken(talent: Talent) -> list[str]:
    return [language.name for language in talent.languages]


def overlap(has: Range | None, asked: Range | None) -> bool:
    """Whether two ranges of whole numbers share one, as the search sees it."""
    if has is None or asked is None:
        return False
    (low, high), (least, most) = whole_bounds(has, INT8), whole_bounds(asked, INT8)
    if (low, high) == (None, None):
        return False
    below = high is not None and least is not None and high < least
    above = low is not None and most is not None and low > most
    return not (below or above)


def covered(span: DateSpan, free: Iterable[DateSpan]) -> bool:
    """Whether every day of the span lies in one of the free ones."""
    day = span.from_
    for one in sorted(free, key=lambda one: one.from_):
        if one.from_ <= day <= one.to:
            if one.to >= span.to:
                return True
            day = one.to + timedelta(days=1)
    return False


def _each(
    groups: Sequence[str | AnyOf], has: Mapping[str, _Value], fold: Fold
) -> list[_Value] | None:
    """The talent's own value for each group asked; `None` if one is lacking."""
    found: list[_Value] = []
    for group in groups:
        values = [has[name] for name in map(fold, any_of(group)) if name in has]
        if not values:
            return None
        found += (value for value in values[:1] if value not in found)
    return found


def _lacking(
    groups: Sequence[str | AnyOf],
    has: Iterable[str],
    label: str,
    fold: Fold,
    covered: Sequence[AnyOf] | None = None,
) -> Verdict:
    """What of it is there, and what is not; `covered` has for each group all that would do."""
    listed_as = {fold(value): value for value in has}
    there: list[str] = []
    missing: list[str] = []
    for group, would_do in zip(groups, covered or map(any_of, groups), strict=True):
        values = [listed_as[name] for name in map(fold, would_do) if name in listed_as]
        if values:
            there.append(values[0])
        else:
            missing.append(" or ".join(any_of(group)))
    reasons = [f"{label}{', '.join(there)}"] if there else []
    return Verdict(reasons, [f"{name} not listed" for name in missing])


def _other(has: object, asked: str, what: str) -> Verdict:
    return Verdict(misses=[f"{has}, not {asked}" if has else f"{what} not known"])
