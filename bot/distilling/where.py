"""Where a message was said, as far as it matters to what its words are about."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from bot.facts import About

_ALONE = re.compile(r"^(?:i|i'm|i’m|i'll|i’ll|i've|i’ve|i'd|i’d|my|mine|me)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Where:
    """For whom a message speaks: for the project that it names, else for who says "I", else for
    the channel, or in a direct conversation for its person."""

    author: str
    today: date
    is_direct: bool
    project: str = ""

    def of(self, project: str) -> Where:
        """The same of a sentence that names a project."""
        return replace(self, project=project)

    def subject(self, who: str = "we", project: str = "") -> tuple[About, str]:
        """Whom a sentence that says `who` is about."""
        if named := project or self.project:
            return About.PROJECT, named
        is_theirs = self.is_direct or _ALONE.match(who.strip())
        return (About.PERSON if is_theirs else About.CHANNEL), ""

    def name(self, who: str = "we", project: str = "") -> str:
        """The same as a statement says it."""
        about, subject = self.subject(who, project)
        return subject or (self.author if about is About.PERSON else "This channel")
