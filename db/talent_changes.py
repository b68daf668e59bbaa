"""A talent as stored and as a file has it: put together, and what differs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol

from bot.roster import FieldChange
from bot.talent import Credit, DateSpan, DayRate, LanguageSkill, Range, Talent

if TYPE_CHECKING:
    from datetime import date

_LONGEST = 60


class Entry(Protocol):
    """A talent with what decides who may see it."""

    @property
    def talent(self) -> Talent: ...
    @property
    def public_groups(self) -> tuple[str, ...]: ...
    @property
    def minor(self) -> bool: ...
    @property
    def guardian_consent_on(self) -> date | None: ...
    @property
    def source_key(self) -> str: ...


def merged(stored: Talent, read: Talent, given: Iterable[str]) -> Talent:
    """The stored talent with the fields that the file gives; its id stays."""
    update = {name: getattr(read, name) for name in given if name in Talent.model_fields}
    return stored.model_copy(update=update | {"id": stored.id})


def field_changes(before: Entry, after: Entry) -> tuple[FieldChange, ...]:
    """Each field that differs, as people read it."""
    pairs: list[tuple[str, Any, Any]] = [
        (name, getattr(before.talent, name), getattr(after.talent, name))
        for name in Talent.model_fields
    ]
    pairs += [
        (name, getattr(before, name), getattr(after, name))
        for name in ("public_groups", "minor", "guardian_consent_on", "source_key")
    ]
    return tuple(
        FieldChange(name, _text(old), _text(new)) for name, old, new in pairs if old != new
    )


def _text(value: object) -> str:
    text = _readable(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _readable(value: object) -> str:
    match value:
        case None | "" | ():
            text = "(nothing)"
        case tuple():
            text = ", ".join(map(_readable, value))
        case DayRate():
            text = f"{value.currency} {_figures(value)}"
        case Range():
            text = _figures(value)
        case DateSpan():
            text = f"{value.from_}..{value.to}"
        case LanguageSkill():
            text = f"{value.name} ({value.level})"
        case Credit():
            details = ", ".join(str(part) for part in (value.role, value.year) if part)
            text = f"{value.title} ({details})" if details else value.title
        case _:
            text = str(value)
    return text


def _figures(bounds: Range) -> str:
    low, high = (None if bound is None else f"{bound:,.0f}" for bound in (bounds.min, bounds.max))
    if high is None:
        return f"{low}+"
    if low is None:
        return f"up to {high}"
    return low if low == high else f"{low}-{high}"
