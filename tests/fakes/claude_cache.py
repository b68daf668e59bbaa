"""The prompt cache as Claude's side keeps it: what it would read and write for each request."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

_LOOKS_BACK = 20
"""Blocks before a breakpoint at which an earlier entry is still found."""


@dataclass(frozen=True, slots=True)
class Cached:
    """Bytes of one request, by what the cache does with them; a token is about four."""

    read: int
    written: int
    fresh: int

    @property
    def share_read(self) -> float:
        return self.read / (self.read + self.written + self.fresh)


class PromptCache:
    """Remembers the prefix at each breakpoint; it never forgets, unlike the real one."""

    def __init__(self) -> None:
        self._entries: set[bytes] = set()

    def take(self, body: dict[str, Any]) -> Cached:
        """What this request reads and writes, and remember it."""
        prefix = hashlib.sha256(str(body.get("tool_choice")).encode())
        ends: list[tuple[int, bytes, bool]] = []  # bytes so far, hash so far, is a breakpoint
        size = 0
        for block in _blocks(body):
            bare = {key: value for key, value in block.items() if key != "cache_control"}
            data = json.dumps(bare, ensure_ascii=False).encode()
            prefix.update(data)
            size += len(data)
            ends.append((size, prefix.digest(), "cache_control" in block))
        read = written = 0
        new: set[bytes] = set()
        for index, (end, digest, is_breakpoint) in enumerate(ends):
            if not is_breakpoint:
                continue
            near = ends[max(0, index - _LOOKS_BACK) : index + 1]
            read = max([read, *(e for e, known, _ in near if known in self._entries)])
            written = max(written, end)
            new.add(digest)
        self._entries |= new
        return Cached(read, max(0, written - read), size - max(read, written))


def _blocks(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Everything that the cache goes by, in its order."""
    blocks: list[dict[str, Any]] = [*body.get("tools", ())]
    system = body.get("system") or []
    blocks += [{"type": "text", "text": system}] if isinstance(system, str) else system
    for message in body["messages"]:
        content = message["content"]
        if isinstance(content, str):
            content = [{"type": "text", "text": content}]
        blocks += [{"role": message["role"], **block} for block in content]
    return blocks
