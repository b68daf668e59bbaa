"""The drill: whatever happens between Slack and us, each message is answered once.

    python -m tests.slack.drill 2000

Every event is delivered three times, acknowledgements are delayed (some beyond Slack's patience),
the socket is cut every five seconds, and Slack answers a part of our calls with 500, drops the
connection or never answers, before or after having posted.
"""

from __future__ import annotations

import asyncio
import itertools
import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from redis.asyncio import Redis
from slack_sdk.oauth.installation_store.models.installation import Installation

from adapters.slack.clients import Clients
from adapters.slack.installations import Installations
from bot.running import beside
from db.pool import Database
from db.vault import Vault
from tests.drilling import PATIENCE, Said, Tally, all_ended, quiet_stores
from tests.fakes.slack import Channel, Person, SlackServer
from tests.slack.at_work import KEY, Echo, at_work, config, oauth
from tests.waiting import wait_until

WRITERS = 60
"""People who write, each the next message when the last one is answered."""


@dataclass(frozen=True)
class Hardship:
    """How bad it gets. Seconds, and shares of calls."""

    cut_every: float = 5.0
    ack_seconds: float = 3.0
    ack_delays: tuple[float, ...] = (0.0, 0.5, 3.5, 0.1)
    """Of one socket after the other."""
    call_seconds: float = 3.0
    time_factor: float = 0.02
    """Of Slack's minutes between deliveries."""
    deliveries: int = 3
    failures: float = 0.05
    """Of each kind."""


@dataclass
class Outcome(Tally):
    events: int = 0
    attempts: int = 0
    sockets: int = 0
    acknowledged: list[float] = field(default_factory=list)

    def report(self) -> str:
        took = sorted(self.acknowledged)
        return (
            f"{super().report()}\n"
            f"{self.events} events sent {self.attempts} times over {self.sockets} sockets\n"
            f"stored and acknowledged within {took[len(took) // 2]:.2f} s (half),"
            f" {took[int(len(took) * 0.99)]:.2f} s (99 %), delays on the way included"
        )


async def drill(
    messages: int, database: Database, redis: Redis, *, workspaces: int, hardship: Hardship
) -> Outcome:
    """People write `messages`: mentions, follow-ups and direct messages. What came of it."""
    outcome, began = Outcome(), time.monotonic()
    async with SlackServer(
        ack_seconds=hardship.ack_seconds, time_factor=hardship.time_factor
    ) as slack:
        slack.limits.off()
        slack.events.times = hardship.deliveries
        people = await _install(slack, database, workspaces)
        _spoil(slack, hardship.failures)
        settings = config(slack, **oauth(slack), call_seconds=hardship.call_seconds)
        async with at_work(settings, database, redis, Echo()), beside(_cut(slack, hardship)):
            await wait_until(lambda: slack.sockets.open)
            numbers = iter(range(messages))
            await asyncio.gather(*(_write(person, numbers, outcome) for person in people))
            await wait_until(lambda: not slack.deliveries.open, seconds=PATIENCE)
            await wait_until(lambda: all_ended(database), seconds=PATIENCE)
        outcome.seconds = time.monotonic() - began
        outcome.events = len(slack.deliveries.all)
        outcome.attempts = sum(len(delivery.attempts) for delivery in slack.deliveries.all)
        outcome.sockets = len(slack.sockets.all)
        outcome.faults = sum(not call.answered for call in slack.calls)
        outcome.acknowledged = [d.took for d in slack.deliveries.all if d.acknowledged_at]
    return outcome


async def _install(slack: SlackServer, database: Database, workspaces: int) -> list[Person]:
    """The app in so many workspaces, and the writers in them."""
    people = []
    async with Clients.open(slack.api_url) as clients:
        vault = Vault(database, [KEY])
        store = Installations(vault, clients, slack.app.client_id, slack.app.client_secret)
        for number in range(workspaces):
            team = slack.workspace(f"Team {number}")
            await store.async_save(
                Installation(
                    team_id=team.id,
                    user_id=team.bot.id,
                    bot_token=team.bot_token,
                    bot_id=team.bot.bot_id,
                    bot_user_id=team.bot.id,
                )
            )
            people += [team.person(f"Asha {n}") for n in range(WRITERS // workspaces)]
    return people


async def _write(person: Person, numbers: Iterator[int], outcome: Outcome) -> None:
    team, thread = person.home, ""
    casting, direct = team.channel(f"casting-{person.id.lower()}", person), team.dm(person)
    for number in numbers:
        text = f"message {number}"
        if number % 5 == 0:
            await person.says(direct, text)
            said = Said(text, _answers(text, direct, None))
        elif number % 5 == 1 and thread:
            await person.says(casting, text, thread)
            said = Said(text, _answers(text, casting, thread))
        else:
            thread = await person.says(casting, f"{team.bot.mention} {text}")
            said = Said(text, _answers(text, casting, thread))
        outcome.messages.append(said)
        with suppress(AssertionError):  # then it is counted as never answered
            await wait_until(said.answers, seconds=PATIENCE)


def _answers(text: str, channel: Channel, thread: str | None) -> Callable[[], int]:
    return lambda: sum(m.text == f"You said: {text}" for m in channel.from_bot(thread))


def _spoil(slack: SlackServer, share: float) -> None:
    """Calls fail in every way that there is."""
    for method in ("chat.postMessage", "chat.update"):
        for acts in (False, True):
            slack.fail(method, status=500, acts=acts, share=share, times=math.inf)
            slack.fail(method, timeout=True, acts=acts, share=share / 5, times=math.inf)
        slack.fail(method, lose_answer=True, share=share, times=math.inf)
    for method in ("users.info", "conversations.info", "conversations.replies"):
        slack.fail(method, status=500, share=share, times=math.inf)
    slack.fail("apps.connections.open", status=503, share=share, times=math.inf)


async def _cut(slack: SlackServer, hardship: Hardship) -> None:
    """Cut every socket, now and again; the next one's acknowledgements are slower or quicker."""
    for delay in itertools.cycle(hardship.ack_delays):
        slack.sockets.ack_delay = delay
        await asyncio.sleep(hardship.cut_every)
        for socket in slack.sockets.open:
            socket.cut()


async def main(messages: int) -> bool:
    """The whole drill on servers of its own; whether each message was answered once."""
    async with quiet_stores() as (database, redis):
        outcome = await drill(messages, database, redis, workspaces=10, hardship=Hardship())
    print(outcome.report())  # noqa: T201 - this is its output
    return outcome.count(once=True) == messages


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(main(int(sys.argv[1]))) else 1)
