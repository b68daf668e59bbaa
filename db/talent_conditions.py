"""Filters as SQL: one condition for each filter asked, so that any of them can be given up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.talent import AnyOf, Criteria, DateSpan, DayRate, Filters, Range
from bot.vocabulary import covered_by, places_in
from db.talents import INT4, INT8, sql_dates, sql_range

SOFTEST_FIRST = (
    "available",
    "day_rate",
    "height_cm",
    "playing_age",
    "cities",
    "unions",
    "skills",
    "languages",
    "exclude",
    "genders",
    "names",
)
"""In which order filters are given up where giving up any one of several would do."""


@dataclass(slots=True)
class Arguments:
    """The values of one statement, numbered as they are bound."""

    values: list[object] = field(default_factory=list)

    def bind(self, value: object, sql_type: str) -> str:
        self.values.append(value)
        return f"${len(self.values)}::{sql_type}"


Shares = Mapping[str, float]
"""The share of rows that have a facet, where it is common."""

Expression = Callable[[Arguments], str]
"""SQL over a row `t`; it binds its values when it is written into a statement."""


@dataclass(frozen=True, slots=True)
class Condition:
    """What one filter asks of a row. Where the row's value is unknown it is NULL or false."""

    sql: Expression
    distance: Expression | None = None
    """For rows that fail: more where one fails by more, NULL where the value is unknown."""
    any_facet: tuple[tuple[str, ...], ...] = ()
    """Of each group a row has at least one facet: what is known of how many rows pass."""
    share: float = 1.0
    """A guess at the share of rows that pass, where it is not by facets."""

    def estimate(self, shares: Shares) -> float:
        """The share of rows that pass, about."""
        share = self.share
        for group in self.any_facet:
            share *= min(1.0, sum(shares.get(facet, _RARE_FACET) for facet in group))
        return share


_RARE_FACET = 0.001
_SOME = 0.3  # of the rows a range of ages, heights, rates or days lets through


@dataclass(frozen=True, slots=True)
class NamesFound:
    """The rows that a filter on names means: by the parts of their names, or one by one."""

    parts: tuple[tuple[str, ...], ...] = ()
    """Each a name of which every part stands in some row as it was asked."""
    ids: tuple[str, ...] = ()
    """Rows whose names resemble one that stands in none, most alike first."""

    def __bool__(self) -> bool:
        return bool(self.parts or self.ids)

    def sql(self, arguments: Arguments) -> str:
        each = [f"t.name_keys @> {arguments.bind(list(parts), 'text[]')}" for parts in self.parts]
        ids = f"t.id = ANY ({arguments.bind(list(self.ids), 'text[]')})"
        return f"({' OR '.join((*each, ids))})"

    def order(self, arguments: Arguments) -> str:
        """The most alike first, after those who have the name itself."""
        return f"coalesce(array_position({arguments.bind(list(self.ids), 'text[]')}, t.id), 0)"


def conditions(
    filters: Filters, names: NamesFound, excluded_names: NamesFound, fold: Mapping[str, str]
) -> dict[str, Condition]:
    """By the name of the filter. `fold` has `castmatch_fold` of all `strings_of` the filters."""
    found = dict(_of_criteria(filters, fold))
    if filters.names:
        found["names"] = Condition(names.sql, share=_RARE_FACET)
    excluded = [] if filters.exclude is None else list(_excluded(filters.exclude, fold))
    if excluded_names:
        excluded.append(excluded_names.sql)
    if excluded:
        found["exclude"] = Condition(_none_of(excluded))
    return found


def strings_of(filters: Filters) -> Iterator[str]:
    """Every string that `conditions` needs folded."""
    for criteria in (filters, filters.exclude):
        if criteria is not None:
            yield from places_in(criteria.cities)
            yield from criteria.unions
            yield from each_of(criteria.languages)
            yield from each_of(covered_by(criteria.skills))


def any_of(group: str | AnyOf) -> tuple[str, ...]:
    return (group,) if isinstance(group, str) else group


def each_of(groups: Iterable[str | AnyOf]) -> Iterator[str]:
    for group in groups:
        yield from any_of(group)


def lives_in(cities: tuple[str, ...], fold: Mapping[str, str]) -> Expression:
    """Whether a row lives in one of the cities, and does not only travel there."""
    return _facets("&&", [f"lives:{fold[city]}" for city in places_in(cities)])


def _of_criteria(criteria: Criteria, fold: Mapping[str, str]) -> Iterator[tuple[str, Condition]]:
    if criteria.genders:
        genders = [f"gender:{gender}" for gender in criteria.genders]
        yield "genders", Condition(_facets("&&", genders), any_facet=(tuple(genders),))
    if criteria.cities:
        cities = places_in(criteria.cities)
        places = [f"{how}:{fold[city]}" for how in ("lives", "travels") for city in cities]
        yield "cities", Condition(_facets("&&", places), any_facet=(tuple(places),))
    if criteria.unions:
        unions = [f"union:{fold[name]}" for name in criteria.unions]
        yield "unions", Condition(_facets("&&", unions), any_facet=(tuple(unions),))
    if criteria.languages:
        yield "languages", _all_of("language", criteria.languages, fold)
    if criteria.skills:
        yield "skills", _all_of("skill", covered_by(criteria.skills), fold)
    if sql_range(criteria.playing_age, INT4) is not None:
        yield "playing_age", _overlaps("t.playing_age", criteria.playing_age, "int4range", INT4)
    if sql_range(criteria.height_cm, INT4) is not None:
        yield "height_cm", _height(criteria.height_cm)
    if criteria.day_rate is not None:
        yield "day_rate", _day_rate(criteria.day_rate)
    if criteria.available is not None:
        yield "available", _available(criteria.available)


def _facets(operator: str, facets: list[str]) -> Expression:
    return lambda arguments: f"t.facets {operator} {arguments.bind(facets, 'text[]')}"


def _all_of(kind: str, groups: Sequence[str | AnyOf], fold: Mapping[str, str]) -> Condition:
    single = [f"{kind}:{fold[group]}" for group in groups if isinstance(group, str)]
    parts = [_facets("@>", single)] if single else []
    parts += [
        _facets("&&", [f"{kind}:{fold[name]}" for name in group])
        for group in groups
        if not isinstance(group, str)
    ]
    any_facet = tuple(tuple(f"{kind}:{fold[n]}" for n in any_of(group)) for group in groups)
    wanted = [facet for group in any_facet for facet in group]

    def distance(arguments: Arguments) -> str:
        asked = arguments.bind(wanted, "text[]")
        return f"-(SELECT count(*) FROM unnest(t.facets) AS facet WHERE facet = ANY ({asked}))"

    return Condition(_all(parts), distance, any_facet)


def _overlaps(column: str, asked: Range | None, sql_type: str, largest: int) -> Condition:
    bounds = sql_range(asked, largest)

    def distance(arguments: Arguments) -> str:
        return _gap(column, arguments.bind(bounds, sql_type))

    return Condition(lambda a: f"{column} && {a.bind(bounds, sql_type)}", distance, share=_SOME)


def _height(asked: Range | None) -> Condition:
    bounds = sql_range(asked, INT4)
    low = -INT4 if bounds is None or bounds.lower is None else bounds.lower
    high = INT4 if bounds is None or bounds.upper is None else bounds.upper

    def sql(arguments: Arguments) -> str:
        return f"t.height_cm BETWEEN {arguments.bind(low, 'int')} AND {arguments.bind(high, 'int')}"

    def distance(arguments: Arguments) -> str:
        below, above = arguments.bind(low, "bigint"), arguments.bind(high, "bigint")
        apart = f"greatest({below} - t.height_cm, t.height_cm - {above})"
        return f"CASE WHEN t.height_cm IS NOT NULL THEN {apart} END"

    return Condition(sql, distance, share=_SOME)


def _day_rate(asked: DayRate) -> Condition:
    def same_currency(arguments: Arguments) -> str:
        return f"t.day_rate_currency = {arguments.bind(asked.currency, 'text')}"

    if sql_range(asked, INT8) is None:
        return Condition(same_currency)
    overlaps = _overlaps("t.day_rate", asked, "int8range", INT8)

    def distance(arguments: Arguments) -> str:
        gap = _gap("t.day_rate", arguments.bind(sql_range(asked, INT8), "int8range"))
        return f"CASE WHEN {same_currency(arguments)} THEN {gap} END"

    return Condition(_all([same_currency, overlaps.sql]), distance, share=_SOME)


def _available(asked: DateSpan) -> Condition:
    span = sql_dates(asked)

    def distance(arguments: Arguments) -> str:
        """Days of the span that are not free."""
        days = arguments.bind(span, "daterange")
        free = (
            "(SELECT coalesce(sum(upper(free) - lower(free)), 0)"
            f" FROM unnest(t.available * datemultirange({days})) AS free)"
        )
        return f"CASE WHEN t.available IS NOT NULL THEN -{free} END"

    return Condition(lambda a: f"t.available @> {a.bind(span, 'daterange')}", distance, share=_SOME)


def _gap(has: str, asked: str) -> str:
    """How far two ranges that do not overlap lie apart."""
    apart = f"greatest(lower({asked}) - upper({has}), lower({has}) - upper({asked}))"
    return f"CASE WHEN {has} IS NOT NULL THEN {apart} END"


def _excluded(criteria: Criteria, fold: Mapping[str, str]) -> Iterator[Expression]:
    """Any one of them is enough to be left out: "no singers or dancers" means neither."""
    for kind, groups in (
        ("language", criteria.languages),
        ("skill", covered_by(criteria.skills)),
    ):
        if groups:
            yield _facets("&&", [f"{kind}:{fold[name]}" for name in each_of(groups)])
    others = criteria.model_copy(update={"languages": (), "skills": ()})
    for _, condition in _of_criteria(others, fold):
        yield condition.sql


def _all(parts: Sequence[Expression]) -> Expression:
    return lambda arguments: " AND ".join(part(arguments) for part in parts)


def _none_of(parts: Sequence[Expression]) -> Expression:
    def sql(arguments: Arguments) -> str:
        return f"NOT ({' OR '.join(f'coalesce({part(arguments)}, false)' for part in parts)})"

    return sql
