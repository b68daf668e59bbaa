"""The tools as the model is told of them: names, arguments, descriptions.

`SCHEMAS` goes first in every request, so its bytes never change while the process runs:
they are part of the prefix that the model's side caches.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.memories import Lookup
from bot.talent import Filters, TalentQuery

JsonObject = dict[str, Any]


class _Arguments(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class SearchTalents(_Arguments):
    filters: Filters = Filters()
    """Hard conditions. Leave out whatever was not asked for."""
    text: str = Field("", max_length=500)
    """What no filter holds, in a few plain words: "trained in Bharatanatyam", "warm mother"."""
    only_ids: tuple[str, ...] = Field((), max_length=100)
    """Search among these talents only, to narrow down who was shown before."""
    limit: int = Field(5, ge=1, le=20)
    """How many talents at most, from 1 to 20."""

    def query(self) -> TalentQuery:
        return TalentQuery(filters=self.filters, text=self.text, only_ids=self.only_ids)


class ShowTalent(_Arguments):
    id: str = ""
    """The talent's id, from an earlier result or from <shown>."""
    name: str = Field("", max_length=200)
    """When the id is not known: the name or a part of it, as the person wrote it."""

    @model_validator(mode="after")
    def _one_given(self) -> ShowTalent:
        if not self.id and not self.name:
            raise ValueError("give the talent's id, or a name when the id is not known")
        return self


class FindSimilar(_Arguments):
    id: str = Field(min_length=1)
    """The talent whose likes are wanted; it is left out of the result."""
    filters: Filters = Filters()
    """Hard conditions that the others must meet all the same, written as in search_talents."""
    text: str = Field("", max_length=500)
    """In which respect they should be alike, if that was said: "her comic timing"."""
    limit: int = Field(5, ge=1, le=20)
    """How many talents at most, from 1 to 20."""

    def query(self) -> TalentQuery:
        return TalentQuery(filters=self.filters, text=self.text)


class CompareTalents(_Arguments):
    ids: tuple[str, ...] = Field(min_length=2, max_length=6)
    """Two to six talents' ids."""


class RecallMemory(_Arguments):
    question: str = Field(min_length=1, max_length=500)
    """What to look for, in a few plain words that what was said may have in it: "budget of Monsoon
    Letters", "decided on the lead"."""
    person: str = Field("", max_length=200)
    """Only what this person said: their name, as in `from`."""
    since: date | None = None
    """The first day on which it was said, from <now> where the question says "last month"."""
    until: date | None = None
    """The last day on which it was said."""

    @model_validator(mode="after")
    def _in_order(self) -> RecallMemory:
        if self.since and self.until and self.since > self.until:
            raise ValueError("since is after until")
        return self

    def lookup(self) -> Lookup:
        return Lookup(self.question, self.person, self.since, self.until)


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool; `doing` tells people what we are at while it runs.

    `strict` asks the API to hold the model to the schema. Only tools with few optional
    arguments can be strict: the API limits how many optional ones it compiles.

    `terse`: what its arguments are made of is described by a tool before it, and not again.
    """

    name: str
    arguments: type[_Arguments]
    doing: str
    description: str
    examples: tuple[JsonObject, ...] = ()
    strict: bool = False
    terse: bool = False

    def schema(self) -> JsonObject:
        """This tool's definition for the Messages API."""
        arguments = _plain(self.arguments.model_json_schema(), drop=self.strict)
        if self.terse:
            arguments["$defs"] = _undescribed(arguments["$defs"])
        definition: JsonObject = {
            "name": self.name,
            "description": self.description,
            "input_schema": arguments,
        }
        if self.strict:
            return definition | {"strict": True}
        return definition | {"input_examples": list(self.examples)}


TOOLS: Mapping[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool(
            name="search_talents",
            arguments=SearchTalents,
            doing="searching the roster…",
            description=(
                "Search the roster. Returns the best matches with the reasons why each fits, and"
                " `relaxed`: filters given up because together they excluded everyone (tell the"
                " person), with what each match `misses` of them. Use it for any question about"
                " who could play, do or speak something, also to narrow or widen an earlier"
                " search: repeat the earlier filters with the"
                " change. Put every stated fact into `filters` (canonical English names: "
                '"Mumbai", "Bharatanatyam", "Marathi") and only the rest into `text`. Dates are'
                " ISO; ages are playing ages, never real ages. Several roles: call it once for"
                " each role, side by side. Never put religion, caste, race or skin tone into"
                " `text`."
            ),
            examples=(
                {
                    "filters": {
                        "genders": ["female"],
                        "playing_age": {"min": 24, "max": 30},
                        "languages": ["Marathi", ["Hindi", "Urdu"]],
                        "cities": ["Mumbai"],
                    },
                    "text": "trained in classical dance",
                    "limit": 5,
                },
                {
                    "filters": {
                        "skills": ["horse riding"],
                        "day_rate": {"max": 20000, "currency": "INR"},
                        "available": {"from": "2026-12-01", "to": "2026-12-12"},
                        "exclude": {"cities": ["Delhi"]},
                    }
                },
                {"filters": {"languages": ["Marathi"]}, "only_ids": ["k3v7qz2m4a", "b6t2yw5xda"]},
            ),
        ),
        Tool(
            name="show_talent",
            arguments=ShowTalent,
            doing="reading a profile…",
            description=(
                "Everything the roster holds on one talent: credits, bio, rates, dates, reel. Use"
                " it before you answer a question about a person whose details are not in the"
                " conversation. By `id` where you have it, else by `name`: misspelt and partial"
                " names are found, and several results mean that you should ask who is meant."
            ),
            strict=True,
        ),
        Tool(
            name="find_similar",
            arguments=FindSimilar,
            doing="looking for similar talents…",
            description=(
                'Talents most like a given one ("more like the second one"), best first, with'
                " reasons. Filters and text narrow it further."
            ),
            examples=(
                {"id": "k3v7qz2m4a", "limit": 5},
                {"id": "k3v7qz2m4a", "filters": {"cities": ["Pune"]}, "text": "comic timing"},
            ),
            terse=True,
        ),
        Tool(
            name="compare_talents",
            arguments=CompareTalents,
            doing="comparing profiles…",
            description=(
                "The full rows of two to six talents side by side, to answer which of them fits"
                " better. Needs their ids, from an earlier result or from <shown>."
            ),
            strict=True,
        ),
        Tool(
            name="recall_memory",
            arguments=RecallMemory,
            doing="looking through what was said…",
            description=(
                "Look further into what people said before, here or elsewhere, as far as those who"
                " read the answer may know it: facts, and what was said, each with who, where and"
                " when. Use it when a question is about what somebody said, wanted or decided, and"
                " neither the conversation nor <memory> answers it. Not for talents' data."
            ),
            strict=True,
        ),
    )
}


_BOUNDS = ("minLength", "maxLength", "minimum", "maximum", "maxItems", "minItems", "pattern")


def _plain(node: Any, *, drop: bool) -> Any:
    """A pydantic schema without what only costs tokens: titles, nulls, empty defaults.

    `drop` also leaves out bounds, which strict schemas must not have; our own validation
    keeps them in any case.
    """
    if isinstance(node, list):
        return [_plain(item, drop=drop) for item in node]
    if not isinstance(node, dict):
        return node
    variants = [v for v in node.get("anyOf", ()) if v != {"type": "null"}]
    if len(variants) == 1:
        node = {key: value for key, value in node.items() if key != "anyOf"} | variants[0]
    plain: JsonObject = {}
    for key, value in node.items():
        trivial = key == "default" and (not value or isinstance(value, dict))
        if key in {"properties", "$defs"}:
            plain[key] = {name: _plain(schema, drop=drop) for name, schema in value.items()}
        elif key != "title" and not trivial and not (drop and key in _BOUNDS):
            plain[key] = _plain(value, drop=drop)
    return plain


def _undescribed(node: Any) -> Any:
    """A schema without the sentences that describe it."""
    if isinstance(node, list):
        return [_undescribed(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _undescribed(value)
        for key, value in node.items()
        if key != "description" or not isinstance(value, str)
    }


SCHEMAS: tuple[JsonObject, ...] = tuple(tool.schema() for tool in TOOLS.values())
