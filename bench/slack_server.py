"""The loopback Slack as a process of its own, for benches: commands in and figures out, as JSON.

{"open": ["name", 25, 4]}  a workspace with 25 channels and 4 questions in each
{"dump": "T…"}             what was called in that workspace, and what its people saw when
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

from tests.fakes.slack import Message, SlackServer


def _open(server: SlackServer, name: str, channels: int, questions: int) -> object:
    team = server.workspace(name)
    asha = team.person("Asha")
    rooms = [team.channel(f"casting-{number}", asha) for number in range(channels)]
    return {
        "api_url": server.api_url,
        "team": team.id,
        "token": team.bot_token,
        "questions": [
            [room.id, room.add(asha, "Find me a dancer").ts]
            for _ in range(questions)
            for room in rooms
        ],
    }


def _dump(server: SlackServer, team: str) -> object:
    to_epoch = time.time() - asyncio.get_running_loop().time()
    calls = [call for call in server.calls if call.token and call.token.workspace]
    workspace = server.workspaces[team]
    return {
        "calls": [
            {
                "method": call.method,
                "at": call.at + to_epoch,
                "outcome": call.outcome,
                "channel": call.text("channel") or call.text("channel_id"),
                "thread": call.text("thread_ts"),
                "ts": call.text("ts"),
                "status": call.text("status"),
            }
            for call in calls
            if call.workspace is workspace
        ],
        "messages": [
            _seen(message)
            for channel in workspace.channels.values()
            for message in channel.everything()
            if message.author is workspace.bot
        ],
    }


def _seen(message: Message) -> object:
    return {
        "channel": message.channel.id,
        "thread": message.thread_ts,
        "ts": message.ts,
        "page": message.metadata_payload.get("page", 0),
        "shown": message.shown,
        "versions": [[version.at, version.text] for version in message.versions],
    }


async def main() -> None:
    reader = asyncio.StreamReader(limit=2**20)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    async with SlackServer() as server:
        while line := await reader.readline():
            match json.loads(line):
                case {"open": [name, channels, questions]}:
                    answer = _open(server, name, channels, questions)
                case {"dump": team}:
                    answer = _dump(server, team)
                case other:
                    raise ValueError(f"no such command: {other}")
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
