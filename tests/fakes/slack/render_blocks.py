"""Blocks as HTML."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from tests.fakes.slack.render_text import markdown, rich_text, text
from tests.fakes.slack.wire import Json


def block_html(block: Json) -> str:
    """One block; one that is not known shows its name."""
    kind = str(block["type"])
    draw = _DRAWN.get(kind)
    inside = draw(block) if draw else f"<em>({escape(kind)})</em>"
    return f'<div class="block {kind}">{inside}</div>'


def _section(block: Json) -> str:
    fields = "".join(f"<div>{text(field)}</div>" for field in block.get("fields", ()))
    html = f"<div>{text(block.get('text'))}"
    html += f'<div class="fields">{fields}</div></div>' if fields else "</div>"
    if "accessory" in block:
        html += f'<div class="accessory">{_element(block["accessory"])}</div>'
    return html


def _row(block: Json) -> str:
    return "".join(_element(element) for element in block["elements"])


def _table(block: Json) -> str:
    settings = block.get("column_settings") or []
    rows = []
    for number, row in enumerate(block["rows"]):
        tag = "td" if number else "th"
        cells = []
        for place, cell in enumerate(row):
            setting = settings[place] if place < len(settings) else None
            align = (setting or {}).get("align", "left")
            cells.append(f'<{tag} style="text-align:{align}">{_cell(cell)}</{tag}>')
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table>{''.join(rows)}</table>"


def _cell(cell: Json) -> str:
    if cell["type"] == "rich_text":
        return rich_text(cell)
    return escape(str(cell.get("text", cell.get("value", ""))))


def _card(card: Json) -> str:
    html = _image(card["hero_image"], "hero") if card.get("hero_image") else ""
    icon = _image(card["icon"], "icon") if card.get("icon") else ""
    heads = [f'<div class="{name}">{text(card.get(name))}</div>' for name in ("title", "subtitle")]
    html += f'<div class="head">{icon}<div>{"".join(heads)}</div></div>'
    for name in ("body", "subtext"):
        if card.get(name):
            html += f'<div class="{name}">{text(card[name])}</div>'
    actions = "".join(_element(action) for action in card.get("actions") or ())
    return html + (f'<div class="buttons">{actions}</div>' if actions else "")


def _carousel(block: Json) -> str:
    return "".join(f'<div class="card">{_card(card)}</div>' for card in block["elements"])


def _input(block: Json) -> str:
    hint = f'<div class="hint">{text(block.get("hint"))}</div>' if block.get("hint") else ""
    optional = ' <span class="hint">(optional)</span>' if block.get("optional") else ""
    label = f"<label>{text(block['label'])}{optional}</label>"
    return label + _element(block["element"]) + hint


def _container(block: Json) -> str:
    inside = "".join(block_html(child) for child in block["child_blocks"])
    return f"<h3>{text(block.get('title'))}</h3>{inside}"


def _plan(block: Json) -> str:
    tasks = "".join(f"<li>{escape(task['title'])}</li>" for task in block.get("tasks", ()))
    return f"<b>{escape(block['title'])}</b><ul>{tasks}</ul>"


def _image_block(block: Json) -> str:
    title = f'<div class="hint">{text(block["title"])}</div>' if block.get("title") else ""
    return title + _image(block, "large")


def _image(image: Json, size: str) -> str:
    """The picture where it can be had on this machine, else its words in a box."""
    url, words = str(image.get("image_url", "")), escape(str(image.get("alt_text", "")))
    if url.startswith(("data:", "http://127.0.0.1")):
        return f'<img class="{size}" src="{escape(url)}" alt="{words}">'
    return f'<div class="picture {size}">{words}</div>'


def _element(element: Json) -> str:
    match element:
        case {"type": "button", "text": label}:
            html = f'<button class="{element.get("style", "")}">{text(label)}</button>'
        case {"type": "icon_button", "text": label}:
            html = f'<button class="icon">{text(label)}</button>'
        case {"type": "feedback_buttons", "positive_button": yes, "negative_button": no}:
            html = "".join(
                f'<button class="icon">{text(side["text"])}</button>' for side in (yes, no)
            )
        case {"type": "image"}:
            html = _image(element, "small")
        case {"type": "mrkdwn" | "plain_text"}:
            html = f"<span>{text(element)}</span>"
        case {"type": "overflow"}:
            html = '<button class="icon">⋯</button>'
        case _:
            html = f'<div class="field">{_shown_in(element)}</div>'
    return html


def _shown_in(element: Json) -> str:
    """What an input shows at first."""
    first = element.get("initial_value") or element.get("initial_date")
    if first:
        return escape(str(first))
    chosen = [element["initial_option"]] if element.get("initial_option") else []
    chosen += element.get("initial_options") or []
    if chosen:
        return ", ".join(text(option["text"]) for option in chosen)
    return f'<span class="hint">{text(element.get("placeholder"))}</span>'


_DRAWN: dict[str, Callable[[Json], str]] = {
    "actions": _row,
    "alert": lambda block: text(block["text"]),
    "card": _card,
    "carousel": _carousel,
    "container": _container,
    "context": _row,
    "context_actions": _row,
    "divider": lambda _: "<hr>",
    "header": lambda block: text(block["text"]),
    "image": _image_block,
    "input": _input,
    "markdown": lambda block: markdown(block["text"]),
    "plan": _plan,
    "rich_text": rich_text,
    "section": _section,
    "table": _table,
    "task_card": lambda block: f"{escape(block['title'])} ({escape(block['status'])})",
}
