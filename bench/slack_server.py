"""The loopback Slack as a process of its own, for benches: commands in and figures out, as JSON.

{"open": ["name", 25, 4]}  a workspace with 25 channels and 4 questions in each
{"dump": "T…"}             what was called in that workspace, and what its people saw when
"""

from __future__ import annotations

import asyncio
import time

from bench.replies import answer, commands
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
            for message in sorted(channel.everything(), key=lambda message: float(message.ts))
            if message.author is workspace.bot
        ],
    }


def _seen(message: Message) -> object:
    return {
        "question": f"{message.channel.id}/{message.thread_ts}",
        "budget": message.channel.workspace.id,
        "shown": message.shown,
        "versions": [[version.at, version.text] for version in message.versions],
    }


async def main() -> None:
    async with SlackServer() as server:
        async for command in commands():
            match command:
                case {"open": [name, channels, questions]}:
                    answer(_open(server, name, channels, questions))
                case {"dump": team}:
                    answer(_dump(server, team))
                case other:
                    raise ValueError(f"no such command: {other}")


if __name__ == "__main__":
    asyncio.run(main())
