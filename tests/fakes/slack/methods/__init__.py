"""The methods of the Web API that the loopback Slack has."""

from tests.fakes.slack.call import Methods
from tests.fakes.slack.methods import (
    assistant,
    chat,
    identity,
    installing,
    reading,
    streams,
    views,
)

METHODS: Methods = {
    **assistant.METHODS,
    **chat.METHODS,
    **identity.METHODS,
    **installing.METHODS,
    **reading.METHODS,
    **streams.METHODS,
    **views.METHODS,
}
