"""What must hold of anything that we give Slack to show, whatever words went into it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st
from slack_sdk.models.blocks import Block

from adapters.slack.inert import size
from bot.talent import Credit, DateSpan, DayRate, LanguageSkill, Match, Range, Talent
from tests.fakes.slack.rules.blocks import checked_blocks
from tests.fakes.slack.rules.views import checked_view

OUR_LINK = re.compile(r"<(?:https?://[^\s<>|]+|mailto:[^\s<>|]+)(?:\|[^<>|]*)?>")
CALLS = re.compile(r"(?:<|&lt;|&#0*60;|&#x0*3c;)[!@#]|@(?:channel|here|everyone|group)", re.I)
CALLING_ELEMENTS = {"user", "usergroup", "broadcast", "channel", "date", "team"}
ADDRESS = re.compile(r"(?:https?://|mailto:)", re.I)

HOSTILE = (
    *("<!channel>", "<!here|x>", "<!everyone>", "<!subteam^S012ABC>", "<@U012ABC>", "<#C012ABC|x>"),
    *("&lt;!channel&gt;", "&#60;!here&#62;", "&#x3c;@U012ABC>", "&amp;lt;!channel>", "@channel"),
    *(
        "@",
        "here",
        "@everyone ",
        "<",
        "!",
        "channel>",
        "|",
        "&",
        ">",
        "<https://e.example|@channel>",
    ),
    *(
        "[bank.example](https://e.example)",
        "[a](javascript:alert(1))",
        "[@here](https://a.example)",
    ),
    *(
        "[<!channel>](https://a.example/?a=1&b=<2>)",
        "![x](https://a.example/p.png)",
        "](",
        "[",
        ")",
    ),
    *(
        "https://a.example/x_(y).",
        "`",
        "```\n",
        "~~~",
        "**",
        "*",
        "_",
        "~~",
        "\\",
        "\n",
        "\n\n",
        "  ",
    ),
    *(
        "| a | b |\n|---|---|\n| <!here> | ",
        "|",
        "\n|--|\n",
        "- ",
        "\n- ",
        "\n  1. ",
        "# ",
        "\n## ",
    ),
    *(
        "\n> ",
        "\n---\n",
        "<br>",
        "<b>bold</b>",
        "<!-- x",
        "</p>",
        "- [ ] ",
        "\u202e",
        "\x00",
        "\r\n",
    ),
    *(
        "\u2028",
        "\ud800",
        "क्षि",
        "👩‍👩‍👧",
        "e\u0301\u0302",
        "𝒳",
        "Asha Kulkarni ",
        "plays 24–30 ",
        "\u2060",
    ),
)
hostile_words = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=8), max_size=30).map("".join)


def assert_calls_nobody(*shown: Any) -> None:
    """No words in it can call people or hide where a link goes, and all of it can be sent."""
    for node in _nodes(shown):
        assert node.get("type") not in CALLING_ELEMENTS, node
        for key, value in node.items():
            if key in ("url", "image_url"):
                assert ADDRESS.match(value), value
            elif isinstance(value, str):
                _assert_inert(value, is_markup=key == "text" and node.get("type") == "mrkdwn")
    json.dumps(shown, ensure_ascii=False).encode()


def assert_inert_message(text: str) -> None:
    """The same of a message's `text`, which is markup."""
    _assert_inert(text, is_markup=True)


def _assert_inert(text: str, *, is_markup: bool) -> None:
    assert not CALLS.search(text), text
    if is_markup:
        assert not re.search("[<>]", OUR_LINK.sub("", text)), text
        assert not re.search("&(?!amp;|lt;|gt;)", text), text


def assert_fits_message(blocks: list[dict[str, Any]], text: str) -> None:
    """`chat.postMessage` and `chat.update` take it."""
    assert 0 < len(text.encode()) <= 4_000
    assert 0 < len(blocks) <= 50
    checked_blocks(blocks, "message")
    _assert_blocks(blocks)
    assert sum(map(size, _texts(blocks))) + 75 * len(blocks) <= 13_200


def assert_fits_view(view: dict[str, Any]) -> None:
    """`views.open`, `views.update` and `views.publish` take it."""
    checked_view(view, view["type"])
    assert view["blocks"]
    _assert_blocks(view["blocks"])
    ids = [block["block_id"] for block in view["blocks"] if "block_id" in block]
    assert len(ids) == len(set(ids))


def _assert_blocks(blocks: list[dict[str, Any]]) -> None:
    for block in blocks:
        parsed = Block.parse(block)
        assert parsed is not None, block
        parsed.to_dict()  # checks what slack_sdk knows of the limits
        ids = [node["action_id"] for node in _nodes(block) if "action_id" in node]
        assert len(ids) == len(set(ids)), ids
    for node in _nodes(blocks):
        if node.get("type") in ("mrkdwn", "plain_text", "raw_text", "text"):
            assert node["text"], node
        if node.get("type") == "mrkdwn":
            assert node["verbatim"] is True, node
        if "action_id" in node and node["type"] == "button":
            assert 0 < len(node["value"]) <= 2_000
            assert len(node["text"]["text"]) <= 75
        if "elements" in node:
            assert node["elements"], node


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _nodes(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _nodes(inner)


def _texts(value: Any) -> Iterator[str]:
    for node in _nodes(value):
        for key in ("text", "alt_text", "url"):
            if isinstance(node.get(key), str):
                yield node[key]


def all_text(blocks: Any) -> str:
    """Every text in the blocks, one after the other."""
    return "\n".join(node["text"] for node in _nodes(blocks) if isinstance(node.get("text"), str))


def talent(**fields: Any) -> Talent:
    known: dict[str, Any] = {
        "id": "asha000001",
        "name": "Asha Sample Rao",
        "playing_age": Range(min=24, max=30),
        "city": "Pune",
        "languages": (LanguageSkill(name="Marathi"), LanguageSkill(name="Hindi")),
        "day_rate": DayRate(min=8_000, max=12_000),
        "headshot_url": "https://photos.example/asha.jpg",
    }
    return Talent.model_validate(known | fields)


def match(*reasons: str, misses: tuple[str, ...] = (), **fields: Any) -> Match:
    return Match(talent=talent(**fields), score=0.9, reasons=reasons, misses=misses)


@st.composite
def hostile_matches(draw: st.DrawFn) -> Match:
    """A match whose every field anybody could have written."""
    words = hostile_words
    many = st.lists(words, max_size=4).map(tuple)
    return Match(
        talent=Talent(
            id="asha000001",
            name=draw(words),
            other_names=draw(many),
            pronouns=draw(words),
            playing_age=Range(min=24),
            city=draw(words),
            languages=tuple(LanguageSkill(name=name) for name in draw(many)),
            skills=draw(many),
            union=draw(words),
            day_rate=DayRate(max=9_000, currency="AED"),
            available=(DateSpan.model_validate({"from": "2030-07-01", "to": "2030-07-09"}),),
            credits=(Credit(title=draw(words), role=draw(words)),),
            bio=draw(words),
            headshot_url=draw(st.sampled_from(["https://a.example/x.png"]) | words),
            reel_url=draw(st.sampled_from(["https://a.example/?a=1&b=2"]) | words),
            representation=draw(words),
        ),
        score=0.5,
        reasons=draw(many),
        misses=draw(many),
    )
