"""A reply's Markdown as a reader in Slack sees it."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack import markdown
from tests.fakes.slack.plain import plain_blocks
from tests.slack.seen import all_text, assert_calls_nobody, hostile_words

Blocks = list[dict[str, Any]]


def blocks(source: str, *, growing: bool = False, most: int = 20, room: int = 9_000) -> Blocks:
    return markdown.blocks(source, growing=growing, most_blocks=most, most_characters=room)


def seen(source: str) -> str:
    return plain_blocks(blocks(source))


def elements(source: str) -> Blocks:
    (block,) = blocks(source)
    assert block["type"] == "rich_text"
    found: Blocks = block["elements"]
    return found


def parts(source: str) -> Blocks:
    (section,) = elements(source)
    found: Blocks = section["elements"]
    return found


def test_styles_within_a_line() -> None:
    assert parts("a *b* **c** ~~d~~ `e` ***f***") == [
        {"type": "text", "text": "a "},
        {"type": "text", "text": "b", "style": {"italic": True}},
        {"type": "text", "text": " "},
        {"type": "text", "text": "c", "style": {"bold": True}},
        {"type": "text", "text": " "},
        {"type": "text", "text": "d", "style": {"strike": True}},
        {"type": "text", "text": " "},
        {"type": "text", "text": "e", "style": {"code": True}},
        {"type": "text", "text": " "},
        {"type": "text", "text": "f", "style": {"bold": True, "italic": True}},
    ]


def test_paragraphs_stand_apart_and_lines_stay_lines() -> None:
    assert parts("one\ntwo\n\nthree") == [{"type": "text", "text": "one\ntwo\n\nthree"}]


def test_headings_rules_and_what_is_between() -> None:
    shown = blocks("# Three actors\n\nText\n\n### Why\n\nMore\n\n---\n\nEnd")
    assert [block["type"] for block in shown] == ["header", "rich_text", "divider", "rich_text"]
    assert shown[0]["text"] == {"type": "plain_text", "text": "Three actors"}
    bold = {"type": "text", "text": "Why", "style": {"bold": True}}
    assert bold in shown[1]["elements"][0]["elements"]


def test_a_heading_too_long_for_a_header_is_bold() -> None:
    (part,) = parts(f"# {'long ' * 40}")
    assert part["style"] == {"bold": True}


def test_nested_lists_keep_their_depth_and_numbers() -> None:
    shown = elements("1. one\n   - a\n     - deep\n   - b\n2. two\n3. three")
    assert [
        (run["style"], run.get("indent", 0), run.get("offset", 0), len(run["elements"]))
        for run in shown
    ] == [
        ("ordered", 0, 0, 1),
        ("bullet", 1, 0, 1),
        ("bullet", 2, 0, 1),
        ("bullet", 1, 0, 1),
        ("ordered", 0, 1, 2),
    ]
    assert seen("7. seven\n8. eight") == "7. seven\n8. eight"


def test_tasks_have_boxes_and_items_may_have_lines() -> None:
    assert seen("- [ ] ask\n- [x] done\n- two\n\n  lines") == "• ☐ ask\n• ☑ done\n• two\nlines"


def test_code_is_shown_as_it_is() -> None:
    (code,) = elements("```py\nif a < b & c:\n    print('**x**')\n```")
    assert code["type"] == "rich_text_preformatted"
    assert code["elements"] == [{"type": "text", "text": "if a < b & c:\n    print('**x**')"}]


def test_a_quote_holds_a_list_as_lines() -> None:
    (quote,) = elements("> said\n> 1. a\n> 2. b\n>\n> > again")
    assert quote["type"] == "rich_text_quote"
    assert quote["elements"] == [{"type": "text", "text": "said\n1. a\n2. b\nagain"}]


def test_links_go_where_they_say() -> None:
    assert parts("[reel](https://a.example/r?x=1&y=2)") == [
        {"type": "link", "url": "https://a.example/r?x=1&y=2", "text": "reel"}
    ]
    assert parts("see https://a.example/x_(y).")[1:] == [
        {"type": "link", "url": "https://a.example/x_(y)"},
        {"type": "text", "text": "."},
    ]
    assert parts("<https://a.example>") == [{"type": "link", "url": "https://a.example"}]
    assert parts("[www.a.example](https://www.a.example/x)")[0]["text"] == "www.a.example"


@pytest.mark.parametrize(
    ("source", "read"),
    [
        ("[https://bank.example](https://e.example/x)", "https://e.example/x"),
        ("[bank.example](https://bank.example.e.example)", "https://bank.example.e.example"),
        ("[bank.example login](https://e.example)", "bank.example login (e.example)"),
        ("[a@b.example](mailto:c@d.example)", "mailto:c@d.example"),
        ("[run](javascript:alert(1))", "run"),
        ("[here](/relative)", "here"),
        ("![photo](https://a.example/p.png)", "photo"),
        ("![](https://a.example/p.png)", "image"),
    ],
)
def test_a_label_hides_nothing(source: str, read: str) -> None:
    assert seen(source) == read


def test_html_is_left_out_but_not_what_only_looks_like_it() -> None:
    assert seen("<b>Bold</b> and<br>next<!-- hidden --> <img src=x>") == "Bold and\nnext "
    assert seen("a < b, <your name>, 5 > 3") == "a < b, <your name>, 5 > 3"


TABLE = "| Name | Rate |\n|---|--:|\n| **Asha** | 8,000 |\n| | [x](https://a.example) |\n"


def test_a_table_is_a_table() -> None:
    (table,) = blocks(TABLE)
    assert table["type"] == "table"
    assert table["column_settings"] == [
        {"align": "left", "is_wrapped": True},
        {"align": "right", "is_wrapped": True},
    ]
    assert plain_blocks([table]) == "Name | Rate\nAsha | 8,000\n– | x"


def test_a_second_table_is_aligned_text_as_a_message_takes_one() -> None:
    first, second = blocks(f"{TABLE}\nand\n\n{TABLE}")
    assert (first["type"], second["type"]) == ("table", "rich_text")
    assert second["elements"][1]["elements"][0]["text"] == (
        "Name   Rate\n────  ─────\nAsha  8,000\n          x"
    )


def test_a_second_table_too_wide_for_a_line_is_a_list() -> None:
    wide = f"| Name | Notes |\n|---|---|\n| Asha | {'words ' * 20}|\n| Ravi | |\n"
    _, second = blocks(f"{TABLE}\nand\n\n{wide}")
    said = plain_blocks([second]).splitlines()
    assert said[-2].startswith("• Asha · Notes: words words")
    assert said[-1] == "• Ravi"


def test_a_text_of_headings_stays_within_the_blocks() -> None:
    source = "\n\n".join(f"# H{n}\n\ntext\n\n---" for n in range(60))
    shown = blocks(source)
    assert len(shown) <= 20
    assert "H59" in all_text(shown)


def test_more_than_there_is_room_for_is_cut() -> None:
    shown = blocks("word " * 500, room=100)
    assert len(all_text(shown)) <= 100
    assert all_text(shown).endswith("…")


def test_nothing_to_see_is_no_block() -> None:
    for source in ("", " \n ", "<!-- x -->", "```\n```", "[](x)", "- \n- "):
        assert blocks(source) == [], source


@settings(deadline=None, max_examples=200)
@given(hostile_words, st.booleans(), st.integers(3, 20), st.integers(50, 5_000))
def test_any_words_call_nobody_and_fit(words: str, growing: bool, most: int, room: int) -> None:
    shown = blocks(words, growing=growing, most=most, room=room)
    assert_calls_nobody(shown)
    assert len(shown) <= most
    assert len(all_text(shown)) <= room + 200  # the ends of lines between what is shown
    assert_calls_nobody({"type": "plain_text", "text": markdown.in_plain(shown)})


@pytest.mark.parametrize(
    "source",
    ["# **@**channel", "# <https://e.example|@channel>", "# **<**!here>", "| **@**here |\n|---|"],
)
def test_words_that_styles_had_parted_call_nobody(source: str) -> None:
    shown = blocks(source)
    assert_calls_nobody(shown, {"type": "plain_text", "text": markdown.in_plain(shown)})


def test_words_split_over_two_pages_call_nobody() -> None:
    words = "a <!channel> @everyone <@U012ABC> b"
    for end in range(len(words)):
        assert_calls_nobody(blocks(words[:end]), blocks(words[end:]))


@pytest.mark.parametrize(
    "source",
    ["[" * 9_000, "*a " * 3_000, "> " * 4_000, "`" * 9_000, "<b " * 3_000, " " * 9_000 + "<x",
     "a." * 4_500, "[x](" * 2_000, "- " * 4_000, "|" * 9_000, "\n" + " " * 9_000 + "x",
     "|-" * 4_000 + "x", "![" * 4_000, "_a_" * 3_000, "https://a" * 900, "- a\n" * 2_500,
     "".join("`" * n + " " for n in range(130)), "[" + "a" * 9_000 + "](https://b.example)"],
    ids=lambda source: source[:8],
)  # fmt: skip
def test_no_text_takes_long(source: str) -> None:
    # Of this process alone, and twenty times what is usual: what it finds is backtracking.
    started = time.process_time()
    for growing in (True, False):
        blocks(source, growing=growing)
    assert time.process_time() - started < 10
