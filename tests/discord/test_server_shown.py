"""What the loopback Discord says that people see: lines for notes, pages for pictures."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.discord import Channel, DiscordServer, Person, transcript
from tests.fakes.discord.message import EPHEMERAL
from tests.fakes.discord.render import render_messages
from tests.fakes.discord.render_parts import component_html, embed_html
from tests.fakes.discord.render_text import markdown


async def test_a_transcript(discord_server: DiscordServer, casting: Channel, asha: Person) -> None:
    bot = discord_server.bot
    asked = await asha.says(casting, f"{bot.mention} find dancers")
    reply = casting.add(bot, content="One moment", reference=asked, kind=19)
    reply.change(content="Two:\n- A")
    casting.add(bot, content="psst", visible_to=asha, flags=EPHEMERAL)
    gone = await asha.says(casting, "never mind")
    await asha.deletes(gone)
    assert transcript(casting).split("\n") == [
        "Asha: @CastMatch find dancers",
        "CastMatch (to Asha): Two:  (edited)",
        "    - A",
        "CastMatch (only Asha sees this): psst",
    ]
    page = render_messages(asha.sees(casting))
    assert '<span class="mention">@CastMatch</span> find dancers' in page
    assert "Only you can see this" in page


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**b** and *i* <i>", "<b>b</b> and <i>i</i> &lt;i&gt;"),
        ("# Title\ntext", "<h1>Title</h1>text"),
        ("[her reel](https://x.example/a_b)", '<a href="https://x.example/a_b">her reel</a>'),
        (r"\*no\*", "*no*"),
        ("```\na | b\n```", "<pre>a | b</pre>"),
        ("-# small", '<div class="subtext">small</div>'),
        ("a\nb", "a<br>b"),
    ],
    ids=["emphasis", "title", "link", "escaped", "code", "small", "lines"],
)
def test_markdown(text: str, html: str) -> None:
    assert markdown(text) == html


def test_components_and_embeds() -> None:
    button: dict[str, Any] = {"type": 2, "style": 1, "label": "<Go>", "custom_id": "x"}
    assert component_html({"type": 1, "components": [button]}) == (
        '<div class="row"><button class="primary">&lt;Go&gt;</button></div>'
    )
    section = {
        "type": 9,
        "components": [{"type": 10, "content": "**Asha**"}],
        "accessory": {"type": 11, "media": {"url": "https://x.example/a.jpg"}},
    }
    drawn = component_html({"type": 17, "accent_color": 255, "components": [section]})
    assert "<b>Asha</b>" in drawn
    assert "#0000ff" in drawn
    embed = embed_html({"title": "T", "fields": [{"name": "Age", "value": "31", "inline": True}]})
    assert "<b>Age</b><div>31</div>" in embed
