"""The loopback Discord as a process of its own, for benches: commands in and figures out, as JSON.

{"open": ["name", 10, 3, false]}  a server with 10 channels and 3 questions in each; true: each
                                  question is answered in a thread
{"dump": "…"}                     what was called on that server, and what its people saw when
"""

from __future__ import annotations

import asyncio
import sys
import time

from bench.replies import answer, commands
from tests.fakes.discord import Channel, DiscordServer


def _open(
    server: DiscordServer, name: str, channels: int, questions: int, *, threads: bool
) -> object:
    guild = server.guild(name)
    asha = guild.member("Asha")
    rooms = [guild.channel(f"casting-{number}") for number in range(channels)]
    server.limits.busiest = 0
    return {
        "api_url": server.api_url,
        "guild": guild.id,
        "token": server.token,
        "questions": [
            [room.id, room.add(asha, content="Find me a dancer").id, threads]
            for _ in range(questions)
            for room in rooms
        ],
    }


def _dump(server: DiscordServer, guild_id: str) -> object:
    to_epoch = time.time() - asyncio.get_running_loop().time()
    channels = server.guilds[guild_id].channels
    ids = {channel.id for channel in channels}
    return {
        "busiest_second": server.limits.busiest,
        "calls": [
            {"route": call.route, "at": call.at + to_epoch, "status": call.status}
            for call in server.calls
            if call.ids and call.ids[0] in ids
        ],
        "messages": [seen for channel in channels for seen in _seen(channel)],
    }


def _seen(channel: Channel) -> list[object]:
    """The replies in a channel. What follows a reply's first message goes on with it."""
    seen: list[object] = []
    question = channel.id if channel.is_thread else ""
    for message in channel.everything():
        if message.author is not channel.server.bot or not message.content:
            continue
        question = message.reference.id if message.reference else question
        seen.append(
            {
                "question": question,
                "budget": channel.id,
                "shown": message.content,
                "versions": [[version.at, version.content] for version in message.versions],
            }
        )
    return seen


async def main(latency: float) -> None:
    async with DiscordServer(latency=latency) as server:
        async for command in commands():
            match command:
                case {"open": [name, channels, questions, threads]}:
                    answer(_open(server, name, channels, questions, threads=threads))
                case {"dump": guild}:
                    answer(_dump(server, guild))
                case other:
                    raise ValueError(f"no such command: {other}")


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))
