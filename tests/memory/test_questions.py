"""What a message asks of the past."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.conversation import Author
from memory.questions import Question, Wanted, understand

ASHA, BEN, MARK = Author("U1", "Asha Rao"), Author("U2", "Ben"), Author("U3", "Mark")
NOW = datetime(2026, 5, 20, 15, tzinfo=UTC)


def read(text: str, asker: Author = BEN) -> Question:
    return understand(text, asker, NOW, [ASHA, BEN, MARK])


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("What did Asha want?", {"U1"}),
        ("what did asha rao want", {"U1"}),
        ("What is Asha's budget?", {"U1"}),
        ("Who likes Ashalata?", set()),
        ("Did Asha and Mark agree?", set()),
        ("Please mark her as booked", set()),
        ("What does Mark think?", {"U3"}),
        ("What did I say about the budget?", {"U2"}),
        ("maine kya kaha tha", {"U2"}),
        ("What did you suggest for the lead?", {""}),
        ("Which dancers have you found?", {""}),
        ("Find me a dancer", set()),
    ],
)
def test_whose_words_are_looked_for(text: str, about: set[str]) -> None:
    assert read(text).about == about


def test_names_of_those_who_speak_are_not_words_to_look_for() -> None:
    assert read("What did Asha say about Kathak?").words == "What did say about Kathak?"
    assert read("Who is Nila?").words == "Who is Nila?"


@pytest.mark.parametrize(
    ("text", "wants"),
    [
        ("When is the audition?", Wanted.TIME),
        ("audition kab hai", Wanted.TIME),
        ("¿Cuándo es?", Wanted.TIME),
        ("कब?", Wanted.TIME),
        ("How many dancers?", Wanted.NUMBER),
        ("कितने लोग?", Wanted.NUMBER),
        ("Who dances?", Wanted.NAME),
        ("Where do they cast?", Wanted.NAME),
        ("What feature films is Asha in?", Wanted.NAME),
        ("¿Quién baila?", Wanted.NAME),
        ("What is the budget?", None),
        ("Find me a dancer", None),
    ],
)
def test_what_an_answer_has_in_it(text: str, wants: Wanted | None) -> None:
    assert read(text).wants is wants


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("What did Asha say of Ben's tape?", "U1"),
        ("What did Ben say of Asha's tape?", "U2"),
        ("What did Ben say of the tape?", None),
        ("What did they say of the tape?", None),
    ],
)
def test_of_several_who_are_named_the_first_is_asked_about(text: str, first: str | None) -> None:
    assert read(text).first == first


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("What did we decide in March 2025?", "2025-03-31", "2026-03-10"),
        ("What did we decide in March?", "2024-03-10", "2026-04-10"),
        ("What happened on 3 May 2026?", "2026-05-03", "2026-05-05"),
        ("What happened on May 3rd, 2026?", "2026-05-03", "2026-05-05"),
        ("Who did we see yesterday?", "2026-05-19", "2026-05-20"),
        ("Who did we see last week?", "2026-05-12", "2026-05-20"),
        ("Who did we see two weeks ago?", "2026-05-06", "2026-05-14"),
    ],
)
def test_a_time_that_is_named(text: str, inside: str, outside: str) -> None:
    def within(day: str) -> bool:
        noon = datetime.fromisoformat(f"{day}T12:00:00+00:00")
        return any(first <= noon < last for first, last in read(text).spans)

    assert within(inside)
    assert not within(outside)


@pytest.mark.parametrize(
    "text", ["", "on 31 February 2025", "0 days ago", "99999999 years ago", "in May 0000", "may I?"]
)
def test_no_text_is_too_odd(text: str) -> None:
    assert read(text).about == frozenset()
