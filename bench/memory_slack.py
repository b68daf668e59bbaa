"""An invented workspace that casts: people, channels, direct messages, facts that change with time,
and questions whose answers are known. All of it is made up, and the same each time."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bench.memory_talks import Question, Talk, said
from bot.conversation import Author, ConversationKey, Message, Place
from bot.memories import Speaker
from db.episode_rows import Said

_SEED = 6
_BEGINS = datetime(2026, 1, 5, 9, tzinfo=UTC)
_DAYS = 120

_PEOPLE = tuple(
    Author(f"U{nth}", name)
    for nth, name in enumerate(
        ["Priya Kale", "Dev Anand", "Meera Shah", "Tom Reyes", "Farah Khan", "Joel Pinto"], start=1
    )
)
_PROJECTS = (
    "Monsoon Letters",
    "Salt Road",
    "The Ninth Tenant",
    "Kite Season",
    "Harbour Lights",
    "Paper Tigers",
    "Second Innings",
    "Blue Verandah",
    "Letters to Pune",
    "Tamil Nights",
    "The Director's Cut",
    "Rate Card",
)
_CHANNELS = ("C-casting", "C-selftapes", "C-production")

# Of each kind of fact: how it is said, how its change is said, how it is asked, and its values.
_FACTS: dict[str, tuple[Sequence[str], Sequence[str], Sequence[str], Sequence[str]]] = {
    "city": (
        (
            "{project} shoots in {value}, the location is locked",
            "We'll be filming {project} in {value}",
        ),
        ("Change of plan, {project} moves to {value}", "{project} is now in {value} instead"),
        ("Where does {project} film?", "Which city is {project} in now?"),
        ("Pune", "Nashik", "Goa", "Kochi", "Jaipur", "Mysuru"),
    ),
    "director": (
        ("{value} is directing {project}", "Good news: {value} said yes to directing {project}"),
        ("{value} takes over {project} from tomorrow", "{project} has a new director, {value}"),
        ("Who directs {project}?", "Who is at the helm of {project}?"),
        ("Anil Desai", "Ruth Okoye", "Zoya Irani", "Martin Hale", "Leela Nair"),
    ),
    "language": (
        ("For {project} they must speak {value}", "The lead in {project} needs fluent {value}"),
        ("Correction, {project} wants {value} speakers now", "{project} switched to {value}"),
        ("Which language do people need for {project}?", "What should they speak in {project}?"),
        ("Marathi", "Tamil", "Konkani", "Urdu", "Bengali"),
    ),
    "budget": (
        ("We have {value} a day for the lead of {project}", "{project} pays {value} a day"),
        (
            "Finance cut {project} to {value} a day",
            "The day rate on {project} is {value} after all",
        ),
        ("How much does {project} pay?", "What's the day rate for {project}?"),
        ("₹20,000", "₹35,000", "₹50,000", "₹75,000"),
    ),
    "deadline": (
        ("Self-tapes for {project} are due by {value}", "Last day for {project} tapes is {value}"),
        ("The {project} deadline slipped to {value}", "{project} tapes can come until {value}"),
        ("When are the tapes for {project} due?", "What's the deadline for {project}?"),
        ("Friday noon", "next Monday", "the 14th", "Wednesday evening"),
    ),
    "look": (
        ("{project} wants {value} for the aunt", "The aunt in {project} should be {value}"),
        (
            "Director changed her mind: the aunt in {project} is {value}",
            "Now the aunt in {project} is {value}",
        ),
        ("What is the aunt in {project} like?", "How should we cast {project}'s aunt?"),
        (
            "someone tall and severe",
            "a warm comic presence",
            "a trained singer",
            "a former athlete",
        ),
    ),
}

_TASTES = (
    (
        "I never want to see more than five names at a time",
        "How many names at once do I like to see?",
    ),
    ("Please always put people who ride horses first for me", "Which skill do I want put first?"),
    ("I'm on leave from the 20th, ask Meera instead", "Who stands in for me when I'm away?"),
    ("Don't suggest anyone from Lakeside Agency to me", "Which agency did I rule out?"),
    ("I'm allergic to peanuts, keep that in mind for lunches", "What food can't I have?"),
    ("mujhe subah ke audition pasand hain, before eleven", "When do I prefer auditions?"),
)

_CHATTER = (
    "Morning all",
    "Thanks!",
    "Can someone book the small room?",
    "Running ten minutes late",
    "Nice tape, loved the pause before the last line",
    "Lunch?",
    "Who has the key to the studio?",
    "The printer is out of toner again",
    "Chai break in five",
    "Did the courier come?",
    "I'll send the sides tonight",
    "Let's talk after the read-through",
    "Traffic is terrible today",
    "Could you resend the breakdown?",
    "Sounds good to me",
    "haan theek hai, kal dekhte hain",
)

_CHATTER_ABOUT = (
    "Who's on the {project} call?",
    "The {project} sides are in the drive",
    "Loved the rushes from {project}",
    "{project}: wardrobe fitting moved to the big room",
    "Tape for {project} uploaded, take two is better",
    "Can we talk about {project} after lunch?",
    "The {project} director will join us at four",
    "Budget meeting for {project} ran long, nothing decided",
    "What language is the {project} table read in, anyone?",
    "The aunt's part in {project} got two more pages",
    "{project} travel plan is with production",
    "Deadline day for {project}, everybody breathe",
)

_ASKED_US = (
    (
        "Find me a dancer in Mumbai",
        "Here are three dancers in Mumbai: Nila Invented, Om Invented, Pia Invented.",
    ),
    (
        "Anyone who can sword fight?",
        "Two people list sword fighting: Rafi Invented and Sana Invented.",
    ),
    ("Show me actors under 30", "I found twelve actors under 30; these five fit best."),
    (
        "Who speaks Tamil and sings?",
        "Uma Invented speaks Tamil and sings; Veer Invented comes close.",
    ),
)


@dataclass(frozen=True, slots=True)
class _Room:
    channel: str
    place: Place

    @property
    def key(self) -> ConversationKey:
        return ConversationKey("bench-slack", "T1", self.channel)


@dataclass(frozen=True, slots=True)
class _Fact:
    kind: str
    project: str
    room: _Room


_PUBLIC = tuple(_Room(channel, Place.PUBLIC) for channel in _CHANNELS)
_PRIVATE = _Room("G-producers", Place.PRIVATE)


def _direct(person: Author) -> _Room:
    return _Room(f"D-{person.external_id}", Place.DM)


def invented() -> list[Talk]:
    """One workspace, over four months."""
    return [_Workspace(random.Random(_SEED)).talk()]


class _Workspace:
    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._words: list[Said] = []
        self._questions: list[tuple[str, str, frozenset[str], Author, _Room]] = []

    def talk(self) -> Talk:
        """Facts are said, some change later, some are told to us alone; between them is chatter."""
        events: list[tuple[datetime, int, object]] = []
        for project in _PROJECTS:
            for kind in _FACTS:
                room = _PRIVATE if self._dice.random() < 0.2 else self._dice.choice(_PUBLIC)
                events.append((self._when(0, 0.6), len(events), _Fact(kind, project, room)))
        for person in _PEOPLE:
            events.append((self._when(0, 1), len(events), person))
        for _ in range(1500):
            events.append((self._when(0, 1), len(events), None))
        later: list[tuple[datetime, _Fact, str, str]] = []
        for at, _, event in sorted(events, key=lambda one: one[:2]):
            while later and later[0][0] < at:
                self._change(*later.pop(0))
            match event:
                case _Fact():
                    value, first = self._state(event, at)
                    if self._dice.random() < 0.5:
                        later.append(
                            (at + timedelta(days=self._dice.uniform(5, 40)), event, value, first)
                        )
                        later.sort(key=lambda one: one[0])
                    else:
                        self._ask_fact(event, "stated", frozenset([first]))
                case Author():
                    self._tastes(event, at)
                case _:
                    self._chat(at)
        for change in later:
            self._change(*change)
        return Talk(self._words, list(self._asked(_BEGINS + timedelta(days=_DAYS + 45))))

    def _when(self, first: float, last: float) -> datetime:
        day = self._dice.uniform(first, last) * _DAYS
        return _BEGINS + timedelta(days=int(day), minutes=self._dice.uniform(0, 540))

    def _say(
        self,
        room: _Room,
        author: Author,
        text: str,
        at: datetime,
        *,
        speaker: Speaker = Speaker.OVERHEARD,
    ) -> str:
        """Said there; the message's id."""
        message_id = f"s{len(self._words)}"
        message = Message(message_id, room.key, room.place, author, text, at)
        self._words.append(said(message, speaker))
        return message_id

    def _state(self, fact: _Fact, at: datetime) -> tuple[str, str]:
        told, _, _, values = _FACTS[fact.kind]
        value = self._dice.choice(values)
        return value, self._tell(fact, told, value, at)

    def _tell(self, fact: _Fact, forms: Sequence[str], value: str, at: datetime) -> str:
        text = self._dice.choice(forms).format(project=fact.project, value=value)
        return self._say(fact.room, self._dice.choice(_PEOPLE), text, at)

    def _change(self, at: datetime, fact: _Fact, value: str, first: str) -> None:
        """What holds now is asked for, and what is known of it: the old words and the new."""
        _, changed, _, values = _FACTS[fact.kind]
        other = self._dice.choice([one for one in values if one != value])
        newest = self._tell(fact, changed, other, at)
        self._ask_fact(fact, "changed", frozenset([newest]))
        self._ask_fact(fact, "history", frozenset([first, newest]))

    def _ask_fact(self, fact: _Fact, category: str, gold: frozenset[str]) -> None:
        asks = _FACTS[fact.kind][2]
        if category == "history":
            text = f"How did the {fact.kind} of {fact.project} change over time?"
        else:
            text = self._dice.choice(asks).format(project=fact.project)
        asker = self._dice.choice(_PEOPLE)
        elsewhere = self._dice.choice((_direct(asker), _Room("C-questions", Place.PUBLIC)))
        room = fact.room if fact.room is _PRIVATE else elsewhere
        self._questions.append((text, category, gold, asker, room))

    def _tastes(self, person: Author, at: datetime) -> None:
        """Told to us in a direct conversation, and asked there."""
        room = _direct(person)
        for nth, (told, asked) in enumerate(_TASTES):
            when = at + timedelta(days=nth, minutes=nth)
            one = self._say(room, person, told, when, speaker=Speaker.PERSON)
            self._say(room, person, "Noted, I'll do that.", when, speaker=Speaker.BOT)
            self._questions.append((asked, "own", frozenset([one]), person, room))

    def _chat(self, at: datetime) -> None:
        person = self._dice.choice(_PEOPLE)
        if self._dice.random() < 0.25:
            asked, reply = self._dice.choice(_ASKED_US)
            room = self._dice.choice([*_PUBLIC, _direct(person)])
            self._say(room, person, asked, at, speaker=Speaker.PERSON)
            self._say(room, person, reply, at + timedelta(seconds=9), speaker=Speaker.BOT)
        else:
            said_of = self._dice.choice(self._dice.choice((_CHATTER, _CHATTER_ABOUT)))
            text = said_of.format(project=self._dice.choice(_PROJECTS))
            self._say(self._dice.choice([*_PUBLIC, _PRIVATE]), person, text, at)

    def _asked(self, at: datetime) -> Iterator[Question]:
        for text, category, gold, asker, room in self._questions:
            yield Question(text, category, gold, asker, at, room.key, room.place)
