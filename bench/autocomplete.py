"""What Discord suggests while somebody types, beside plain round trips to the database.

    python -m bench.autocomplete [--talents 100000] [--people 200] [--json FILE]

People of a community and of a casting team type the options of `/talent search` and `/talent show`
letter by letter, five words each. Each letter goes the whole way of an interaction: discord.py
reads it, the command tree finds the option, what the person may see is looked up (with their first
letter, which is shown apart too), the roster completes the word, and the answer is made; only the
network to Discord is left out. Between any two of them a `SELECT 1` goes through the same pool, in
the same run. The roster is invented.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any

import discord
from discord.webhook.async_ import AsyncWebhookAdapter, async_context

from adapters.afterwards import Afterwards
from adapters.discord.commands import Commands
from adapters.discord.completing import Completing
from adapters.discord.rest import Rest
from adapters.discord.talent_commands import Talents as TalentCommands
from adapters.discord.trust import Trust
from bot import vocabulary
from bot.conversation import Access
from bot.talent import LanguageSkill, Talent
from db.embedded import EmbeddedServers
from db.migrate import migrate
from db.organisations import DEFAULT_ORG_ID
from db.pool import Database
from db.talent_search import Talents
from db.talent_writes import insert
from db.talents import talent_to_row
from db.workspaces import WorkspaceSettings, link_workspace
from memory.embedder import LocalEmbedder

BATCH = 2_000
WORDS = 5
"""That each person begins."""
COMMUNITY, TEAM = "100000000000000001", "100000000000000002"
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_SYLLABLES = ["ka", "ri", "mo", "ta", "shi", "lu", "ne", "va", "du", "pra", "bha", "jo", "ghe"]
_CHANNEL = {"id": "300000000000000001", "type": 0, "name": "casting", "position": 0}
_TYPED = {"languages": "languages", "skills": "skills", "city": "cities", "union": "unions"}
"""The options of `/talent search` that are completed, by the words they are completed from."""


class Unsent(AsyncWebhookAdapter):
    """discord.py's side of answers, which go nowhere."""

    def __init__(self) -> None:
        self.answers: list[Any] = []

    async def request(self, *_: Any, payload: Any = None, **__: Any) -> Any:
        self.answers.append(payload)
        return {}


@dataclass(frozen=True, slots=True)
class Figures:
    """Milliseconds."""

    p50: float
    p95: float
    p99: float
    count: int

    @classmethod
    def of(cls, seconds: list[float]) -> Figures:
        cuts = [round(cut * 1000, 3) for cut in quantiles(seconds, n=100, method="inclusive")]
        return cls(cuts[49], cuts[94], cuts[98], len(seconds))


@dataclass(frozen=True, slots=True)
class Letter:
    """One more letter in an option."""

    guild: str
    person: int
    command: str
    option: str
    typed: str


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--talents", type=int, default=100_000)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="castmatch-bench-") as folder:
        async with EmbeddedServers(Path(folder), redis=False) as servers:
            await migrate(servers.postgres_url)
            database = await Database.connect(servers.postgres_url, min_size=2, max_size=20)
            try:
                await fill(database, options.talents)
                figures = await measure(database, options.people)
            finally:
                await database.close()
    results = {"talents": options.talents, **figures}
    show(results)
    if options.json:
        text = json.dumps(results, indent=1, default=asdict)
        await asyncio.to_thread(options.json.write_text, text)


async def fill(database: Database, count: int) -> None:
    print(f"writing {count:,} talents …", flush=True)
    began, chance = time.perf_counter(), random.Random(7)
    words = {kind: list(vocabulary.read_table(kind)) for kind in _TYPED.values()}
    for start in range(0, count, BATCH):
        rows = [
            talent_to_row(_talent(number, chance, words))
            | {
                "org_id": DEFAULT_ORG_ID,
                "source_key": str(number),
                "public_groups": ["profile"] if number % 4 else [],
            }
            for number in range(start, min(start + BATCH, count))
        ]
        async with database.session(DEFAULT_ORG_ID, Access.TEAM) as connection:
            await insert(connection, rows)
    async with database.session(DEFAULT_ORG_ID, Access.TEAM) as connection:
        await connection.execute("SELECT castmatch_talents_loaded()", timeout=600)
    async with database.queue() as connection:
        await link_workspace(connection, "discord", COMMUNITY, Access.COMMUNITY)
        await link_workspace(connection, "discord", TEAM, Access.TEAM)
    print(f"  in {time.perf_counter() - began:.0f} s", flush=True)


def _talent(number: int, chance: random.Random, words: Mapping[str, list[str]]) -> Talent:
    def some(kind: str, most: int) -> tuple[str, ...]:
        # the first of each list are met most, as in life
        weights = [1 / (place + 1) for place in range(len(words[kind]))]
        picked = chance.choices(words[kind], weights, k=chance.randint(1, most))
        return tuple(dict.fromkeys(picked))

    name = " ".join("".join(chance.choices(_SYLLABLES, k=3)).title() for _ in range(2))
    return Talent(
        id="".join(_LETTERS[number >> shift & 31] for shift in range(45, -1, -5)),
        name=name,
        city=some("cities", 1)[0],
        languages=tuple(LanguageSkill(name=each) for each in some("languages", 4)),
        skills=some("skills", 6),
        union=some("unions", 1)[0],
    )


async def measure(database: Database, people: int) -> dict[str, Any]:
    commands, state = _commands(database)
    async_context.set(unsent := Unsent())

    async def suggest(letter: Letter) -> None:
        data: Any = _payload(letter)
        await commands._call(discord.Interaction(data=data, state=state))

    for letter in _letters(20, seed=1):  # to warm up
        await suggest(letter)
    ours: list[float] = []
    first: dict[int, float] = {}
    plain: list[float] = []
    suggested = 0
    for letter in _letters(people, seed=2):
        plain.append(await _timed(database._pool.fetchval("SELECT 1")))
        ours.append(await _timed(suggest(letter)))
        first.setdefault(letter.person, ours[-1])
        suggested += bool(unsent.answers.pop()["data"]["choices"])
    return {
        "completion": Figures.of(ours),
        "a person's first": Figures.of(list(first.values())),
        "round trip": Figures.of(plain),
        "suggested": round(suggested / len(ours), 3),
    }


def _commands(database: Database) -> tuple[Commands, Any]:
    """The commands, and the state of a client as a login leaves it."""
    client = discord.Client(intents=discord.Intents.none())
    state: Any = client._connection
    state.user = discord.ClientUser(state=state, data=_user(1))
    for guild in (COMMUNITY, TEAM):
        state._add_guild_from_data({"id": guild, "name": "Actors", "channels": [_CHANNEL]})
    commands, roster = Commands(client), Talents(database, LocalEmbedder())
    trust = Trust(WorkspaceSettings(database), Rest("no token"))
    talents: Any = _Only(Completing(roster, trust))  # commands are completed and never given
    commands.add_command(TalentCommands(talents, Afterwards()))
    return commands, state


class _Only:
    def __init__(self, completing: Completing) -> None:
        self.completing = completing


def _letters(people: int, seed: int) -> Iterator[Letter]:
    """What people type: one to seven letters of some word, several people at a time."""
    chance = random.Random(seed)
    typing: list[Iterator[Letter]] = []
    for person in range(people):
        typing.append(_typed_by(person, random.Random(f"{seed} {person}")))
        if len(typing) == 10 or person + 1 == people:
            while typing:
                one = chance.choice(typing)
                letter = next(one, None)
                if letter is None:
                    typing.remove(one)
                else:
                    yield letter


def _typed_by(person: int, chance: random.Random) -> Iterator[Letter]:
    guild = chance.choice((COMMUNITY, TEAM))
    for _ in range(WORDS):
        option, kind = chance.choice([("name", "names"), *_TYPED.items()])
        if option == "name":
            word = "".join(chance.choices(_SYLLABLES, k=3))
        else:
            word = chance.choice(list(vocabulary.read_table(kind))[:60]).lower()
        command = "show" if option == "name" else "search"
        for end in range(1, min(len(word), chance.randint(3, 7)) + 1):
            yield Letter(guild, person, command, option, word[:end])


def _payload(letter: Letter) -> dict[str, Any]:
    option = {"name": letter.option, "type": 3, "value": letter.typed, "focused": True}
    group = {"name": letter.command, "type": 1, "options": [option]}
    return {
        "id": str(discord.utils.time_snowflake(discord.utils.utcnow())),
        "application_id": "1",
        "type": 4,
        "token": "a token",
        "version": 1,
        "attachment_size_limit": 1,
        "data": {"id": "1", "name": "talent", "type": 1, "options": [group]},
        "guild_id": letter.guild,
        "guild": {"id": letter.guild, "locale": "en-GB", "features": []},
        "channel": _CHANNEL,
        "authorizing_integration_owners": {"0": letter.guild},
        "context": 0,
        "member": {
            "user": _user(200_000_000_000_000_000 + letter.person),
            "roles": [],
            "joined_at": "2026-01-01T00:00:00+00:00",
            "permissions": "0",
            "flags": 0,
        },
    }


def _user(number: int) -> Any:
    return {"id": str(number), "username": "asha", "discriminator": "0", "avatar": None}


async def _timed(work: Any) -> float:
    began = time.perf_counter()
    await work
    return time.perf_counter() - began


def show(results: Mapping[str, Any]) -> None:
    print(f"\nMilliseconds over {results['talents']:,} talents.\n")
    head = ("p50", "p95", "p99", "count", "p50 in trips", "p95 in trips")
    print(f"{'':<18}" + "".join(f"{each:>14}" for each in head))
    trip: Figures = results["round trip"]
    for name in ("completion", "a person's first", "round trip"):
        one: Figures = results[name]
        cells = (one.p50, one.p95, one.p99, one.count, one.p50 / trip.p50, one.p95 / trip.p95)
        print(f"{name:<18}" + "".join(f"{cell:>14,.2f}" for cell in cells))
    print(f"\n{results['suggested']:.0%} of the letters had something to suggest.")


if __name__ == "__main__":
    asyncio.run(main())
