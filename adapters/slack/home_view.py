"""The app's Home tab: how to use it, who one is to it, what it remembers; for admins its health.

https://docs.slack.dev/surfaces/app-home
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from slack_sdk.models.blocks import ConfirmObject
from slack_sdk.models.views import View

from adapters import talent_words
from adapters.acts import AllowGuests, ForgetMe
from adapters.slack import inert, parts
from adapters.slack.rich_text import Element
from bot.conversation import Access
from bot.doctor import Finding, State
from bot.stores import Forgotten, Person

CALLBACK_ID = "home"
_NAME_LIMIT, _QUESTION_LIMIT, _FINDING_LIMIT = 80, 150, 300
_MOST_PARTS = 30
_HOW_TO = (
    "*Describe a role* in a message to me, or mention me in a channel: I answer in a thread, and"
    " you can go on there without mentioning me again.\n"
    "`/talent Marathi-speaking woman, 24–30, Kathak, based in Pune` answers you alone, with"
    " filters to change and a button to share.\n"
    "*Find talents for this*, under More actions (⋮) of any message, reads a breakdown that"
    " somebody posted.\n"
    "Edit or delete your question while I write, and I start again or take it back."
)
_MAY_SEE = {
    Access.TEAM: "You see all of your organisation's roster.",
    Access.COMMUNITY: "You see what your organisation's roster shows to the community.",
}
_MARKS = {State.WORKS: "✅", State.NOT_SET: "▫️", State.FAILS: "⚠️"}


@dataclass(frozen=True, slots=True)
class Admin:
    """What only the admins of a workspace see."""

    health: Sequence[Finding]
    guests_are_answered: bool


def home(
    person: Person | None,
    *,
    name: str,
    access: Access,
    today: date,
    admin: Admin | None = None,
    forgotten: Forgotten | None = None,
) -> Element:
    """The view for `views.publish`.

    `person` is what is held of its reader and `name` what Slack calls them; `forgotten` is the
    receipt of what was just removed.
    """
    blocks = [
        parts.header("Find talents"),
        parts.section(_HOW_TO),
        parts.divider(),
        parts.header("You"),
        *_you(person, name, access, today, forgotten),
        *([parts.divider(), *_for_admins(admin)] if admin else []),
    ]
    return parts.as_json(View(type="home", callback_id=CALLBACK_ID, blocks=blocks))


def _you(
    person: Person | None, name: str, access: Access, today: date, forgotten: Forgotten | None
) -> list[Element]:
    called = inert.mrkdwn_line(name or (person.name if person else ""), _NAME_LIMIT)
    who = f"You are *{called}* to me. " if called else ""
    blocks = [parts.section(who + _MAY_SEE[access])]
    if forgotten:
        blocks.append(parts.section(f"✅ Forgotten: {_counted(forgotten)}."))
    if person is None:
        return [*blocks, parts.section("I remember nothing of you.")]
    first, last = (
        talent_words.day(when.date(), today) for when in (person.first_seen, person.last_seen)
    )
    since = f"since {first}" if first == last else f"from {first} to {last}"
    questions = [
        f"• {shown}"
        for question in person.questions
        if (shown := inert.mrkdwn_line(question, _QUESTION_LIMIT))
    ]
    asked = "\n".join(["\nYou asked last:", *questions]) if questions else ""
    said = f"I remember {_counted(person)}, {since}. `/memory` shows more.{asked}"
    return [*blocks, parts.section(said, beside=_forget_button())]


def _counted(held: Person | Forgotten) -> str:
    """ "3 questions with their replies, 1 rating"."""
    counts = (
        (held.turns, "question with its reply", "questions with their replies"),
        (held.overheard, "message in threads I was in", "messages in threads I was in"),
        (held.ratings, "rating", "ratings"),
        (held.searches, "search", "searches"),
        (held.facts, "fact that you told me", "facts that you told me"),
    )
    said = [f"{count:,} {one if count == 1 else many}" for count, one, many in counts if count]
    return ", ".join(said) or "your name"


def _forget_button() -> Element:
    return parts.button(
        "Forget me",
        ForgetMe(),
        style="danger",
        confirm=ConfirmObject(
            title=parts.plain("Forget you?"),
            text=parts.plain(
                "Your name, your questions with my replies, your ratings and searches are removed"
                " for good. What I posted in Slack stays there, and so do talents you shortlisted,"
                " without your name."
            ),
            confirm=parts.plain("Forget me"),
            deny=parts.plain("Keep"),
            style="danger",
        ),
    )


def _for_admins(admin: Admin) -> list[Element]:
    lines = [_finding(finding) for finding in admin.health[:_MOST_PARTS]]
    health = [
        parts.section("\n".join(lines[start : start + 6])) for start in range(0, len(lines), 6)
    ]
    return [
        parts.header("For admins"),
        *(health or [parts.section("Nothing is known of its parts just now.")]),
        _guests(answered=admin.guests_are_answered),
    ]


def _finding(finding: Finding) -> str:
    told = [f"{finding.part}: {finding.said}".rstrip("."), finding.remedy]
    said = ". ".join(filter(None, told))
    return f"{_MARKS[finding.state]} {inert.mrkdwn_line(said, _FINDING_LIMIT)}"


def _guests(*, answered: bool) -> Element:
    if answered:
        return parts.section(
            "*Guests.* People of other organisations, in channels shared with them, are answered"
            " from what the roster shows to the community.",
            beside=parts.button("Stop answering guests", AllowGuests(allowed=False)),
        )
    return parts.section(
        "*Guests.* People of other organisations, in channels shared with them, get no answer.",
        beside=parts.button(
            "Answer guests",
            AllowGuests(allowed=True),
            confirm=ConfirmObject(
                title=parts.plain("Answer guests?"),
                text=parts.plain(
                    "They can ask me in shared channels, and are answered from what the roster"
                    " shows to the community: no contacts, nothing of the team alone."
                ),
                confirm=parts.plain("Answer them"),
                deny=parts.plain("Cancel"),
            ),
        ),
    )
