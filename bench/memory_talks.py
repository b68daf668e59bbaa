"""Conversations with questions about them, as the memory bench writes and asks them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from bot.conversation import Access, Audience, Author, ConversationKey, Message, Place
from bot.memories import Episode, Speaker
from bot.scopes import kept_in, read_from
from db.episode_rows import Said
from db.organisations import DEFAULT_ORG_ID
from memory.recall import Inquiry

BETWEEN_TURNS = timedelta(seconds=40)

_EVIDENCE = re.compile(r"D:?(\d+):(\d+)")
_SESSION = re.compile(r"session_(\d+)$")
_UNDATED = datetime(2023, 1, 1, tzinfo=UTC)
_seqs = count(1)


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    category: str
    gold: frozenset[str]
    """Message ids of what answers it."""
    asker: Author
    at: datetime
    asked_in: ConversationKey
    place: Place


@dataclass(frozen=True, slots=True)
class Talk:
    """What was said in one scope, or in several, and what is asked of it."""

    said: Sequence[Said]
    questions: Sequence[Question]

    @property
    def message_ids(self) -> Mapping[int, str]:
        """By the episode's seq."""
        return {one.seq: one.episode.message_id for one in self.said}

    def inquiry(self, question: Question) -> Inquiry:
        message = Message(
            "asked", question.asked_in, question.place, question.asker, question.text, question.at
        )
        audience = Audience(DEFAULT_ORG_ID, Access.TEAM, question.place)
        return Inquiry(
            text=question.text,
            asker=question.asker,
            at=question.at,
            asked_in=question.asked_in,
            audience=audience,
            scopes=read_from(message),
        )


def said(message: Message, speaker: Speaker = Speaker.PERSON) -> Said:
    """A message as the product would keep it."""
    episode = Episode(
        speaker=speaker,
        author=message.author,
        text=message.text,
        at=message.sent_at,
        conversation=message.conversation,
        place=message.place,
        turn_id=None,
        message_id=message.id,
    )
    return Said(DEFAULT_ORG_ID, next(_seqs), kept_in(message), Access.TEAM, episode)


def read_locomo(file: Path) -> list[Talk]:
    """Each conversation a private channel. A picture is its caption, as its benchmark has it."""
    samples = json.loads(file.read_text(encoding="utf-8"))
    talks = [_talk(str(sample.get("sample_id", nth)), sample) for nth, sample in enumerate(samples)]
    return [talk for talk in talks if talk.said]


def _talk(name: str, sample: Mapping[str, Any]) -> Talk:
    key = ConversationKey("bench", "talks", name)
    words = list(_words(sample["conversation"], key))
    known = {one.episode.message_id for one in words}
    at = max((one.episode.at for one in words), default=_UNDATED) + timedelta(days=1)
    questions = [
        Question(
            text=str(asked["question"]),
            category=str(asked["category"]),
            gold=_evidence(asked.get("evidence")) & known,
            asker=Author("reader", "Reader"),
            at=at,
            asked_in=key,
            place=Place.PRIVATE,
        )
        for asked in sample.get("qa", ())
    ]
    return Talk(words, questions)


def _evidence(given: object) -> frozenset[str]:
    """What can be read of it: some is malformed ("D8:6; D9:17", "D", "D:11:26", "D30:05")."""
    found = _EVIDENCE.findall(json.dumps(given))
    return frozenset(f"D{int(session)}:{int(turn)}" for session, turn in found)


def _words(conversation: Mapping[str, Any], key: ConversationKey) -> Iterator[Said]:
    """In order of time; a session whose date cannot be read follows the one before it."""
    begun = _UNDATED
    for session in sorted(
        int(found[1]) for name in conversation if (found := _SESSION.match(name))
    ):
        begun = _date(conversation.get(f"session_{session}_date_time")) or begun + timedelta(days=1)
        for nth, turn in enumerate(conversation[f"session_{session}"] or ()):
            text = str(turn.get("text") or "")
            if caption := turn.get("blip_caption"):
                text += f" [shares {caption}]"
            author = Author(turn["speaker"], turn["speaker"])
            when = begun + nth * BETWEEN_TURNS
            yield said(Message(turn["dia_id"], key, Place.PRIVATE, author, text, when))


def _date(text: object) -> datetime | None:
    try:
        return datetime.strptime(str(text), "%I:%M %p on %d %B, %Y").replace(tzinfo=UTC)
    except ValueError:
        return None
