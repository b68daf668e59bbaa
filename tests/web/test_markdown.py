"""Replies as HTML: nothing in a text can become a script, and growing equals rendering anew."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.web.markdown import GrowingMarkdown, render

PIECES = st.sampled_from(
    [
        *(
            "word",
            " ",
            "\n",
            "\n\n",
            "- ",
            "* ",
            "1. ",
            "2) ",
            "> ",
            "# ",
            "    ",
            "\t",
            "```",
            "~~~",
        ),
        *(
            "**",
            "_",
            "`",
            "|",
            "|---|",
            "---",
            "===",
            "[a]: https://example.com",
            "[a]",
            "<b>",
            "&lt;",
        ),
        *(
            "[x](",
            "https://example.com)",
            "![i](",
            "\\",
            "é",
            "🎭",
            "मराठी",
            "\r\n",
            "\x0b",
            "<!--",
            "\u2028",
        ),
    ]
)


@settings(deadline=None, max_examples=300)
@given(st.lists(PIECES, max_size=60), st.integers(1, 7))
def test_a_growing_text_renders_as_if_it_were_new(pieces: list[str], step: int) -> None:
    text = "".join(pieces)
    growing = GrowingMarkdown()
    for end in range(0, len(text), step):
        assert growing.render(text[:end]) == render(text[:end])
    assert growing.render(text) == render(text)


def test_a_text_that_was_changed_is_rendered_from_its_start() -> None:
    growing = GrowingMarkdown()
    growing.render("one\n\ntwo\n\nthree")
    assert growing.render("one\n\n2\n\nthree") == render("one\n\n2\n\nthree")


def test_settled_blocks_stay_the_same_objects() -> None:
    growing = GrowingMarkdown()
    before = growing.render("one\n\ntwo\nand\n")
    after = growing.render("one\n\ntwo\nand\nmore")
    assert after[0] is before[0]
    assert after == ("<p>one</p>", "<p>two\nand\nmore</p>")


@pytest.mark.parametrize(
    "text", ["word\n****word", "- word\r\n**", "a\nb|c\n-|-x", "a\rb\rc\n\n---\n"]
)
def test_a_line_that_becomes_something_else_while_it_grows(text: str) -> None:
    growing = GrowingMarkdown()
    for end in range(len(text) + 1):
        assert growing.render(text[:end]) == render(text[:end])


def test_what_replies_use_is_kept() -> None:
    text = "# Title\n\n- **a**\n- `b`\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n[site](https://example.com)"
    html = "".join(render(text))
    assert "<h1>Title</h1>" in html
    assert "<li><strong>a</strong></li>" in html
    assert "<td>2</td>" in html
    link = '<a href="https://example.com" target="_blank" rel="noopener noreferrer nofollow">'
    assert link in html


ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](//evil.example/x)",
    "[x](/sign-in)",
    "[x](https://example.com 'a\" onmouseover=\"alert(1)')",
    "![x](https://example.com/x.png)",
    "![x](javascript:alert(1))",
    '<https://example.com/" onclick=alert(1)>',
    "<javascript:alert(1)>",
    "`<script>alert(1)</script>`",
    '```"><script>alert(1)</script>\ncode\n```',
    "```html\n</code></pre><script>alert(1)</script>\n```",
    "| <script>alert(1)</script> |\n|---|\n| <img src=x onerror=alert(1)> |",
    "<style>*{display:none}</style>",
    "<iframe src=https://evil.example></iframe>",
    "<form action=https://evil.example><input></form>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<!--><img src=x onerror=alert(1)>-->",
    "# <b id=composer-text>\n\n<div id=scroller class=dock style='position:fixed'>",
]


@pytest.mark.parametrize("text", ATTACKS)
def test_no_text_becomes_more_than_text(text: str) -> None:
    assert_harmless("".join(render(text)))


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from([*ATTACKS, "\n", "\n\n", "- ", "> ", "**", "`", "|"]), max_size=8))
def test_nor_do_texts_put_together(texts: list[str]) -> None:
    assert_harmless("".join(render("".join(texts))))


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def assert_harmless(html: str) -> None:
    tags = _Tags()
    tags.feed(html)
    for tag, attributes in tags.seen:
        assert re.fullmatch(
            r"p|br|hr|h[1-6]|blockquote|ul|ol|li|em|strong|s|code|pre|a|table|thead|tbody|t[rdh]",
            tag,
        )
        assert set(attributes) <= {"href", "target", "rel", "start"}
        if "href" in attributes:
            assert re.match(r"(https?|mailto):", attributes["href"] or "")
