"""What `/memory` says: help, lists, receipts. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.distilling.persons import to_you
from bot.facts import Fact
from bot.offline.phrases import plain
from bot.stores import Choices, Forgotten, Person

HELP = """\
- `/memory show`: what is remembered of you, and your choices; `/memory show 2`: the next page
- `/memory forget 3f2a91`: forget one fact, and the messages that said it
- `/memory forget about Monsoon Letters`: forget what you said about something
- `/memory forget all`: forget everything that you said
- `/memory export`: all of it, as JSON
- `/memory off`, `/memory on`: whether what you say is remembered beyond its conversation
- `/memory off channel`, `/memory keep 30 days`, `/memory keep forever`: the same for this channel,\
 and for how long (its admins)"""

ON = "Memory is on: what you tell me is remembered, and used where everybody may know it."
OFF = (
    "Memory is off: from now on nothing you say is remembered beyond its own conversation, and"
    " nothing remembered is used in answers to you. What was kept before stays until you say"
    " `/memory forget all`. `/memory on` turns it on again."
)
ADMINS = "Only an admin here can choose that for the whole channel. For yourself: `/memory off`."
WHICH_CHANNEL = "Say of which channel: in it, or on the command line with `--channel`."

_EACH_PAGE, _CHARACTERS = 20, 2_400
"""Facts of one page, and of their statements: what a message of any platform holds."""


def unknown(text: str) -> str:
    return f"I don't know `/memory {plain(text)}`. What there is:\n\n{HELP}" if text else HELP


def channel_turned(*, on: bool) -> str:
    if on:
        return "Memory is on for this channel from now on."
    return (
        "Memory is off for this channel from now on; what was kept before stays. `/memory on"
        " channel` turns it on again."
    )


def kept_for(days: int | None, *, where: str) -> str:
    if days is None:
        return f"What is said in this {where} is kept until somebody forgets it."
    return (
        f"What is said in this {where} is forgotten after {count(days, 'day')}, and what is older"
        " within the next minutes. `/memory keep forever` ends that."
    )


def no_days(most: int) -> str:
    return (
        f"Say a number of days from 1 to {most:,}, as in `/memory keep 30 days`, or"
        " `/memory keep forever`."
    )


def pages(facts: Sequence[Fact]) -> Sequence[Sequence[Fact]]:
    """The facts as they are shown, at least one page."""
    made: list[list[Fact]] = [[]]
    characters = 0
    for fact in facts:
        characters += len(fact.statement)
        if len(made[-1]) == _EACH_PAGE or (made[-1] and characters > _CHARACTERS):
            made.append([])
            characters = len(fact.statement)
        made[-1].append(fact)
    return made


def listed(facts: Sequence[Fact], ids: Sequence[str]) -> str:
    """The facts with what names each."""
    lines = [
        f"- `{short}` {plain(to_author(fact))} {_when(fact)}"
        for fact, short in zip(facts, ids, strict=True)
    ]
    return "\n".join(["**What you told me that I take to hold:**", "", *lines])


def to_author(fact: Fact) -> str:
    """What it states, to whoever said it."""
    return to_you(fact.statement, fact.source.author.name)


def short_ids(facts: Sequence[Fact]) -> Sequence[str]:
    """Enough of each id to name it among one person's."""
    whole = [str(fact.id) for fact in facts]
    for length in (6, 8, 12):
        if len({one[:length] for one in whole}) == len(whole):
            return [one[:length] for one in whole]
    return whole


def shown(
    person: Person | None, choices: Choices, *, page: int, of: int, elsewhere: int = 0
) -> str:
    """What stands beside the facts."""
    lines: list[str] = []
    if of > 1:
        onwards = f"; `/memory show {page + 1}` goes on" if page < of else ""
        lines += [f"Page {page} of {of}{onwards}. `/memory export` has all.", ""]
    if also := _messages(person):
        lines += [f"I also keep {also}.", ""]
    lines += [*_chosen(choices), ""]
    if elsewhere:
        lines += [is_elsewhere(elsewhere), ""]
    lines.append("`/memory help` says what you can do about it.")
    return "\n".join(lines)


NO_FACTS = "I hold no facts from you."


def is_elsewhere(places: int) -> str:
    """Where ids are the same in all workspaces."""
    return (
        f"I keep something of you in {count(places, 'other place')} too (direct messages with me,"
        " or other servers): `/memory` shows it there, `/memory forget all everywhere` takes all of"
        " it."
    )


def about_to_forget(person: Person | None, *, everywhere: bool) -> str:
    """Before everything goes; empty where there is nothing."""
    facts = count(person.facts, "fact") if person and person.facts else ""
    held = ", ".join(filter(None, [facts, _messages(person)]))
    if not held and not everywhere:
        return ""
    what = held or "what I keep in other places"
    more = " here, and all that I keep in other places" if everywhere and held else ""
    command = f"forget really all{' everywhere' if everywhere else ''}"
    return (
        f"This forgets {what}{more}. It cannot be undone.\n\nSay `/memory {command}` to go through"
        " with it, or `/memory export` first."
    )


def about_to_forget_about(words: str, forgotten: Forgotten) -> str:
    """Before much goes."""
    return (
        f"“{plain(words)}” stands in {', '.join(_went(forgotten))}. Forgetting these cannot be"
        f" undone.\n\nSay `/memory forget really about {plain(words)}` to go through with it, or"
        " name something narrower."
    )


def nothing_about(words: str) -> str:
    return f"Nothing that you said about “{plain(words)}” is held."


def receipt(forgotten: Forgotten, *, posts_stay: bool = False) -> str:
    """What went, in words."""
    went = _went(forgotten)
    if not went:
        return "Nothing was held of you."
    lines = [f"Forgotten: {', '.join(went)}. Cached copies are gone within a minute."]
    if posts_stay:
        lines.append("What I posted in this chat before stays in it until somebody deletes it.")
    if forgotten.what:
        lines += ["", *(f"- {plain(one)}" for one in forgotten.what)]
    return "\n".join(lines)


def count(number: int, one: str, several: str = "") -> str:
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def _went(forgotten: Forgotten) -> list[str]:
    went = [
        count(forgotten.facts, "fact"),
        count(forgotten.turns, "message with our replies", "messages with our replies"),
        count(forgotten.overheard, "message to others", "messages to others"),
        count(forgotten.searches, "saved search", "saved searches"),
        count(forgotten.ratings, "rating"),
        count(forgotten.replies, "reply that drew on it", "replies that drew on it"),
    ]
    return [one for one in went if not one.startswith("0 ")]


def _messages(person: Person | None) -> str:
    if person is None:
        return ""
    held = Forgotten(person.turns, person.overheard, person.ratings, person.searches)
    return ", ".join(_went(held))


def _chosen(choices: Choices) -> list[str]:
    lines = [f"Memory is {'on' if choices.person_on else 'off'} for you."]
    if not choices.channel_on:
        lines.append("It is off for this channel.")
    if choices.retention_days is not None:
        days = count(choices.retention_days, "day")
        lines.append(f"What is said in this channel is forgotten after {days}.")
    return lines


def _when(fact: Fact) -> str:
    at = fact.source.at
    said = f"said on {at.day} {at:%B %Y}"
    return f"({said}, {count(fact.repeated, 'time')} more before)" if fact.repeated else f"({said})"
