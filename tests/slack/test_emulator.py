"""The product talks to a Slack that we did not write, where one is installed."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from asyncio.subprocess import PIPE

import pytest

from tests.slack.emulated import ASHA, BOT, CASTING, DM

EMULATOR = shutil.which("local-slack")
ALONE = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "-r", "--net"]
"""A network of its own, since the emulator listens on every interface."""


def _can_be_alone() -> bool:
    return bool(shutil.which("unshare")) and not subprocess.call([*ALONE, "true"])


@pytest.mark.skipif(not EMULATOR, reason="no local-slack here: npm install -g local-slack")
@pytest.mark.skipif(
    bool(EMULATOR) and not _can_be_alone(), reason="no network namespaces here (Linux, unshare)"
)
async def test_a_mention_a_follow_up_and_a_direct_message() -> None:
    process = await asyncio.create_subprocess_exec(
        *ALONE, sys.executable, "-m", "tests.slack.emulated", str(EMULATOR),
        stdout=PIPE, stderr=PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    said = json.loads(out)
    (asked, _, _), answer, refined, second = said[CASTING]
    assert (asked, answer[0], refined[0], second[0]) == (ASHA, BOT, ASHA, BOT)
    assert answer[1] == refined[1] == second[1] != ""
    assert "Marathi" in answer[2]
    assert "in Pune" in second[2]
    assert [author for author, _, _ in said[DM]] == [ASHA, BOT]
