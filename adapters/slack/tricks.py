"""Says in the log what somebody's words would have done, had they been let."""

from __future__ import annotations

import json
import re

import structlog

from adapters.slack.inert import CUT_BY_FAR
from adapters.slack.reply_view import Shown

log = structlog.get_logger(__name__)

_DISARMED = re.compile("(?:<|&lt;|&#0*60;?|&#[xX]0*3[cC];?|@)\N{WORD JOINER}")
"""What `inert` leaves of a command that it broke."""


def note_tricks(shown: Shown, **where: str) -> None:
    """Look at what people see now; `where` it is, for the log. Never their words."""
    seen = json.dumps(shown, ensure_ascii=False)
    if _DISARMED.search(seen):
        log.info("slack_command_disarmed", **where)
    if CUT_BY_FAR in seen:
        log.info("slack_oversize", kind="shown", **where)
