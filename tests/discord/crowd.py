"""A community's members who try whatever Discord lets them, to get at what is the team's alone."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field

from tests.fakes.discord import Channel, DiscordServer, Guild, Interaction, Message
from tests.fakes.discord import Person as Member
from tests.fakes.discord.commands import BOOLEAN, INTEGER, NUMBER, SLASH, SUBCOMMAND
from tests.fakes.discord.components import BUTTON, SELECTS
from tests.fakes.discord.interactions import COMPONENT
from tests.fakes.discord.message import walk
from tests.fakes.discord.wire import Json
from tests.talents.guesses import Guesses, Roster

CANARY = re.compile(r"zq[a-z]+\d+x|(?<!\w)98765\d{4}(?!\w)", re.IGNORECASE)
_SAID_APART = re.compile(r"(?<=\d),(?=\d)")
_KEPT = 300
_PATIENCE = 120.0


@dataclass
class Crowd:
    """A community's server, with people who want to know more than they may."""

    discord: DiscordServer
    guild: Guild
    roster: Roster
    """As far as the attackers know it."""
    chance: random.Random
    forgeable: list[str]
    """Ids of turns and searches of the team's."""
    rooms: list[Channel] = field(default_factory=list)
    team_room: Channel = field(init=False)
    people: list[Member] = field(default_factory=list)
    trusted: list[Member] = field(default_factory=list)
    admins: list[Member] = field(default_factory=list)
    answers: list[tuple[Member, Message]] = field(default_factory=list)
    made: Counter[str] = field(default_factory=Counter)
    unanswered: list[str] = field(default_factory=list)
    _turn: int = 0

    def __post_init__(self) -> None:
        self.guesses = Guesses(self.roster, self.chance)

    # --- attempts --------------------------------------------------------------------------------

    async def attempt(self) -> None:
        ways: Mapping[str, Callable[[Member], Awaitable[Interaction | None]]] = {
            "command": self._command,
            "suggestion": self._suggestion,
            "question": self._question,
            "direct question": self._direct,
            "menu of a message": self._menu,
            "button or menu": self._press,
            "forged": self._forge,
            "share": self._share,
            "trusted in public": self._trusted,
        }
        way = self.chance.choices(list(ways), (22, 16, 12, 8, 8, 14, 10, 6, 4))[0]
        self._turn += 1
        person = self.people[self._turn % len(self.people)]
        act = await ways[way](person)
        self.made[way] += 1
        if act is None:
            return
        await act.finished(_PATIENCE)
        if act.failed:
            self.unanswered.append(f"{way}: {act}")
        for message in filter(None, (act.message, *act.followups)):
            if message.components and not message.deleted:
                self.answers = [*self.answers[-_KEPT:], (act.person, message)]

    async def _command(self, person: Member) -> Interaction:
        commands = self.commands()
        line = min(commands, key=lambda one: (self.made[one], self.chance.random()))
        known = commands[line]
        needed = [option for option in known if option.get("required")]
        others = [option for option in known if not option.get("required")]
        some = self.chance.sample(others, min(self.chance.randint(needed == [], 3), len(others)))
        options = {option["name"]: self._value(option) for option in (*needed, *some)}
        self.made[line] += 1
        if line.startswith("/castmatch"):
            person = self.chance.choice(self.admins)
        return await person.commands(self._room(), line, **options)

    def commands(self) -> dict[str, list[Json]]:
        """Every command that there is, with its options."""
        found: dict[str, list[Json]] = {}
        for command in self.discord.commands.everywhere:
            if command["type"] != SLASH:
                continue
            options = command.get("options") or []
            inside = [one for one in options if one["type"] == SUBCOMMAND]
            for one in inside:
                found[f"/{command['name']} {one['name']}"] = one.get("options") or []
            if not inside:
                found[f"/{command['name']}"] = options
        return found

    def _value(self, option: Json) -> object:
        if option.get("choices"):
            return self.chance.choice(option["choices"])["value"]
        if option["type"] == BOOLEAN:
            return self.chance.random() < 0.5
        if option["type"] in (INTEGER, NUMBER):
            return self.chance.randint(option.get("min_value", 1), option.get("max_value", 30))
        words: dict[str, Callable[[], str]] = {
            "text": self.guesses.question,
            "age": lambda: f"{self.chance.randint(18, 50)}-{self.chance.randint(50, 80)}",
            "available": lambda: f"{self.chance.randint(1, 28)} December",
        }
        return words.get(option["name"], self._word)()[: option.get("max_length", 300)]

    def _word(self) -> str:
        return self.chance.choice((self.guesses.word(), self.chance.choice(self.roster.ids)))

    async def _suggestion(self, person: Member) -> None:
        completed = [
            (line, option["name"])
            for line, options in self.commands().items()
            for option in options
            if option.get("autocomplete")
        ]
        line, option = self.chance.choice(completed)
        begun = self.guesses.word()[: self.chance.randint(0, 12)]
        if self.chance.random() < 0.2:
            begun = f"Hindi, {begun}"
        await person.autocompletes(self._room(), line, option, begun)

    async def _question(self, person: Member) -> None:
        bot = self.discord.bot.mention
        await person.says(self._room(), f"{bot} {self._asked()}")

    async def _direct(self, person: Member) -> None:
        await person.says(person.dm, self._asked())

    def _asked(self) -> str:
        return self.chance.choice((self.guesses.question, self.guesses.word))()

    async def _menu(self, person: Member) -> Interaction:
        room = self._room()
        said = await person.says(room, self.guesses.question())
        return await person.menu("Find talents for this", said)

    async def _press(self, person: Member) -> Interaction | None:
        """Something that stands below an answer: of their own, or of somebody's in a room."""
        public = [m for m in self._room().from_bot() if m.components]
        if public and self.chance.random() < 0.5:
            message = self.chance.choice(public)
        elif self.answers:
            person, message = self.chance.choice(self.answers)
        else:
            return None
        parts = [c for c in walk(message.components) if c["type"] in (BUTTON, *SELECTS)]
        if message.deleted or not parts or "custom_id" not in (part := self.chance.choice(parts)):
            return None
        if part["type"] == BUTTON:
            return await person.clicks(message, part["custom_id"])
        return await person.chooses(
            message, part["custom_id"], self.chance.choice(part["options"])["value"]
        )

    async def _forge(self, person: Member) -> Interaction | None:
        """A button or menu that was never there, with ids of others in it."""
        room = self._room()
        if not (there := room.from_bot()):
            return None
        talent, other = self.chance.choice(self.roster.ids), self.chance.choice(self.forgeable)
        custom_id = self.chance.choice(
            (
                f"show_talent:{talent}", "show_talent:", f"similar_talents:{talent}",
                f"shortlist_talent::{talent}", f"unlist_talent::{talent}", f"show_from:{other}",
                f"list_from:{other}", f"list_found:{other}:0", "unlist_from:",
                f"page_search:{other}:0", f"share_search:{other}:0", f"drop_filter:{other}",
                f"retry_reply:{other}", f"rate_reply:{other}:helpful", f"stop_reply:{other}",
                "setup:", "forget_me:me", "allow_guests:allow",
            )
        )  # fmt: skip
        value = self.chance.choice((talent, f"shortlist_talent::{talent}", "text"))
        data = {"component_type": 3, "custom_id": custom_id, "id": 1, "values": [value]}
        return await self.discord.interactions.send(
            COMPONENT, person, room, data, source=self.chance.choice(there), name=custom_id
        )

    async def _share(self, person: Member) -> Interaction | None:
        return await self._finds_and_shares(person, self._room())

    async def _trusted(self, _: Member) -> Interaction | None:
        """Somebody who sees everything asks, or shares what they found, where all can read it."""
        person, room = self.chance.choice(self.trusted), self._room()
        if self.chance.random() < 0.5:
            await person.says(room, f"{self.discord.bot.mention} {self._asked()}")
        else:
            await self._finds_and_shares(person, room)
        if self.chance.random() < 0.3:
            await person.says(
                self.chance.choice((self.team_room, person.dm)),
                f"{self.discord.bot.mention} {self._asked()}",
            )
        return None  # what they see alone is theirs

    async def _finds_and_shares(self, person: Member, room: Channel) -> Interaction | None:
        found = await person.commands(room, "/talent search", text="dancers")
        await found.finished(_PATIENCE)
        if not found.message or "[Share in channel]" not in found.message.labels():
            return found
        return await (await person.clicks(found.message, "Share in channel")).finished(_PATIENCE)

    def _room(self) -> Channel:
        return self.chance.choice(self.rooms)

    # --- what came of them -----------------------------------------------------------------------

    def readable(self) -> Iterator[str]:
        """All that our app sent to Discord, but what trusted people alone can read."""
        places = {self.team_room.id, *(person.dm.id for person in self.trusted)}
        tokens = {
            token
            for token, act in self.discord.interactions.all.items()
            if act.person in self.trusted
        }
        for call in self.discord.calls:
            if call.body is not None and not {*call.ids} & (places | tokens):
                yield json.dumps(call.body, ensure_ascii=False)
        for channel in self.discord.channels.values():
            for message in channel.everything() if channel.id not in places else ():
                if message.author is self.discord.bot and message.visible_to not in self.trusted:
                    for shown in message.versions:
                        yield f"{shown.content} {shown.embeds} {shown.components}"

    def leaks(self) -> list[str]:
        """The canaries that nobody typed, each where it stands."""
        known = {word.casefold() for word in self.roster.canaries}
        known |= {str(n + more) for n in self.roster.amounts for more in (0, 10, 1000)}
        found: dict[str, str] = {}
        for text in self.readable():
            told = _SAID_APART.sub("", text)
            for canary in CANARY.finditer(told):
                if canary[0].casefold() not in known:
                    where = told[max(0, canary.start() - 80) : canary.end() + 20]
                    found.setdefault(canary[0], f"{canary[0]}: …{where}…")
        return list(found.values())
