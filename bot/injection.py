"""Rows that read like orders to a model: said in the log, so that somebody looks at them.

A hint and no protection: what protects is that rows reach a model as data, that a turn sees no more
than its audience may, and that no tool changes anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import structlog

from bot.talent import Talent

log = structlog.get_logger(__name__)

_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instructions?|rules?|prompts?|orders)\b"
    r"|</?\s*(?:system|assistant|human|user|message|tool_\w+|function_\w+|roster_data|shown)\b"
    r"|(?:^|[\n.!?>])[^\S\n]*(?:system|assistant|human)\s*:"
    r"|\b(?:system prompt|developer mode|jailbreak)\b"
    r"|\byou are (?:now )?(?:an? |the )?(?:admin|administrator|root|system)\b"
    r"|\b(?:reveal|print|repeat)\b.{0,20}\byour (?:prompt|instructions?)\b",
    re.IGNORECASE | re.DOTALL,
)


def gives_orders(text: str) -> bool:
    """Whether it reads like an attempt to instruct a model."""
    return _ORDERS.search(text) is not None


def note_injection(talents: Iterable[Talent]) -> None:
    """Say in the log whose rows do: their ids, and never their words."""
    for talent in talents:
        written = (
            *(talent.name, *talent.other_names, talent.pronouns, talent.city, talent.bio),
            *(*talent.skills, *talent.accents, *talent.travels_to, talent.union),
            *(talent.representation, talent.contact),
            *(f"{one.title}\n{one.role}\n{one.director}" for one in talent.credits),
        )
        if gives_orders("\n".join(written)):
            log.info("injection_suspected", talent=talent.id)
