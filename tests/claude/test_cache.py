"""What Claude's cache can keep of a request: the same bytes from its start, and breakpoints where
they are found again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from bot.claude import Claude
from bot.conversation import PastTurn
from bot.tool_definitions import SCHEMAS
from bot.tools import Toolbox
from tests.claude.conftest import ask, past, turn
from tests.fakes.claude import ClaudeServer, Request

SEARCH = ("search_talents", {"filters": {"languages": ["Marathi"]}})

_HEAD = """
import hashlib, json
from bot.claude.messages import system
from bot.tool_definitions import SCHEMAS
print(hashlib.sha256(json.dumps([SCHEMAS, system()]).encode()).hexdigest())
"""


def breakpoints(request: Request) -> list[tuple[str, int]]:
    """Where they stand: in the system prompt, or in the message of which number."""
    found = [("system", n) for n, block in enumerate(request.body["system"]) if _marked(block)]
    for number, message in enumerate(request.body["messages"]):
        blocks = message["content"]
        found += [(message["role"], number) for block in blocks if _marked(block)]
        assert not any(_marked(block) for block in blocks[:-1]), "each at a message's end"
    return found


def _marked(block: dict[str, Any]) -> bool:
    return "cache_control" in block


def test_every_process_sends_the_same_tools_and_prompt() -> None:
    heads = set()
    for seed in ("0", "1", "4242"):
        env = {**os.environ, "PYTHONHASHSEED": seed, "TZ": f"Etc/GMT+{seed[0]}"}
        done = subprocess.run(
            [sys.executable, "-c", _HEAD], env=env, capture_output=True, check=True, text=True
        )
        heads.add(done.stdout)
    assert len(heads) == 1


def test_filters_are_described_once() -> None:
    named = {schema["name"]: schema for schema in SCHEMAS}
    search, similar = (named[name]["input_schema"] for name in ("search_talents", "find_similar"))
    assert "search_talents" in similar["properties"]["filters"]["description"]
    assert '"description"' not in json.dumps(similar["$defs"])
    assert similar["$defs"].keys() == search["$defs"].keys()
    for name, definition in similar["$defs"].items():
        assert definition["properties"].keys() == search["$defs"][name]["properties"].keys()


async def test_breakpoints_stand_at_the_prompt_the_last_past_turn_and_the_end(
    server: ClaudeServer, claude: Claude, toolbox: Toolbox
) -> None:
    history = [past(turn(f"Q{n}"), f"A{n}") for n in range(3)]
    server.reply(tools=[SEARCH])
    server.reply(tools=[SEARCH])
    server.reply(text="Here.")
    await ask(claude, turn("And?"), toolbox, history)
    first, second, third = map(breakpoints, server.requests)
    assert first == [("system", 0), ("assistant", 5), ("user", 6)]
    assert second == [*first, ("user", 8)]
    assert third == [*first[:2], ("user", 8), ("user", 10)]
    kept = [block["cache_control"] for block in server.requests[0].body["system"]]
    assert kept == [{"type": "ephemeral", "ttl": "1h"}], "people answer after minutes"


async def test_a_round_of_many_tools_is_read_from_where_the_round_before_ended(
    server: ClaudeServer, claude: Claude, toolbox: Toolbox
) -> None:
    history: list[PastTurn] = [past(turn(f"Q{n}"), f"A{n} " * 50) for n in range(8)]
    server.reply(text="Let me look.", tools=[SEARCH] * 14)
    server.reply(text="Here.")
    await ask(claude, turn("All of them, " + "please " * 500), toolbox, history)
    first, second = server.requests
    assert second.cached.read == first.cached.read + first.cached.written
