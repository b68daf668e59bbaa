"""What one socket has been sent of a room, and so what it still lacks."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple
from uuid import UUID

from adapters.web.cards import card
from adapters.web.markdown import render
from adapters.web.protocol import VERSION
from adapters.web.room import Phase, Room, ShownPage, ShownTurn
from bot.memory_acts import Answer
from bot.memory_words import to_author
from bot.talent import Match

Frame = dict[str, object]


class _Sent(NamedTuple):
    blocks: tuple[str, ...]
    matches: tuple[Match, ...]


def memory_frame(answer: Answer) -> Frame:
    """What `/memory` came to; where its facts are listed with buttons, the text leaves them out."""
    frame: Frame = {"type": "memory", "blocks": render(answer.text)}
    if answer.is_list:
        frame["facts"] = [
            {"id": one, "statement": to_author(fact)}
            for one, fact in zip(answer.ids, answer.facts, strict=True)
        ]
    if answer.goes_on:
        frame["goes_on"] = answer.goes_on
    if answer.next_page:
        frame["next_page"] = answer.next_page
    if answer.choices is not None:
        frame["on"] = answer.choices.person_on
    if answer.export is not None:
        frame["exported"] = answer.export
    return frame


class View:
    """Makes frames from the room's newest state, each holding only what changed for this socket.

    `epoch` and `revision` are what the client said it has.
    """

    def __init__(self, room: Room, epoch: str, revision: int) -> None:
        self._room = room
        self._resumes = epoch == room.epoch and revision <= room.revision
        self.revision = revision if self._resumes else 0
        self._greeted = False
        self._sent: dict[UUID, dict[str, _Sent]] = {}
        """What the client has of open turns: by turn, then by message id."""

    def next_frame(self) -> Frame | None:
        """`state` first, then an `edit` whenever there is one to send."""
        room = self._room
        if self._greeted and room.revision == self.revision:
            return None
        frame: Frame = {
            "type": "edit" if self._greeted else "state",
            "revision": room.revision,
            "turns": [
                self._turn(shown) for shown in room.turns.values() if shown.revision > self.revision
            ],
        }
        if not self._greeted:
            frame |= {"v": VERSION, "epoch": room.epoch, "whole": not self._resumes}
        if not self._greeted or room.order_revision > self.revision:
            frame["order"] = [str(turn_id) for turn_id in self._order()]
        self._greeted = True
        self.revision = room.revision
        return frame

    def _order(self) -> list[UUID]:
        """A message that was tried again is shown once, with its newest reply."""
        newest = {turn.message.id: turn.id for turn in self._room.turns.values()}
        return [turn.id for turn in self._room.turns.values() if newest[turn.message.id] == turn.id]

    def _turn(self, shown: ShownTurn) -> Frame:
        had = self._sent.pop(shown.id, {})
        pages = [self._page(key, page, had.get(key)) for key, page in shown.pages.items()]
        if shown.phase is not Phase.ENDED:
            self._sent[shown.id] = {
                key: _Sent(page.blocks(), page.page.matches) for key, page in shown.pages.items()
            }
        return {
            "id": str(shown.id),
            "phase": shown.phase.value,
            "activity": shown.activity,
            "message": {
                "id": client_message_id(shown.message.id),
                "text": shown.message.text,
                "at": shown.message.sent_at.isoformat(),
            },
            "pages": pages,
        }

    def _page(self, message_id: str, shown: ShownPage, had: _Sent | None) -> Frame:
        blocks, page = shown.blocks(), shown.page
        same = _common_prefix(had.blocks, blocks) if had else 0
        frame: Frame = {
            "id": message_id,
            "from": same,
            "blocks": blocks[same:],
            "notice": page.notice,
            "final": page.final,
            "retryable": page.retryable,
        }
        if had is None or page.matches != had.matches:
            today = date.today()  # noqa: DTZ011 - "until 3 Dec" is meant where the server is
            frame["cards"] = [card(match, today=today) for match in page.matches]
        return frame


def stored_message_id(conversation: str, message_id: str) -> str:
    """A client's message id made unique beyond its conversation."""
    return f"{conversation}.{message_id}"


def client_message_id(message_id: str) -> str:
    return message_id.rpartition(".")[2]


def _common_prefix(left: tuple[str, ...], right: tuple[str, ...]) -> int:
    same = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        same += 1
    return same
