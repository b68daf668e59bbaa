"""The memory bench reads what it is given, and counts as it says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from bench.memory_judge import judge
from bench.memory_run import Bench
from bench.memory_slack import invented
from bench.memory_talks import read_locomo
from db.pool import Database
from memory import remembering
from memory.token_embedder import TokenEmbedder

SAMPLE = {
    "sample_id": "invented-1",
    "conversation": {
        "speaker_a": "Asha",
        "speaker_b": "Ben",
        "session_1_date_time": "9:05 am on 3 May, 2026",
        "session_1": [
            {"speaker": "Asha", "dia_id": "D1:1", "text": "We cast in Pune"},
            {"speaker": "Ben", "dia_id": "D1:2", "text": "Look", "blip_caption": "a stage"},
        ],
        "session_2_date_time": "4:00 pm on 9 May, 2026",
        "session_2": [{"speaker": "Asha", "dia_id": "D2:1", "text": "Now in Nashik"}],
    },
    "qa": [
        {"question": "Where?", "answer": "Pune", "evidence": ["D1:1; D2:1", "D"], "category": 1},
        {"question": "What?", "answer": "", "evidence": ["D9:9"], "category": 5},
        {"question": "Who?", "answer": "", "category": 3},
    ],
}


def test_a_file_of_conversations_is_read(tmp_path: Path) -> None:
    file = tmp_path / "talks.json"
    file.write_text(json.dumps([SAMPLE]))
    [talk] = read_locomo(file)
    assert [one.episode.text for one in talk.said] == [
        "We cast in Pune",
        "Look [shares a stage]",
        "Now in Nashik",
    ]
    assert {one.scope for one in talk.said} == {"channel/bench/talks/invented-1"}
    assert [f"{one.episode.at:%d %H:%M}" for one in talk.said] == [
        "03 09:05",
        "03 09:05",
        "09 16:00",
    ]
    assert [question.gold for question in talk.questions] == [{"D1:1", "D2:1"}, set(), set()]
    assert talk.inquiry(talk.questions[0]).scopes[0] == talk.said[0].scope


def test_of_a_malformed_file_what_can_be_read_is_read(tmp_path: Path) -> None:
    asha = {"speaker": "Asha", "text": "We cast in Pune"}
    odd = {
        "conversation": {
            "session_2": [{**asha, "dia_id": "D2:1"}, {"speaker": "Ben", "dia_id": "D2:2"}],
            "session_2_date_time": "9:05 am on 3 May, 2026",
            "session_3_date_time": "9:05 am on 4 May, 2026",
            "session_7": [{**asha, "dia_id": "D7:5", "blip_caption": None}],
            "session_7_date_time": "some day",
            "session_11": [{**asha, "dia_id": "D11:1"}],
        },
        "qa": [
            {"question": "Where?", "evidence": "D:2:1 and D7:05", "category": 1},
            {"question": "Where?", "evidence": None, "category": "4"},
            {"question": None, "evidence": ["D99:1", "D"], "category": 5},
        ],
    }
    file = tmp_path / "talks.json"
    file.write_text(json.dumps([odd, {"conversation": {}, "qa": []}]))
    [talk] = read_locomo(file)
    assert [one.episode.message_id for one in talk.said] == ["D2:1", "D2:2", "D7:5", "D11:1"]
    assert [one.episode.at.day for one in talk.said] == [3, 3, 4, 5]
    assert [question.gold for question in talk.questions] == [{"D2:1", "D7:5"}, set(), set()]


async def test_it_asks_when_every_episode_has_its_vector(
    database: Database,
    database_url: str,
    token_embedder: TokenEmbedder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One job embeds some of a backlog."""
    monkeypatch.setattr(remembering, "_BATCH", 1)
    monkeypatch.setattr(remembering, "_ROUNDS", 1)
    file = tmp_path / "talks.json"
    file.write_text(json.dumps([SAMPLE]))
    owner = await asyncpg.connect(database_url)
    try:
        await Bench(database, owner, read_locomo(file)).write(token_embedder)
        assert await owner.fetchval("SELECT count(*) FROM episodes WHERE embedder <> ''") == 3
    finally:
        await owner.close()


def test_it_can_be_run_as_a_script_from_anywhere(tmp_path: Path) -> None:
    """In its folder it would pass for the package `memory`."""
    script = Path(__file__).parents[2] / "bench" / "memory.py"
    ran = subprocess.run(  # our own script
        [sys.executable, script, "--help"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "--others" in ran.stdout


def test_recall_and_ndcg() -> None:
    figures = judge(frozenset("ab"), ["x", "a", *"cdefgh", "b"])
    assert (figures["recall@5"], figures["recall@10"]) == (0.5, 1.0)
    assert figures["ndcg@10"] == pytest.approx((0.6309 + 0.3010) / (1 + 0.6309), abs=1e-3)
    assert judge(frozenset("a"), [])["recall@50"] == 0


def test_the_invented_workspace_is_the_same_each_time() -> None:
    first, again = (invented()[0] for _ in range(2))
    assert [one.episode for one in first.said] == [one.episode for one in again.said]
    assert first.questions == again.questions
    kept = set(first.message_ids.values())
    assert all(question.gold <= kept and question.gold for question in first.questions)
    for question in first.questions:
        scopes = first.inquiry(question).scopes
        answers = {one.scope for one in first.said if one.episode.message_id in question.gold}
        assert answers <= set(scopes), "whoever asks may know the answer"
    assert len(kept) == len(first.said)
