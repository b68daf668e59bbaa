"""Wishes that last, or belong to a project: "we never cast …", "Monsoon Letters needs …"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.distilling.dated import dated
from bot.distilling.naming import FOR_PROJECT, Wanted, name_in, wanted_in
from bot.distilling.patterns import CHAHIYE, KE_LIYE, LASTING, WISH
from bot.distilling.where import Where
from bot.facts import About, Act, Draft


def read_wish(sentence: str, where: Where) -> Iterator[Draft]:
    match = WISH.match(sentence)
    if match is None:
        return
    what, project = _for_project(match["what"])
    if not match["who"]:
        project = name_in(match)
        if not project:
            return
    verb = match["verb"].lower()
    ends = (
        verb.startswith("no longer")
        or "more" in (match["again"] or "")
        or "longer" in (match["again"] or "")
    )
    negated = (
        bool(re.search(r"never|don'?t|do not|doesn'?t|does not|avoid|won'?t", verb)) and not ends
    )
    lasts = (
        bool(LASTING.search(sentence)) or negated or verb.startswith(("prefer", "insist", "avoid"))
    )
    if not (ends or project or lasts):
        return
    yield from _wishes(
        sentence, what, project, where, ends=ends, negated=negated, only="only" in verb, lasts=lasts
    )


def _wishes(
    sentence: str, what: str, project: str, where: Where,
    *, ends: bool = False, negated: bool = False, only: bool = False, lasts: bool = False,
) -> Iterator[Draft]:  # fmt: skip
    told = dated(what, where.today)
    about, subject = (About.PROJECT, project) if project else (where.us, "")
    act = Act.ENDS if ends else Act.CORRECTS if only else Act.SAYS
    what = told.text.strip(" .!,")
    wanted = list(wanted_in(what, where.today)) or [Wanted("wish", what)]
    verb = (
        "does not want"
        if negated
        else "no longer wants"
        if ends
        else "wants only"
        if only
        else "prefers"
        if "prefer" in sentence
        else "wants"
    )
    whom = f" for {project}" if project else ""
    for attribute, value in wanted:
        if attribute == "wish" and (
            len(what.split()) > 12
            or re.match(
                r"^(?:to|you|it|this|that|more|others?|someone|help)\b", what, re.IGNORECASE
            )
        ):
            continue
        yield Draft(
            about,
            subject,
            attribute,
            value,
            f"{where.author} {verb} {what}{whom}.",
            sentence,
            act=act,
            negated=negated,
            confidence=0.85 if lasts else 0.65,
            valid_from=told.valid_from,
            valid_until=told.valid_until,
        )


def read_chahiye(sentence: str, where: Where) -> Iterator[Draft]:
    project, rest = "", sentence
    if match := KE_LIYE.match(sentence):
        project, rest = match["project"].strip(), match["rest"]
    if match := CHAHIYE.match(rest):
        what, project = match["what"], project or (match["project"] or "").strip()
        if inner := KE_LIYE.match(what):
            project, what = inner["project"].strip(), inner["rest"]
        if project:
            yield from _wishes(sentence, what, project, where)


def _for_project(what: str) -> tuple[str, str]:
    """The phrase without the project that it ends in, and that."""
    if (match := FOR_PROJECT.search(what)) and (project := name_in(match)):
        return what[: match.start()], project
    return what, ""
