"""Words that Slack only shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack import inert
from tests.slack.seen import CALLS, assert_inert_message, hostile_words


def read(text: str) -> str:
    """What a person reads of a text for `plain_text`."""
    return text.replace("\u2060", "")


@pytest.mark.parametrize(
    "words",
    ["<!channel>", "<@U012ABC>", "<#C012ABC|x>", "&lt;!here&gt;", "@channel", "@Everyone", "@here"],
)
def test_a_call_is_shown_and_calls_nobody(words: str) -> None:
    assert read(inert.plain(f"so {words}!")) == f"so {words}!"
    assert not CALLS.search(inert.plain(words))


def test_ordinary_words_stay_as_they_are() -> None:
    words = "R&D <b> a@b.example #1 (3 > 2)\n\tक्षि 👩‍👩‍👧"
    assert inert.plain(words) == words


def test_what_turns_or_breaks_text_is_gone() -> None:
    assert inert.plain("a\x00b\u202ec\ud800d\r\ne\u2028f") == "abcd\ne\nf"


def test_a_call_hidden_by_a_control_character_is_found() -> None:
    assert not CALLS.search(inert.plain("@\x00channel <\u202e!here>"))


def test_mrkdwn_is_escaped_within_its_limit() -> None:
    assert inert.mrkdwn("a < b & c > d", 100) == "a &lt; b &amp; c &gt; d"
    assert inert.mrkdwn("*bold* `code`", 100) == "∗bold∗ ˋcodeˋ"
    cut = inert.mrkdwn("&" * 100, 50)
    assert len(cut) <= 50
    assert cut.endswith("&amp;…")


def test_a_cut_tears_no_character() -> None:
    assert inert.cut("👩‍👩‍👧👩‍👩‍👧", 8) == "👩‍👩‍👧…"
    assert inert.cut("short", 5) == "short"
    assert inert.line(" two\n lines ", 50) == "two lines"


@pytest.mark.parametrize(
    "address", ["https://a.example/x?y=1&z", "mailto:a@b.example", "HTTP://a.b"]
)
def test_an_address_that_may_be_followed(address: str) -> None:
    assert inert.url(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "//a.example",
        "slack://x",
        "https://",
        "https://a b.example",
        "mailto:x",
        "https://a.example/>|<!channel>",
        "https://a.example/\u202e",
        "data:text/html,x",
        "",
        "https://[::1",
        f"https://a.example/{'x' * 3_000}",
    ],
)
def test_an_address_that_may_not(address: str) -> None:
    assert inert.url(address) is None


@given(hostile_words)
def test_any_words_call_nobody(words: str) -> None:
    shown = inert.plain(words)
    assert not CALLS.search(shown)
    assert inert.plain(shown) == shown
    shown.encode()


@given(hostile_words, st.integers(6, 200))
def test_any_words_are_escaped_and_fit(words: str, limit: int) -> None:
    shown = inert.mrkdwn(words, limit)
    assert len(shown) <= limit
    assert_inert_message(shown)
    assert len(inert.line(words, limit)) <= limit
