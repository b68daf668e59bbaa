"""A talent, a question about talents, and a match with its reasons."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_serializer, model_validator

Gender = Literal["female", "male", "non-binary"]


class _Value(BaseModel):
    # A field's docstring is also its description in the model's tool schemas and in OpenAPI.
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Range(_Value):
    """Inclusive bounds; an absent one is open."""

    min: float | None = None
    max: float | None = None

    @field_serializer("min", "max")
    def _whole(self, bound: float | None) -> float | int | None:
        """25 and not 25.0: most bounds are whole."""
        return int(bound) if bound is not None and bound.is_integer() else bound

    @model_validator(mode="after")
    def _ordered(self) -> Range:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min {self.min} is above max {self.max}")
        return self


class DayRate(Range):
    """A day rate in whole units of `currency` (ISO 4217)."""

    currency: str = Field("INR", pattern="^[A-Z]{3}$")


class DateSpan(_Value):
    """Dates from first to last, both included."""

    from_: date = Field(alias="from")
    to: date

    model_config = ConfigDict(populate_by_name=True)

    @model_validator(mode="after")
    def _ordered(self) -> DateSpan:
        if self.from_ > self.to:
            raise ValueError(f"from {self.from_} is after to {self.to}")
        return self


AnyOf = Annotated[tuple[str, ...], Field(min_length=1)]


class Criteria(_Value):
    """What can be asked of a talent. `None` or empty means not asked."""

    genders: tuple[Gender, ...] = ()
    """Any of them."""
    playing_age: Range | None = None
    """Years; a talent fits whose playing age overlaps it."""
    languages: tuple[str | AnyOf, ...] = ()
    """All of them; an inner list means any of its names."""
    skills: tuple[str | AnyOf, ...] = ()
    """All of them; an inner list means any of its names."""
    cities: tuple[str, ...] = ()
    """Any of them: lives there or travels there. A state means its cities."""
    unions: tuple[str, ...] = ()
    """Any of them."""
    height_cm: Range | None = None
    day_rate: DayRate | None = None
    available: DateSpan | None = None
    """Free on every day of the span."""
    names: tuple[str, ...] = ()
    """Any of them, misspelt or in part."""


class Filters(Criteria):
    """`Criteria`, and those that must not hold."""

    exclude: Criteria | None = None

    def to_json(self) -> dict[str, object]:
        """Only what was asked for, as JSON values."""
        asked = self.model_dump(mode="json", by_alias=True, exclude_none=True)
        if "exclude" in asked:
            asked["exclude"] = _without_empty(asked["exclude"])
        return _without_empty(asked)


def _without_empty(asked: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in asked.items() if value not in ([], {})}


class TalentQuery(_Value):
    """Hard filters, and free text that is searched by words and by meaning."""

    filters: Filters = Filters()
    text: str = ""
    similar_to: str | None = None
    """A talent's id: rank by likeness to it, and leave it out."""
    only_ids: tuple[str, ...] = ()
    """Search among these only ("who of them speaks Marathi?"); empty means everyone."""

    def to_json(self) -> dict[str, object]:
        """`{"filters": …, "text": …}`, as `castmatch talent search --json` prints it."""
        return {"filters": self.filters.to_json(), "text": self.text}

    @property
    def is_empty(self) -> bool:
        return self == TalentQuery()


class LanguageSkill(_Value):
    name: str
    level: Literal["native", "fluent", "conversational", "basic"] = "fluent"


class Credit(_Value):
    title: str
    role: str = ""
    year: int | None = None
    production: str = ""
    """Film, web series, theatre, commercial, …"""
    director: str = ""


class Talent(_Value):
    """One row of the roster as an audience may see it: what it may not see is empty.

    Never holds government ids, race, religion, caste, skin tone or a birth date.
    """

    id: str
    name: str
    other_names: tuple[str, ...] = ()
    gender: Gender | None = None
    pronouns: str = ""
    playing_age: Range | None = None
    city: str = ""
    travels_to: tuple[str, ...] = ()
    height_cm: int | None = None
    languages: tuple[LanguageSkill, ...] = ()
    accents: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    union: str = ""
    day_rate: DayRate | None = None
    available: tuple[DateSpan, ...] = ()
    credits: tuple[Credit, ...] = ()
    bio: str = ""
    headshot_url: str = ""
    reel_url: str = ""
    representation: str = ""
    contact: str = ""
    source: str = ""
    confirmed_on: date | None = None

    def public_json(self) -> dict[str, object]:
        """The fields that may be shown outside the team, as JSON values, empty ones left out."""
        shown = self.model_dump(
            mode="json",
            by_alias=True,
            exclude={"representation", "contact", "source"},
            exclude_none=True,
        )
        return {key: value for key, value in shown.items() if value not in ("", [])}


class Match(_Value):
    """A talent, how well it fits (0 to 1, comparable within one answer only), and why."""

    talent: Talent
    score: float
    reasons: tuple[str, ...]
    """Each a plain phrase that a row backs: "speaks Marathi", "playing age 24-30"."""
    misses: tuple[str, ...] = ()
    """What of the filters given up it does not fit, in phrases like "Kathak not listed" and
    "playing age 31-38, not up to 25". Empty when nothing was given up."""

    def to_json(self) -> dict[str, object]:
        talent = self.talent.public_json()
        head = {"id": talent.pop("id"), "name": talent.pop("name")}
        why = {"reasons": list(self.reasons), "misses": list(self.misses)}
        return head | {"score": round(self.score, 4)} | why | talent


class SearchResult(_Value):
    """What was asked, what was given up to find anyone, and who was found, best first."""

    query: TalentQuery
    matches: tuple[Match, ...]
    relaxed: tuple[str, ...] = ()
    """The filters that were given up (`"languages"`, `"day_rate"`, …) because together with the
    others they excluded everyone. Empty when the matches meet every filter."""

    def to_json(self) -> dict[str, object]:
        return {
            "query": self.query.to_json(),
            "relaxed": list(self.relaxed),
            "matches": [match.to_json() for match in self.matches],
        }
