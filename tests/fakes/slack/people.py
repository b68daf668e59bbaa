"""Persons, whom a test moves: what they do in Slack, and what they see."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.fakes.slack import interactions
from tests.fakes.slack.acts import action_of, find_element, state_of
from tests.fakes.slack.authors import Author
from tests.fakes.slack.markup import rich_text
from tests.fakes.slack.shapes import recorded
from tests.fakes.slack.views import View
from tests.fakes.slack.wire import Json

if TYPE_CHECKING:
    from tests.fakes.slack.events import Events
    from tests.fakes.slack.interactions import Response
    from tests.fakes.slack.message import Message
    from tests.fakes.slack.workspace import Channel, Workspace


@dataclass(eq=False, repr=False)
class Person(Author):
    """Somebody with a Slack open. `home` is the workspace in which they act."""

    home: Workspace
    real_name: str = ""
    tz: str = "Asia/Kolkata"
    tz_offset: int = 19800
    is_admin: bool = False
    is_owner: bool = False
    is_restricted: bool = False
    """A guest."""
    deleted: bool = False
    enterprise_id: str = ""
    """The Enterprise Grid that they are of."""

    async def says(
        self, channel: Channel, text: str, thread: str | None = None, *, broadcast: bool = False
    ) -> str:
        """Write a message (in Slack's markup, as the client would send it). Its timestamp."""
        message = channel.add(
            self,
            text,
            blocks=[rich_text(text)],
            thread_ts=thread or "",
            broadcast=broadcast,
            subtype="thread_broadcast" if broadcast else "",
            extra={"client_msg_id": str(uuid.uuid4())},
        )
        self._events.posted(message)
        return message.ts

    async def shares(self, channel: Channel, file: str, text: str = "") -> str:
        """Share a file of this name, perhaps with words. The message's timestamp."""
        (shape,) = recorded("event_message_file_share")["event"]["files"]
        files = [shape | {"id": self.home.server.ids.new("F"), "name": file, "title": file}]
        blocks = [rich_text(text)] if text else []
        message = channel.add(self, text, blocks=blocks, files=files, subtype="file_share")
        self._events.posted(message)
        return message.ts

    async def edits(self, ts: str, text: str) -> None:
        """Change one's own message."""
        message = self._own(ts)
        before = message.wire()
        clock = self.home.server.clock
        message.edited = {"user": self.id, "ts": clock.ts()}
        message.show(clock.now(), text, [rich_text(text)])
        self._events.changed(message, before)

    async def deletes(self, ts: str) -> None:
        """Delete one's own message."""
        message = self._own(ts)
        before = message.wire()
        message.deleted = True
        self._events.deleted(message, before)

    # --- acting ------------------------------------------------------------------------------

    async def commands(self, command: str, text: str, channel: Channel) -> Response:
        """Type a slash command. Only commands that the app has registered can be typed."""
        return await interactions.run_command(self, command, text, channel)

    async def clicks(
        self, action_id: str, value: Any = None, *, on: Message | View, forged: bool = False
    ) -> Response:
        """Click a button, or choose `value` in a menu, in a message or a view that is open.

        Only what is shown can be clicked, except `forged`: then a button of this name and value
        is claimed to have been there (an old version of the message, or an attack).
        """
        blocks = on.blocks
        if forged:
            block: Json = {"block_id": "b0Old"}
            element: Json = {"type": "button", "action_id": action_id, "value": value}
            element["text"] = {"type": "plain_text", "text": "?", "emoji": True}
        else:
            self._must_see(on)
            block, element = find_element(blocks, action_id, value)
            told = block["type"] != "input" or block.get("dispatch_action")
            assert told, f"Slack tells of {action_id} only when the form is submitted"
        action = action_of(block, element, value)
        if isinstance(on, View):
            on.enter(block, element, value)
        return await interactions.click(self, action, on, state_of(block, element, value, blocks))

    async def submits(self, view: View, state: Mapping[str, Any] | None = None) -> Response:
        """Fill a modal in and send it. `state` has what was entered, by `action_id` (or by
        `block_id`); other inputs keep what they show. What Slack itself would hold back (an
        empty input that is not optional) fails the test."""
        assert view.is_open, f"{view} is not open"
        view.fill(state or {})
        return await interactions.submit(self, view)

    async def closes(self, view: View) -> None:
        await interactions.close(self, view)

    async def shortcut(self, callback_id: str, message: Message) -> Response:
        """Choose one of the app's shortcuts in a message's menu."""
        return await interactions.use_shortcut(self, callback_id, message)

    async def opens_home(self, tab: str = "home") -> None:
        interactions.open_home(self, tab)

    async def opens_pane(self, looking_at: Channel | None = None) -> str:
        """Open the assistant's pane. The thread in the direct messages that it shows."""
        return interactions.open_pane(self, looking_at)

    async def looks_at(self, thread: str, channel: Channel) -> None:
        """Go to another channel with the pane open."""
        interactions.look_at(self, thread, channel)

    async def stops(self, channel: Channel, thread: str) -> None:
        """Press Slack's own stop button under a thread."""
        interactions.stop(self, channel, thread)

    async def invites(self, member: Author, channel: Channel) -> None:
        """Add somebody to a channel."""
        if not channel.has(member):
            channel.members.append(member)
            self._events.joined(channel, member, self)

    # --- what they see -----------------------------------------------------------------------

    @property
    def dm(self) -> Channel:
        """Their direct messages with the app."""
        return self.home.dm(self)

    @property
    def modal(self) -> View | None:
        """The modal on top of their screen."""
        return self.home.server.views.modal(self)

    @property
    def app_home(self) -> View | None:
        """The app's Home tab."""
        return self.home.server.views.home(self)

    def ephemeral(self, channel: Channel) -> list[Message]:
        """What only they see in a channel."""
        return channel.ephemeral(self)

    # --- shared ------------------------------------------------------------------------------

    @property
    def username(self) -> str:
        return self.name.lower().replace(" ", ".")

    def wire(self) -> Json:
        real_name = self.real_name or self.name
        profile = {
            "real_name": real_name,
            "real_name_normalized": real_name,
            "display_name": self.name,
            "display_name_normalized": self.name,
            "team": self.team_id,
        }
        user = {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.username,
            "real_name": real_name,
            "deleted": self.deleted,
            "profile": profile,
        }
        if self.deleted:
            return user
        return user | {
            "tz": self.tz,
            "tz_label": self.tz,
            "tz_offset": self.tz_offset,
            "is_admin": self.is_admin,
            "is_owner": self.is_owner,
            "is_primary_owner": False,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": False,
            "is_bot": False,
            "is_app_user": False,
            "is_email_confirmed": True,
            "updated": 1760000000,
            "locale": "en-GB",
            **({"is_stranger": True} if self.team_id != self.home.id else {}),
            **({"enterprise_user": self._of_grid()} if self.enterprise_id else {}),
        }

    def _of_grid(self) -> Json:
        return {
            "id": self.id,
            "enterprise_id": self.enterprise_id,
            "enterprise_name": "Acme",
            "is_admin": False,
            "is_owner": False,
            "teams": [self.team_id],
        }

    @property
    def _events(self) -> Events:
        return self.home.server.events

    def _own(self, ts: str) -> Message:
        for channel in self.home.channels.values():
            message = channel.find(ts)
            if message and not message.deleted:
                assert message.author is self, f"{self.name} did not write {ts}"
                return message
        raise AssertionError(f"there is no message {ts}")

    def _must_see(self, on: Message | View) -> None:
        if isinstance(on, View):
            assert on.is_open, f"{on} is not open"
        else:
            assert not on.deleted, f"{on} is gone"
            assert on.visible_to in ("", self.id), f"{self.name} does not see {on}"
