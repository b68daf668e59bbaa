"""A short drill; `python -m tests.memory.drill` is the long one."""

from __future__ import annotations

import pytest

from tests.conftest import ExpectedLogs
from tests.folders import server_folder
from tests.memory.drill import SAID, drill


@pytest.mark.no_cover
@pytest.mark.timeout(300)
async def test_servers_die_in_the_middle_of_conversations(expected_logs: ExpectedLogs) -> None:
    expected_logs.allow_any()
    with server_folder("castmatch-drill-") as folder:
        outcome = await drill(folder, 10)
    assert outcome.is_good, outcome
    assert outcome.answered + outcome.failed == 10 * len(SAID)
    assert outcome.answered > 40
