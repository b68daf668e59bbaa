"""Helpful or not: a person's newest word counts, once."""

from __future__ import annotations

from uuid import uuid4

import pytest

from bot.conversation import Author
from bot.metrics import Metrics
from db.pool import Database
from db.ratings import Ratings
from tests.db.sql import fetch
from tests.stores.conftest import ASHA, BEN
from tests.turns.conftest import Node, claim, message


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def ratings(database: Database, metrics: Metrics) -> Ratings:
    return Ratings(database, metrics)


def counted(metrics: Metrics, rating: str) -> float | None:
    labels = {"platform": "web", "rating": rating}
    return metrics.registry.get_sample_value("castmatch_ratings_total", labels)


async def test_the_newest_rating_of_each_person_counts(
    node: Node, ratings: Ratings, metrics: Metrics, database_url: str
) -> None:
    turn_id = await node.turns.accept(message())
    assert turn_id is not None
    assert await ratings.rate(turn_id, ASHA, helpful=True)
    assert await ratings.rate(turn_id, ASHA, helpful=True), "a second press does no harm"
    assert await ratings.rate(turn_id, BEN, helpful=True)
    assert await ratings.rate(turn_id, ASHA, helpful=False)
    rows = await fetch(
        database_url,
        "SELECT u.name, r.helpful FROM ratings r JOIN users u ON u.id = r.user_id ORDER BY 1",
    )
    assert [tuple(row) for row in rows] == [("Asha", False), ("Ben", True)]
    assert (counted(metrics, "helpful"), counted(metrics, "unhelpful")) == (2, 1)


async def test_a_turn_that_never_was_or_was_withdrawn_takes_none(
    node: Node, ratings: Ratings, metrics: Metrics
) -> None:
    assert not await ratings.rate(uuid4(), ASHA, helpful=True)
    turn_id = await node.turns.accept(message(message_id="m"))
    assert turn_id is not None
    await node.turns.withdraw("web", "W1", "m")
    assert not await ratings.rate(turn_id, ASHA, helpful=True)
    assert counted(metrics, "helpful") is None


async def test_a_button_does_not_rename_whoever_presses_it(
    node: Node, ratings: Ratings, database_url: str
) -> None:
    turn_id = await node.turns.accept(message())
    assert turn_id is not None
    await ratings.rate((await claim(node)).id, Author("U1", "asha.k"), helpful=True)
    await ratings.rate(turn_id, Author("U3", ""), helpful=True)
    await ratings.rate(turn_id, Author("U3", "Chitra"), helpful=True)
    rows = await fetch(database_url, "SELECT name FROM users ORDER BY external_id")
    assert [row["name"] for row in rows] == ["Asha", "Chitra"]
