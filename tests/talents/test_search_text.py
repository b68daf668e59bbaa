"""Free text: words and meaning fused, and the sentence that answers it as the reason."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import numpy as np
import pytest

from bot.ports import EmbedderError, Vector
from bot.talent import Credit, Filters, SearchResult, TalentQuery
from db.pool import Database
from db.talent_search import Talents
from memory.embedder import LocalEmbedder
from tests.conftest import ExpectedLogs
from tests.talents.rosters import store, talent, talent_id, team

DANCER, DRIVER, COMIC, POET, SINGER, QUIET = (talent_id(number) for number in range(1, 7))

ROSTER = [
    talent(
        1,
        "Ila Sen",
        gender="female",
        skills=("Kathak",),
        bio="Grew up in Kolkata. Trained in Bharatanatyam for 12 years. Now acts in films.",
    ),
    talent(
        2,
        "Dev Malik",
        gender="male",
        skills=("Stunts",),
        bio="Precision driving and high falls for action films. Holds a racing licence.",
    ),
    talent(
        3,
        "Tara Bose",
        gender="female",
        bio="Stand-up comic with a dry wit. Hosts an open mic in a bar.",
        credits=(Credit(title="Midnight Kitchen", role="Head chef", year=2021),),
    ),
    talent(4, "Om Nair", gender="male", bio="Writes and recites verse. Published two books."),
    talent(5, "Rani Das", gender="female", skills=("Singing",), accents=("Glaswegian",)),
    talent(6, "Kim Roy", gender="male"),
]


@pytest.fixture
async def talents(database: Database, org_id: UUID, embedder: LocalEmbedder) -> Talents:
    await store(database, org_id, ROSTER, embedder=embedder)
    return Talents(database, embedder)


@pytest.mark.parametrize(
    ("text", "best", "reason"),
    [
        ("Bharatanatyam", DANCER, "bio: Trained in Bharatanatyam for 12 years"),
        ("has trained for years", DANCER, "bio: Trained in Bharatanatyam for 12 years"),
        ("someone who drives fast cars", DRIVER, "bio: "),
        ("a comedian who makes people laugh", COMIC, "bio: Stand-up comic with a dry wit"),
        ("poet", POET, "bio: "),
        ("has played a chef", COMIC, "credit: Midnight Kitchen (2021), Head chef"),
        ("sings", SINGER, "skills: Singing"),
        ("glaswegian", SINGER, "skills: Glaswegian"),
        ("Rani", SINGER, "name: Rani Das"),
    ],
)
async def test_text_finds_by_words_and_by_meaning(
    talents: Talents, org_id: UUID, text: str, best: str, reason: str
) -> None:
    result = await talents.search(team(org_id), TalentQuery(text=text))
    first = result.matches[0]
    assert first.talent.id == best
    assert any(said.startswith(reason) for said in first.reasons), first.reasons
    assert_quoted(result)


def assert_quoted(result: SearchResult) -> None:
    """Everything quoted stands in the row it is quoted from, and scores fall."""
    scores = [match.score for match in result.matches]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    for match in result.matches:
        assert match.reasons
        for said in match.reasons:
            if said.startswith("bio: "):
                assert said.removeprefix("bio: ").removesuffix(" …") in match.talent.bio


async def test_a_sentence_far_from_the_text_is_no_reason(talents: Talents, org_id: UUID) -> None:
    result = await talents.search(team(org_id), TalentQuery(text="lighthouse keeper"))
    assert len(result.matches) > 1
    said = [reason for match in result.matches for reason in match.reasons]
    assert said
    assert not [reason for reason in said if reason.startswith("bio: ")]


async def test_text_ranks_within_the_filters(talents: Talents, org_id: UUID) -> None:
    query = TalentQuery(text="dance training", filters=Filters(genders=("male",)))
    result = await talents.search(team(org_id), query)
    assert {match.talent.gender for match in result.matches} == {"male"}
    assert result.relaxed == ()
    assert result.matches[0].reasons[0] == "plays male"


@pytest.mark.parametrize("text", ["the of and", "?!", "' | & :* \\ '", "🎭", "नर्तकी", "x" * 5000])
async def test_text_that_says_nothing_finds_somebody_all_the_same(
    talents: Talents, org_id: UUID, text: str
) -> None:
    assert (await talents.search(team(org_id), TalentQuery(text=text))).matches


class _NoModel:
    name = "none"
    dimensions = 384
    near = 1.0

    async def query(self, text: str) -> Vector:
        raise EmbedderError("The embedding model is missing.")

    async def passages(self, texts: Sequence[str]) -> Sequence[Vector]:
        raise EmbedderError("The embedding model is missing.")


async def test_without_a_model_words_are_searched(
    database: Database, org_id: UUID, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("search_by_words_only")
    await store(database, org_id, ROSTER)
    talents = Talents(database, _NoModel())
    result = await talents.search(team(org_id), TalentQuery(text="open mic"))
    assert [match.talent.id for match in result.matches] == [COMIC]

    nothing = await talents.search(team(org_id), TalentQuery(text="xylophone"))
    assert nothing.relaxed == ("text",)
    assert nothing.matches


async def test_more_like_one(talents: Talents, org_id: UUID, database: Database) -> None:
    others = [
        talent(
            7, "Uma Iyer", skills=("Kathak", "Odissi"), bio="A classical dancer since childhood."
        ),
        talent(
            8, "Raj Pal", skills=("Cooking",), bio="Runs a restaurant and judges cake contests."
        ),
    ]
    await store(database, org_id, others, embedder=LocalEmbedder())
    result = await talents.search(team(org_id), TalentQuery(similar_to=DANCER))
    assert result.matches[0].talent.name == "Uma Iyer"
    assert DANCER not in {match.talent.id for match in result.matches}
    assert "skills in common with Ila Sen: Kathak" in result.matches[0].reasons

    narrowed = TalentQuery(similar_to=DANCER, filters=Filters(genders=("male",)))
    found = await talents.search(team(org_id), narrowed)
    assert {match.talent.gender for match in found.matches} == {"male"}


async def test_like_one_that_is_gone_searches_the_rest(talents: Talents, org_id: UUID) -> None:
    query = TalentQuery(similar_to="zzzzzzzzzz", filters=Filters(genders=("male",)))
    assert {m.talent.id for m in (await talents.search(team(org_id), query)).matches} == {
        DRIVER,
        POET,
        QUIET,
    }


async def test_vectors_of_another_model_are_not_compared(
    talents: Talents, org_id: UUID, database: Database
) -> None:
    class Other(_NoModel):
        name = "other"

        async def query(self, text: str) -> Vector:
            return np.ones(384, np.float32) / np.float32(384**0.5)

    result = await Talents(database, Other()).search(team(org_id), TalentQuery(text="verse"))
    assert [match.talent.id for match in result.matches] == [POET]


async def test_one_who_lives_there_moves_up_past_one_who_travels_however_few_are_shown(
    database: Database, org_id: UUID, embedder: LocalEmbedder
) -> None:
    dancing = "Kathak dancer on many stages."
    travels = talent(1, "Asha", city="Pune", travels_to=("Mumbai",), bio=f"{dancing} Kathak again.")
    lives = talent(2, "Bela", city="Mumbai", bio=dancing)
    await store(database, org_id, [travels, lives], embedder=embedder)
    query = TalentQuery(filters=Filters(cities=("Mumbai",)), text="Kathak dancer, Kathak")
    for limit, expected in (1, [lives.id]), (2, [lives.id, travels.id]):
        found = await Talents(database, embedder).search(team(org_id), query, limit=limit)
        assert [match.talent.id for match in found.matches] == expected
        assert found.matches[0].score < 1, "the other one is found first by words"


async def test_the_same_search_has_the_same_order_in_whatever_plan(
    database: Database, org_id: UUID, embedder: LocalEmbedder
) -> None:
    """The database makes another plan at the sixth time, which may add up in another order."""
    bio = "Acts, dances Kathak and sings in plays, films and musicals across Mumbai and Pune."
    twins = [talent(n, f"Asha Rao{n}", bio=bio, skills=("Kathak", "Singing")) for n in range(1, 61)]
    others = [talent(n, f"Ben Das{n}", bio="Juggles.") for n in range(61, 400)]
    await store(database, org_id, [*twins, *others], embedder=embedder)
    talents = Talents(database, embedder)
    query = TalentQuery(text="Asha Rao7", similar_to=talent_id(30))
    found = [await talents.search(team(org_id), query, limit=50) for _ in range(8)]
    orders = {tuple(match.talent.id for match in each.matches) for each in found}
    assert len(orders) == 1
