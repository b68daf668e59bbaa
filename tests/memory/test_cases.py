"""What others' memories get wrong, case by case: `cases/*.yaml`, one file a pain.

`said`: messages to us, one after the other, by Priya unless a name stands before, in #C1 unless a
channel does; `reply`: our answer to each. `holds`, `closed`: all facts that hold afterwards, and
all that are closed, as "subject attribute value", with "not" before the attribute of what is not
wanted and how often it was said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.conversation import Author, Outcome, Place, TurnStatus
from db.episode_writes import REMEMBER_TURNS
from tests.db.sql import execute, fetch
from tests.memory.conftest import says
from tests.memory.test_facts import House, embedder, house
from tests.turns.conftest import claim, start_node

__all__ = ["embedder", "house", "start_node"]  # fixtures

FILES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
CASES = [
    pytest.param(case, id=f"{file.stem}: {case['name']}")
    for file in FILES
    for case in yaml.safe_load(file.read_text(encoding="utf-8"))
]
_SAID = re.compile(r"(?:(?P<who>Ben): )?(?:#(?P<channel>\w+) )?(?P<text>.*)", re.DOTALL)
NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)


def test_there_are_many() -> None:
    assert len(CASES) >= 60


@pytest.mark.parametrize("case", CASES)
async def test_case(case: dict[str, Any], house: House, database_url: str) -> None:
    for text in case.get("overheard", ()):
        await house.node.turns.accept(says(Author("U2", "Ben"), "Hello"))
        await house.node.turns.finish(await claim(house.node), Outcome("Hello."))
        await house.node.turns.overhear([_message(text, 0)])
    for number, text in enumerate(case["said"]):
        message = _message(text, number)
        turn = await house.turn(message, case.get("reply", "Noted."), _status(case))
        if case.get("retried"):
            assert await house.node.turns.retry(turn.id)
            await house.node.turns.finish(await claim(house.node), Outcome("Noted."))
        if not case.get("late"):
            await house.learn()
    if case.get("late"):
        await _learn_backwards(house, database_url)
    if case.get("again"):
        await execute(database_url, "UPDATE turns SET text = text")
        for conversation in ("web/W1/C1/",):
            await house.learning.learn(turn.audience.org_id, conversation)
    holds, closed = await _facts(database_url)
    assert sorted(holds) == sorted(case["holds"])
    if "closed" in case:
        assert sorted(closed) == sorted(case["closed"])


def _message(text: str, number: int) -> Any:
    match = _SAID.fullmatch(text)
    assert match
    author = Author("U2", "Ben") if match["who"] else Author("U1", "Priya")
    message = says(author, match["text"], channel=match["channel"] or "C1", place=Place.PUBLIC)
    at = NOON + timedelta(minutes=number)
    return message.__class__(
        message.id, message.conversation, message.place, author, match["text"], at
    )


def _status(case: dict[str, Any]) -> TurnStatus:
    return TurnStatus.FAILED if case.get("retried") else TurnStatus.DONE


async def _learn_backwards(house: House, database_url: str) -> None:
    """As where a job that was held up runs after a later one's."""
    turns = await fetch(database_url, "SELECT org_id, id FROM turns ORDER BY seq DESC")
    for row in turns:
        await execute(database_url, "UPDATE turns SET learned = true")
        await execute(database_url, f"UPDATE turns SET learned = false WHERE id = '{row['id']}'")
        await house.learning.learn(row["org_id"], "web/W1/C1/")
    while job := await house.node.jobs.claim([REMEMBER_TURNS]):
        await house.node.jobs.done(job)


async def _facts(database_url: str) -> tuple[Sequence[str], Sequence[str]]:
    rows = await fetch(
        database_url, "SELECT *, valid_until IS NULL OR valid_until > now() AS holds FROM facts"
    )
    told: tuple[list[str], list[str]] = ([], [])
    for row in rows:
        subject = row["subject"] if row["about"] in ("project", "talent") else row["about"]
        times = f" ×{row['repeated'] + 1}" if row["repeated"] and row["holds"] else ""
        wanted = "not " if row["negated"] else ""
        fact = f"{subject} {wanted}{row['attribute']} {row['value']}{times}"
        told[0 if row["holds"] else 1].append(fact)
    return told
