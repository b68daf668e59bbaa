"""The ids that Slack makes up where an app gives none."""

from __future__ import annotations

from tests.fakes.slack.wire import Json

_WITHOUT_ACTION = ("image", "mrkdwn", "plain_text")


def with_ids(blocks: list[Json], prefix: str = "b") -> list[Json]:
    """The blocks as Slack keeps them: each with a `block_id`, each element with an `action_id`."""
    return [_with_ids(block, f"{prefix}{number:02}x") for number, block in enumerate(blocks)]


def _with_ids(block: Json, made_up: str) -> Json:
    kept = {**block, "block_id": block.get("block_id") or made_up}
    match kept:
        case {"type": "carousel", "elements": cards}:
            kept["elements"] = with_ids(cards, f"{kept['block_id']}c")
        case {"type": "container", "child_blocks": children}:
            kept["child_blocks"] = with_ids(children, f"{kept['block_id']}c")
        case {"type": "card", "actions": list(actions)}:
            kept["actions"] = _named(actions)
        case {"type": "actions" | "context_actions", "elements": items}:
            kept["elements"] = _named(items)
        case {"type": "section", "accessory": accessory}:
            kept["accessory"] = _named([accessory])[0]
        case {"type": "input", "element": element}:
            kept["element"] = _named([element])[0]
    return kept


def _named(items: list[Json]) -> list[Json]:
    return [
        item
        if item["type"] in _WITHOUT_ACTION
        else {**item, "action_id": item.get("action_id") or f"a{number:02}x"}
        for number, item in enumerate(items)
    ]
