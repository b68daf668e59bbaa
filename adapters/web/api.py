"""`/api`: the roster over HTTP, with the fields that may be shown outside the team."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query

from bot.conversation import Audience
from bot.ports import TalentRepository
from bot.wording import parse

_MATCH = {
    "id": "k3v7q2xmpa",
    "name": "Sample Name",
    "playing_age": {"min": 24, "max": 30},
    "city": "Mumbai",
    "languages": [{"name": "Marathi", "level": "native"}],
}
_FOUND = {
    "query": {
        "filters": {"languages": ["Marathi"], "playing_age": {"min": 25, "max": 30}},
        "text": "trained dancer",
    },
    "relaxed": ["playing_age"],
    "matches": [
        {
            **_MATCH,
            "score": 0.83,
            "reasons": ["speaks Marathi"],
            "misses": ["playing age 31-38, not up to 25"],
        },
    ],
}


def _example(example: object, description: str) -> dict[int | str, dict[str, object]]:
    content = {"application/json": {"schema": {"type": "object"}, "example": example}}
    return {200: {"description": description, "content": content}}


def talent_routes(talents: TalentRepository, audience: Audience) -> APIRouter:
    """Routes that see what `audience` may see."""
    routes = APIRouter(prefix="/api/talents", tags=["talents"])

    @routes.get(
        "",
        summary="Search the roster",
        responses=_example(_FOUND, "What was understood, what was given up, and who was found."),
    )
    async def search(
        q: Annotated[
            str,
            Query(
                min_length=1,
                max_length=2_000,
                description="What you are looking for, in plain words.",
                examples=["women 25 to 30 who speak Marathi in Mumbai, under 20k a day"],
            ),
        ],
        limit: Annotated[int, Query(ge=1, le=100, description="The most matches to return.")] = 10,
    ) -> dict[str, object]:
        """Filters are read out of the words; what is left is searched by words and by meaning.

        When nobody meets every filter, the nearest are returned, `relaxed` names the filters
        that were given up, and each match says in `misses` what of them it does not fit.
        """
        query = parse(q.replace("\x00", " "), today=date.today())  # noqa: DTZ011 - "next week" is meant where we are
        return (await talents.search(audience, query, limit=limit)).to_json()

    @routes.get(
        "/{talent_id}",
        summary="Show one talent",
        responses=_example(_MATCH, "The talent, empty fields left out.")
        | {404: {"description": "Nobody on the roster has that id."}},
    )
    async def show(
        talent_id: Annotated[
            str, Path(max_length=64, description="The id, as a search returns it.")
        ],
    ) -> dict[str, object]:
        """Everything that may be shown outside the team."""
        found = await talents.get(audience, [talent_id]) if talent_id.isalnum() else ()
        if not found:
            raise HTTPException(404, "Nobody on the roster has that id. Search for it by name.")
        return found[0].public_json()

    return routes
