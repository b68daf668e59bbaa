"""What `castmatch memory` prints."""

from __future__ import annotations

import json

from rich.console import Console
from rich.markdown import Markdown

from bot.memory_acts import Answer


def print_answer(console: Console, answer: Answer) -> None:
    """The answer; of an export the JSON alone, so that it can go into a file."""
    if answer.export is not None:
        exported = json.dumps(answer.export, ensure_ascii=False, indent=2)
        console.print(exported, markup=False, soft_wrap=True)
        return
    console.print(Markdown(answer.whole))
