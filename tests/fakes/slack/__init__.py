"""Slack on loopback, as strict as the real one. Start at `server.py`."""

from tests.fakes.slack.app import App
from tests.fakes.slack.message import Message
from tests.fakes.slack.people import Person
from tests.fakes.slack.server import SlackServer
from tests.fakes.slack.transcript import transcript
from tests.fakes.slack.views import View
from tests.fakes.slack.workspace import Channel, Workspace

__all__ = [
    "App",
    "Channel",
    "Message",
    "Person",
    "SlackServer",
    "View",
    "Workspace",
    "transcript",
]
