"""Says in the log that somebody's words would have called people, had they been let."""

from __future__ import annotations

import json
import re

import structlog

from adapters.slack.reply_view import Shown

log = structlog.get_logger(__name__)

_MARK = re.compile("(?:<|&lt;|&#0*60;?|&#[xX]0*3[cC];?|@)\N{WORD JOINER}")
"""What `inert` leaves of a command that it broke."""


def note_disarmed(shown: Shown, **where: str) -> None:
    """Look at what people see now; `where` it is, for the log. Never their words."""
    if _MARK.search(json.dumps(shown, ensure_ascii=False)):
        log.info("slack_command_disarmed", **where)
