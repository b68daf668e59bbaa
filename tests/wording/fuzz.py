"""Any text at all through the parser: `fuzz(100_000, seed)` is the long run."""

from __future__ import annotations

import json
import random
from datetime import date
from pathlib import Path

import yaml

from bot.talent import Filters, TalentQuery
from bot.wording import parse, read_request

TODAY = date(2026, 11, 23)
_ALPHABETS = (
    "abcdefghijklmnopqrstuvwxyz ",
    " 0123456789-–,./:'\"₹$£€+%()[]{}",
    "अआइईउकखगघचजटडतदनपबमयरलवशसह ािीुूेैोौं़्।",
    "éñüßİıﬁŒ\u0301\u200d\u200b\u0000\n\t\r\U0001f3ac🎭👩‍🎤٣५",
)


def fuzz(count: int, seed: int) -> None:
    """Read `count` texts made up from the tables and from noise; raises on the first that crashes
    the parser, or whose query is not valid or does not survive JSON."""
    rng = random.Random(seed)
    said = [row[0] for path in _tables() for row in yaml.safe_load(path.read_text("utf-8"))]
    tokens = [token for text in said for token in text.split()]
    previous = parse("women in Pune, 20-30, Marathi or Hindi, under 20k a day", today=TODAY)
    for number in range(count):
        text = _text(rng, said, tokens)
        try:
            query = parse(text, today=TODAY, previous=previous if number % 3 == 0 else None)
            read_request(text, has_results=number % 2 == 0, has_query=True)
            _check(query)
        except Exception as error:
            error.add_note(f"seed {seed}, text {number}: {text!r}")
            raise


def _text(rng: random.Random, said: list[str], tokens: list[str]) -> str:
    match rng.randrange(4):
        case 0:
            return "".join(rng.choice(rng.choice(_ALPHABETS)) for _ in range(rng.randrange(60)))
        case 1:
            return " ".join(rng.choice(tokens) for _ in range(rng.randrange(25)))
        case 2:
            return rng.choice((", ", ". ", " but ", "\n", " or ")).join(rng.sample(said, 2))
    text = list(rng.choice(said))
    for _ in range(rng.randrange(1, 6)):
        at = rng.randrange(len(text) + 1)
        text[at : at + rng.randrange(2)] = rng.choice(rng.choice(_ALPHABETS))
    return "".join(text)


def _check(query: TalentQuery) -> None:
    stored = query.model_dump_json(by_alias=True)
    assert TalentQuery.model_validate_json(stored) == query
    shown = json.loads(json.dumps(query.to_json(), ensure_ascii=False))
    assert Filters.model_validate(shown["filters"]) == query.filters
    ages = query.filters.playing_age
    assert ages is None or any(b is not None and b >= 0 for b in (ages.min, ages.max))


def _tables() -> list[Path]:
    return sorted((Path(__file__).parent / "cases").glob("*.yaml"))
