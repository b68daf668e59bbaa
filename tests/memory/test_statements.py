"""What the rules read in casting teams' own words, sentence by sentence: `statements/*.yaml`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.conversation import Author, Place
from bot.distilling import kept
from bot.distilling.rules import read_facts
from bot.facts import About, Act, Draft
from tests.memory.conftest import says

FILES = sorted((Path(__file__).parent / "statements").glob("*.yaml"))
CASES = [
    pytest.param(case, id=f"{file.stem}: {case['said']}")
    for file in FILES
    for case in yaml.safe_load(file.read_text(encoding="utf-8"))
]
SUNDAY = datetime(2026, 5, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize("case", CASES)
def test_statement(case: dict[str, Any]) -> None:
    assert sorted(stated(case["said"])) == sorted(case.get("states", ()))


def stated(text: str) -> Sequence[str]:
    """What Priya states with it in a channel, as "subject attribute value"."""
    message = replace(says(Author("U1", "Priya"), text, place=Place.PUBLIC), sent_at=SUNDAY)
    drafts = kept(read_facts(message), message)
    return [_as_line(draft) for draft in drafts if draft.act is not Act.ENDS]


def _as_line(draft: Draft) -> str:
    subject = draft.subject if draft.about in (About.PROJECT, About.TALENT) else draft.about
    return f"{subject} {'not ' if draft.negated else ''}{draft.attribute} {draft.value}"
