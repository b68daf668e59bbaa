"""Discord on loopback, as strict as the real one. Start at `server.py`."""

from tests.fakes.discord.channel import Channel
from tests.fakes.discord.guild import Guild, Role
from tests.fakes.discord.interactions import Interaction
from tests.fakes.discord.message import Message
from tests.fakes.discord.people import Person, User
from tests.fakes.discord.permissions import Permission
from tests.fakes.discord.server import DiscordServer
from tests.fakes.discord.transcript import transcript

__all__ = [
    "Channel",
    "DiscordServer",
    "Guild",
    "Interaction",
    "Message",
    "Permission",
    "Person",
    "Role",
    "User",
    "transcript",
]
