"""What `/memory` answers: the facts with a menu to forget one, and a button for what cannot be
undone."""

from __future__ import annotations

import discord
from discord import ui

from adapters.acts import SayMemory, UnknownActError, decode
from adapters.discord import answers, layouts, markdown
from bot.memory_acts import Answer
from bot.memory_words import to_author

PICK = "pick_memory"
GONE = "That is forgotten already."
_LABEL = 95


def shown(answer: Answer) -> answers.Look:
    told = markdown.render(answer.whole, limit=layouts.TEXT_LIMIT - 100)
    options = [
        discord.SelectOption(
            label=markdown.cut(" ".join(to_author(fact).split()), _LABEL), value=one
        )
        for one, fact in zip(answer.ids, answer.facts, strict=True)
    ]

    def look(_: bool) -> ui.LayoutView:
        return layouts.message(
            layouts.frame([layouts.words(told)]),
            *layouts.menu(f"{PICK}:", "Forget one of these…", options),
            *layouts.buttons(_button("More", answer.next_page), _danger(answer.goes_on)),
        )

    return look


def ask_about(statement: str, says: str) -> answers.Look:
    """Before a fact goes."""
    told = markdown.render(
        f"Forget this? It goes with the messages that said it, for good.\n\n> {statement}",
        limit=layouts.TEXT_LIMIT - 100,
    )
    return lambda _: layouts.message(
        layouts.frame([layouts.words(told)]), *layouts.buttons(_danger(says))
    )


def _button(label: str, says: str) -> ui.Button[ui.LayoutView] | None:
    """Buttons hold no words of a person: what these would go on about is typed."""
    try:
        return layouts.button(decode(SayMemory.name, says), label)
    except UnknownActError:
        return None


def _danger(says: str) -> ui.Button[ui.LayoutView] | None:
    button = _button("Forget", says)
    if button is not None:
        button.style = discord.ButtonStyle.danger
    return button
