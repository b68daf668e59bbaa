"""What people write in Slack, as it is meant to be read."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.inbound import mentions, passed_on, to_text

NAMES = {"U0RAVIIYER": "Ravi Iyer"}


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<@U0CASTBOT1> find two dancers", "find two dancers"),
        ("<@U0CASTBOT1|CastMatch>, find two", "find two"),
        ("find two dancers <@U0CASTBOT1>", "find two dancers"),
        ("what can <@U0CASTBOT1> do?", "what can @CastMatch do?"),
        (
            "ask <@U0RAVIIYER> or <@U0NOBODY00> or <@W0X|Mina>",
            "ask @Ravi Iyer or @someone or @Mina",
        ),
        ("in <#C012|casting> and <#C013>", "in #casting and #a-channel"),
        ("<!channel> <!here|here> <!subteam^S1|@casting>", "@channel here @casting"),
        ("<!date^1795000000^{date}|3 Dec>", "3 Dec"),
        (
            "see <https://a.example/x?y=1&amp;z=2|the brief>",
            "see the brief (https://a.example/x?y=1&z=2)",
        ),
        ("<https://a.example> <http://a.example|a.example>", "https://a.example http://a.example"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("5 &lt; 6 &amp; &amp;lt;", "5 < 6 & &lt;"),
        ("*Role:* Meera, _lead_, ~old~ age", "Role: Meera, lead, old age"),
        ("2*3*4 snake_case_name * star", "2*3*4 snake_case_name * star"),
        ("*_both_* `*code*` ```\na_b_c\n```", "both *code* \na_b_c"),
        ("&gt; quoted\n• one", "> quoted\n• one"),
        ("", ""),
    ],
)
def test_markup_is_read(markup: str, text: str) -> None:
    assert to_text(markup, us="U0CASTBOT1", names=NAMES) == text


def test_who_is_mentioned() -> None:
    assert mentions("<@U1> <@W2|x> <@U1> <@u3> @U4") == ["U1", "W2"]


def test_only_forwarded_messages_are_passed_on() -> None:
    assert (
        passed_on(
            [
                {"is_share": True, "text": "Role: a wrestler"},
                {"title": "a link's preview", "text": "not said by anybody"},
                {"is_msg_unfurl": True, "text": "From Pune"},
                {"is_share": True, "text": 7},
                "junk",
            ]
        )
        == "Role: a wrestler\n\nFrom Pune"
    )


@given(st.text(alphabet="<>|@#!^&;*_~`ltgamp:/ Uab1\n", max_size=200))
def test_any_markup_is_read(markup: str) -> None:
    to_text(markup, us="U1", names={})


_STYLED = re.compile(r"(?<![\w*_~])([*_~])(?=\S)([^\n]*?\S)\1(?![\w*_~])")


@given(st.text(alphabet="*_~ ab\n.", max_size=60))
def test_styles_go_as_the_plain_pattern_for_them_says(markup: str) -> None:
    text = markup
    for _ in range(3):
        text = _STYLED.sub(r"\2", text)
    assert to_text(markup, names={}) == text.strip()


@pytest.mark.parametrize(
    "part",
    ["*a ", "**a ", "_a", "*_~", " ", " ,", "`a ", "``` ", "<", "<@U1", "<@U1> ", "&lt;", "\n"],
)
def test_no_message_takes_long_to_read(part: str) -> None:
    """Slack takes 40,000 characters; while one is read nothing else is done."""
    began = time.process_time()
    to_text(part * (40_000 // len(part)), us="U1", names={})
    mentions(part * (40_000 // len(part)))
    assert time.process_time() - began < 1
