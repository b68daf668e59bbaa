"""Slack's markup, and blocks as the plain lines that a reader would see."""

from __future__ import annotations

from collections.abc import Callable

from tests.fakes.slack.plain_elements import element, rich, text_of
from tests.fakes.slack.wire import Json


def plain_blocks(blocks: list[Json]) -> str:
    """What blocks show, one line or more for each; buttons as `[text]`."""
    return "\n".join(line for block in blocks if (line := _plain(block)))


def _plain(block: Json) -> str:
    kind = str(block.get("type"))
    show = _SHOWN.get(kind)
    return show(block) if show else f"({kind})"


def _section(block: Json) -> str:
    parts = [text_of(block.get("text")), *map(text_of, block.get("fields", ()))]
    if "accessory" in block:
        parts.append(element(block["accessory"]))
    return "\n".join(part for part in parts if part)


def _row(block: Json) -> str:
    return " ".join(element(each) for each in block["elements"])


def _image(block: Json) -> str:
    return f"(image: {block['alt_text']}) {text_of(block.get('title'))}".rstrip()


def _rich_text(block: Json) -> str:
    return "\n".join(rich(each) for each in block["elements"])


def _table(block: Json) -> str:
    return "\n".join(" | ".join(_cell(cell) for cell in row) for row in block["rows"])


def _cell(cell: Json) -> str:
    if cell.get("type") == "rich_text":
        return _rich_text(cell)
    return str(cell.get("text", cell.get("value", "")))


def _card(card: Json) -> str:
    images = [card[part] for part in ("hero_image", "icon") if card.get(part)]
    lines = [f"(image: {image.get('alt_text', '')})" for image in images]
    lines += [text_of(card.get(part)) for part in ("title", "subtitle", "body")]
    lines.append(" ".join(element(action) for action in card.get("actions") or ()))
    return "\n".join(line for line in lines if line)


def _carousel(block: Json) -> str:
    return "\n".join(_card(card) for card in block["elements"])


def _input(block: Json) -> str:
    return f"{text_of(block['label'])}: {element(block['element'])}"


def _container(block: Json) -> str:
    return "\n".join([text_of(block.get("title")), plain_blocks(block["child_blocks"])])


def _plan(block: Json) -> str:
    return "\n".join([str(block["title"]), *map(_plain, block.get("tasks", ()))])


_SHOWN: dict[str, Callable[[Json], str]] = {
    "markdown": lambda block: str(block["text"]).strip(),
    "section": _section,
    "header": lambda block: text_of(block["text"]),
    "divider": lambda _: "---",
    "context": _row,
    "actions": _row,
    "context_actions": _row,
    "image": _image,
    "rich_text": _rich_text,
    "table": _table,
    "card": _card,
    "carousel": _carousel,
    "alert": lambda block: f"! {text_of(block['text'])}",
    "input": _input,
    "container": _container,
    "plan": _plan,
    "task_card": lambda block: f"({block['status']}) {block['title']}",
}
