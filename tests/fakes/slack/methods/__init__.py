"""The methods of the Web API that the loopback Slack has."""

from tests.fakes.slack.call import Methods
from tests.fakes.slack.methods import chat, identity, reading

METHODS: Methods = {**identity.METHODS, **chat.METHODS, **reading.METHODS}
