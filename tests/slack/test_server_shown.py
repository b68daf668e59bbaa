"""What the loopback Slack says that people see: lines for notes, pages for pictures."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import Channel, Person, SlackServer, Workspace, transcript
from tests.fakes.slack.render import render_html, render_messages, render_view


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


async def test_a_transcript(
    slack: SlackServer, client: AsyncWebClient, team: Workspace, casting: Channel, asha: Person
) -> None:
    ts = await asha.says(casting, f"{team.bot.mention} find <https://x.example|dancers>")
    two = [{"type": "markdown", "text": "Two:\n- A"}]
    await client.chat_postMessage(channel=casting.id, thread_ts=ts, text="x", blocks=two)
    await client.chat_postEphemeral(channel=casting.id, thread_ts=ts, user=asha.id, text="psst")
    status = "is looking"
    await client.assistant_threads_setStatus(channel_id=casting.id, thread_ts=ts, status=status)
    other = await asha.says(casting, "and singers")
    await asha.edits(other, "and a singer")
    gone = await asha.says(casting, "never mind")
    await asha.deletes(gone)
    thread = [
        "Asha: @CastMatch find dancers",
        "    CastMatch: Two:",
        "        - A",
        "    CastMatch (only Asha sees this): psst",
    ]
    assert transcript(casting, ts).split("\n") == [*thread, "(CastMatch is looking)"]
    assert transcript(casting).split("\n") == [
        *thread,
        "    (CastMatch is looking)",
        "Asha: and a singer  (edited)",
    ]


@pytest.mark.parametrize(
    ("block", "html"),
    [
        ({"type": "markdown", "text": "**b** <i>"}, "<strong>b</strong> &lt;i&gt;"),
        ({"type": "header", "text": plain("<i>")}, "&lt;i&gt;"),
        ({"type": "divider"}, "<hr>"),
        ({"type": "context", "elements": [plain("x & y")]}, "x &amp; y"),
        ({"type": "table", "rows": [[{"type": "raw_text", "text": "<i>"}]]}, ">&lt;i&gt;</th>"),
        ({"type": "card", "title": {"type": "mrkdwn", "text": "*b*"}}, "<b>b</b>"),
        (
            {
                "type": "section",
                "text": {"type": "mrkdwn", "text": "<https://x.example|a_b_c> `*`"},
            },
            '<a href="https://x.example">a_b_c</a> <code>*</code>',
        ),
    ],
)
def test_blocks_are_drawn(block: dict[str, Any], html: str) -> None:
    page = render_html([block])
    assert html in page
    assert "<i>" not in page


async def test_messages_and_views_are_drawn(
    client: AsyncWebClient, casting: Channel, asha: Person
) -> None:
    await asha.says(casting, "dancers & <@U0NOBODY00>")
    home = {"type": "home", "blocks": [{"type": "header", "text": plain("You and CastMatch")}]}
    await client.views_publish(user_id=asha.id, view=home)
    assert asha.app_home
    assert "You and CastMatch" in render_view(asha.app_home)
    page = render_messages(casting.messages())
    assert "dancers &amp; " in page
    assert "@U0NOBODY00" in page
