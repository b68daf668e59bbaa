"""A short hunt for leaks; `python -m tests.memory.canaries 100000` is the long one."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.embedded import EmbeddedServers
from tests.memory.canaries import _bare, hunt


@pytest.mark.no_cover
@pytest.mark.timeout(400)
async def test_no_secret_is_told_to_whom_it_is_not_for(
    servers: EmbeddedServers, database_url: str
) -> None:
    for found in await hunt(servers, database_url, secrets=150, asks=240):
        assert found.leaks == []
        assert found.told > 40, "what may be known is told"


def test_the_conditions_are_there_to_be_taken_out() -> None:
    """Else the second half of the hunt would prove nothing."""
    for name in ("facts", "episode_search", "turn_history"):
        source = (Path(__file__).parents[2] / "db" / f"{name}.py").read_text()
        assert _bare(source) != source
