"""Pages: nothing lost, none too long, none that changes once another follows it."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.graphemes import is_boundary
from bot.markdown import Blocks
from bot.pages import Part, join, split

PIECES = [
    *"abc .,!\n\n\n\t`*_~[](){}<>#-+:1\\|é",
    "word ",
    "a longer stretch of words. ",
    "\r\n",
    "\n\n",
    "\n- item ",
    "\n  - nested item ",
    "\n12. item ",
    "\n## Heading\n",
    "\n> quoted ",
    "\n```\n",
    "\n```python title=x\n",
    "\n````md\n",
    "\n````\n",
    "\n~~~\n",
    "\n  ```js\n",
    "\n  ```\n",
    "    indented\n",
    "`code span`",
    "``two ` ticks``",
    "[a link](https://example.com/a_(b))",
    "[![image](a.png)](b)",
    "[open",
    "](",
    "**bold**",
    "<:reel:123456789>",
    "<a:clap:42>",
    "<@77>",
    "👩‍👩‍👧‍👦",
    "👍🏽",
    "🇮🇳",
    "🏴󠁧󠁢󠁳󠁣󠁴󠁿",
    "❤️",
    "e\u0301\u0323",
    "क्षत्रिय",
    "각",
    "\u1100\u1161\u11a8",
    "\ud83d",
    "\x00",
    "\u2028",
    "長い文章。",
    "x" * 70,
]
SMALL_FENCES = 32
"""From this limit on the fences of `PIECES` are carried across pages with their info strings."""

texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=60).map("".join)
limits = st.integers(1, 12) | st.integers(13, 120)


def check(text: str, limit: int) -> list[Part]:
    """What holds for every text and limit."""
    parts = split(text, limit)
    assert join(parts) == text
    assert all(len(part.text) <= limit for part in parts)
    assert all(part.body for part in parts) or parts == [Part("")]
    for part, following in pairwise(parts):
        assert bool(part.closing) == bool(following.opening)
    return parts


def check_growth(text: str, limit: int, sizes: list[int]) -> None:
    """What was followed by another page stays, and settled pages save work without a change."""
    before: list[Part] = []
    for size in [*sorted(sizes), len(text)]:
        now = split(text[:size], limit)
        assert now[: len(before[:-1])] == before[:-1]
        assert split(text[:size], limit, settled=before[:-1]) == now
        before = now


def fuzz(count: int, seed: int) -> int:
    """Check `count` random inputs; how many pages they made."""
    dice = random.Random(seed)
    pages = 0
    for _ in range(count):
        text = "".join(dice.choices(PIECES, k=dice.randint(0, 30)))
        limit = dice.choice((1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, dice.randint(1, 60)))
        pages += len(check(text, limit))
        check_growth(text, limit, [dice.randint(0, len(text))])
    return pages


@settings(deadline=None, max_examples=300)
@given(texts, limits)
def test_nothing_is_lost_and_no_page_is_too_long(text: str, limit: int) -> None:
    check(text, limit)


@settings(deadline=None, max_examples=300)
@given(texts, limits, st.lists(st.integers(0, 400), max_size=6))
def test_a_page_with_a_successor_stays_as_it_is(text: str, limit: int, sizes: list[int]) -> None:
    check_growth(text, limit, sizes)


@settings(deadline=None, max_examples=300)
@given(texts, limits)
def test_no_character_is_torn_where_a_page_can_hold_it(text: str, limit: int) -> None:
    parts = split(text, limit)
    start = 0
    for part in parts[:-1]:
        end = start + len(part.body)
        if not is_boundary(text, end):
            assert not any(is_boundary(text, inner) for inner in range(start + 1, end))
        start = end


@settings(deadline=None, max_examples=300)
@given(texts, st.integers(SMALL_FENCES, 120))
def test_every_page_opens_and_closes_its_own_fences(text: str, limit: int) -> None:
    parts = split("\n" + text, limit)
    for part in parts[:-1]:
        open_at_end = Blocks(part.text, 0, len(part.text), None).fence_at(len(part.text))
        carried = part.fence is None or part.fence.lines(limit) != ("", "")
        assert open_at_end is None or not carried or _is_torn_line(part)


def _is_torn_line(part: Part) -> bool:
    """A line longer than a page may begin or end in the middle of what looks like a fence."""
    return not (part.body.startswith("\n") or part.body.endswith("\n"))


@pytest.mark.no_cover
def test_a_thousand_random_inputs() -> None:
    assert fuzz(1_000, seed=1) > 1_000


def pages(text: str, limit: int) -> list[str]:
    return [part.text for part in check(text, limit)]


def test_short_text_is_one_page() -> None:
    assert pages("", 10) == [""]
    assert pages("0123456789", 10) == ["0123456789"]


def test_a_page_ends_before_a_paragraph_rather_than_within() -> None:
    first = "One sentence. Another sentence.\n\n"
    assert pages(first + "The second paragraph is here.", 45)[0] == first


def test_a_heading_stays_with_what_it_heads() -> None:
    text = "Some words that fill a page, nearly.\n\n## Shortlist\n\nMeera and Arjun fit the role."
    assert pages(text, 50)[1].startswith("## Shortlist\n\nMeera")


def test_a_sentence_is_kept_whole_rather_than_a_line_filled() -> None:
    assert pages("First sentence is here. The second one is longer.", 30)[0] == (
        "First sentence is here. "
    )


def test_a_list_item_is_kept_whole() -> None:
    item = "- Kavya, who speaks Marathi\n  and dances Lavani, in Pune\n"
    assert pages("Two of them:\n\n" + item + item, 100) == ["Two of them:\n\n" + item, item]


def test_a_code_fence_is_closed_and_opened_again() -> None:
    text = "```python\n" + "".join(f"line_{n} = {n}\n" for n in range(9)) + "```\nDone."
    first, *_, last = pages(text, 70)
    assert first.endswith("\n```")
    assert last.startswith("```python\nline_")
    assert last.endswith("\n```\nDone.")


def test_a_fence_within_a_fence_is_carried_as_code() -> None:
    text = "````md\n```py\nfirst = 1\nsecond = 2\n```\nthird line of text\n````\n"
    for page in pages(text, 50):
        assert page.startswith("````md\n")
        assert page.rstrip().endswith("````")


def test_a_fence_that_is_still_open_is_closed_for_now() -> None:
    assert pages("```py\nx = 1", 40) == ["```py\nx = 1\n```"]
    assert pages("```py\nx = 1\n```", 40) == ["```py\nx = 1\n```"]


@pytest.mark.parametrize(
    "whole",
    [
        "[her reel, four minutes](https://example.com/reels/4)",
        "[![headshot](a.png)](https://example.com)",
        "`a span of code with spaces`",
        "``a ` tick and more words``",
        "**Two bold words and more**",
        "<:self_tape:112233445566778899>",
        "👩‍👩‍👧‍👦",
        "🏴󠁧󠁢󠁳󠁣󠁴󠁿",
        "🇮🇳",
    ],
)
def test_what_belongs_together_is_never_torn(whole: str) -> None:
    for filler in range(60):
        text = f"{'x' * filler} {whole} after it, and a few words more to fill the page."
        for size in range(len(text)):
            split(text[:size], 60)
        assert any(whole in page for page in pages(text, 60))


@pytest.mark.no_cover
def test_what_is_longer_than_a_page_is_cut_all_the_same() -> None:
    assert len(pages("x" * 50_000, 2_000)) == 25
    assert len(pages("[" + "x " * 50_000 + "](y)", 2_000)) > 50
    assert pages("👍🏽", 1) == ["👍", "🏽"]
    assert pages("a\r\nb", 2) == ["a", "\r\n", "b"]
    assert len(pages("x" * 50_000, 1)) == 50_000


@pytest.mark.parametrize(
    "piece", ["`", "[", "[a", "](", "``` ", "\n- ", "\n```\n", "<", "**a", "\\", "🇮", "\u0301", " "]
)
def test_a_long_run_of_one_mark_takes_no_longer_than_words(piece: str) -> None:
    pages(piece * (50_000 // len(piece)), 4_000)


def test_a_limit_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one character"):
        split("text", 0)
