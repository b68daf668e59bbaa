"""A conversation with the product in a Slack emulator that others wrote (npm: `local-slack`).

The emulator listens on every interface, so this runs as a process in a network namespace of its
own (see `test_emulator.py`). What everybody said is printed as JSON: for each channel the author,
the thread and the text of each message.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import socket
import struct
import sys
from pathlib import Path
from typing import Any

import aiohttp

from tests.folders import server_folder
from tests.processes.castmatch import serving
from tests.waiting import wait_until

PORT = 3999
URL = f"http://127.0.0.1:{PORT}"
BOT, ASHA, CASTING, DM = "U0CASTBOT1", "U0ASHARAO1", "C0CASTING1", "D0ASHABOT1"
CONFIG = {
    "workspace": {"name": "Acme Casting", "domain": "acme-casting", "teamId": "T0ACMECAST"},
    "apps": [
        {
            "appId": "A0CASTMATCH",
            "botUserId": BOT,
            "botName": "CastMatch",
            "botToken": "xoxb-for-tests",
            "appToken": "xapp-for-tests",
            "mode": "socket",
        }
    ],
    "users": [{"id": ASHA, "name": "asha", "real_name": "Asha"}],
    "channels": [
        {"id": CASTING, "name": "casting", "members": [ASHA, BOT]},
        {"id": DM, "name": "dm", "is_im": True, "is_channel": False, "members": [ASHA, BOT]},
    ],
}


class Emulator:
    """The emulator's control API."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def is_up(self) -> bool:
        try:
            async with self._session.get(f"{URL}/_control/state") as response:
                return response.status == 200
        except aiohttp.ClientError:
            return False

    async def says(self, channel: str, text: str, thread: str | None = None) -> str:
        body = {"channel": channel, "user": ASHA, "text": text, "thread_ts": thread}
        async with self._session.post(f"{URL}/_control/message", json=body) as response:
            return str((await response.json())["message"]["ts"])

    async def messages(self, channel: str) -> list[dict[str, Any]]:
        async with self._session.get(f"{URL}/_control/messages/{channel}") as response:
            messages: list[dict[str, Any]] = (await response.json())["messages"]
            return messages

    async def answered(self, channel: str, times: int) -> None:
        """Return once the bot has finished so many answers: they end with feedback buttons."""

        async def finished() -> bool:
            mine = [m for m in await self.messages(channel) if m["user"] == BOT]
            ends = [m["blocks"][-1]["type"] for m in mine if m.get("blocks")]
            return ends.count("context_actions") >= times

        await wait_until(finished, seconds=30)


async def talk(session: aiohttp.ClientSession) -> dict[str, list[list[str]]]:
    slack = Emulator(session)
    ts = await slack.says(CASTING, f"<@{BOT}> women 24-30 who speak Marathi")
    await slack.answered(CASTING, 1)
    await slack.says(CASTING, "only those in Pune", thread=ts)
    await slack.answered(CASTING, 2)
    await slack.says(DM, "dancers in Mumbai")
    await slack.answered(DM, 1)
    said = {}
    for channel in (CASTING, DM):
        messages = await slack.messages(channel)
        said[channel] = [[m["user"], m.get("thread_ts") or "", m["text"]] for m in messages]
    return said


async def main(binary: str) -> None:
    _loopback_up()
    settings = {
        "SLACK_API_URL": f"{URL}/api/",
        "SLACK_BOT_TOKEN": "xoxb-for-tests",
        "SLACK_APP_TOKEN": "xapp-for-tests",
    }
    with server_folder("castmatch-emulated-") as folder:
        emulator = await asyncio.create_subprocess_exec(
            binary, "--config", _config(folder), "--port", str(PORT), "--base-host", "127.0.0.1",
            stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            async with aiohttp.ClientSession() as session:
                await wait_until(Emulator(session).is_up, seconds=20)
                async with serving(folder, **settings) as server:
                    await wait_until(lambda: "slack_connected" in server.log)
                    said = await talk(session)
        finally:
            emulator.kill()
            await emulator.wait()
    print(json.dumps(said))  # noqa: T201 # what this process is for


def _config(folder: Path) -> str:
    path = folder / "local-slack.json"
    path.write_text(json.dumps(CONFIG))
    return str(path)


def _loopback_up() -> None:
    """A new namespace has its loopback down."""
    with socket.socket() as any_socket:
        up_and_running = struct.pack("16sh", b"lo", 0x1 | 0x40)
        fcntl.ioctl(any_socket, 0x8914, up_and_running)  # SIOCSIFFLAGS


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
