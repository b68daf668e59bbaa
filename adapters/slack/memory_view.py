"""What `/memory` answers, as blocks: each fact with a button, and one for what cannot be undone."""

from __future__ import annotations

import json
from collections.abc import Sequence

from slack_sdk.models.blocks import ConfirmObject

from adapters.acts import SayMemory, UnknownActError, decode
from adapters.slack import inert, markdown, parts
from adapters.slack.answers import Look
from adapters.slack.reply_view import Shown
from adapters.slack.rich_text import Element
from bot.memory_acts import Answer
from bot.memory_words import to_author

_BLOCKS, _CHARACTERS = 45, 9_000
_STATEMENT = 300
_PARTS = 4
"""Messages that an export may take: Slack takes five answers to a command."""
_TOO_LONG = (
    "That is too long for Slack. Whoever operates CastMatch can give it to you:"
    " `castmatch memory export --platform slack --workspace {} --person {}`."
)


def looks(answer: Answer, *, workspace: str, person: str) -> Sequence[Look]:
    """The messages that it takes."""
    if answer.export is None:
        return [_look([*_facts(answer), *_words(answer.text), *_acts(answer)])]
    exported = json.dumps(answer.export, ensure_ascii=False, indent=1).replace("```", "'''")
    size = _CHARACTERS - 200
    pieces = [exported[start : start + size] for start in range(0, len(exported), size)]
    if len(pieces) > _PARTS:
        return [_look(_words(_TOO_LONG.format(workspace, person)))]
    return [_look(_words(f"```\n{piece}\n```")) for piece in pieces]


def _facts(answer: Answer) -> list[Element]:
    if not answer.facts:
        return []
    shown = [parts.section("*What you told me that I take to hold*")]
    for one, fact in zip(answer.ids, answer.facts, strict=True):
        forget = parts.button(
            "Forget",
            SayMemory(f"forget {one}"),
            confirm=ConfirmObject(
                title=parts.plain("Forget this?"),
                text=parts.plain("It goes with the messages that said it, for good."),
                confirm=parts.plain("Forget"),
                deny=parts.plain("Keep"),
                style="danger",
            ),
            spoken=f"Forget: {to_author(fact)}",
        )
        shown.append(parts.section(inert.mrkdwn_line(to_author(fact), _STATEMENT), beside=forget))
    return shown


def _words(text: str) -> list[Element]:
    return markdown.blocks(
        text, growing=False, most_blocks=_BLOCKS // 2, most_characters=_CHARACTERS
    )


def _acts(answer: Answer) -> list[Element]:
    """Buttons hold no words of a person: what these would go on about is typed."""
    shown: list[Element] = []
    for label, says, style in (
        ("More", answer.next_page, None),
        ("Forget", answer.goes_on, "danger"),
    ):
        try:
            act = decode(SayMemory.name, says)
        except UnknownActError:
            continue
        shown.append(parts.button(label, act, len(shown), style=style))
    return [parts.actions(shown)] if shown else []


def _look(blocks: list[Element]) -> Look:
    shown = Shown(blocks, markdown.in_plain(blocks) or "What I remember of you")
    return lambda _: shown
