"""Which blocks Slack takes, with its own words where it refuses."""

from __future__ import annotations

from typing import Any

from tests.fakes.slack.wire import Json, RefusedError


def checked_blocks(blocks: Any, surface: str) -> list[Json]:
    """The blocks, each with a `block_id`. Raises the API's `invalid_blocks`."""
    if blocks is None:
        return []
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise RefusedError("invalid_blocks_format")
    if len(blocks) > 50:
        raise RefusedError("invalid_blocks", "[ERROR] no more than 50 items allowed")
    return [{"block_id": f"b{number:03}", **block} for number, block in enumerate(blocks)]
