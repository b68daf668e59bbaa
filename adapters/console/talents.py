"""How `castmatch talent search` and `show` print what was found."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from adapters.console.cards import card_lines, printable
from bot.talent import SearchResult, Talent, TalentQuery


def print_json(value: object) -> None:
    """For programs: one document, nothing else on standard output."""
    print(json.dumps(value, ensure_ascii=False, indent=2))  # noqa: T201 - this is the output


def print_query(query: TalentQuery) -> None:
    print_json(query.to_json())


def print_search(console: Console, result: SearchResult) -> None:
    """A list with the reasons; what was given up to find anyone is said first."""
    if not result.matches:
        console.print("The roster is empty: castmatch talent import FILE")
        return
    if result.relaxed:
        given_up = ", ".join(name.replace("_", " ") for name in result.relaxed)
        console.print(f"Nobody fits everything. The nearest, without: {given_up}", style="yellow")
    ids = (match.talent.id for match in result.matches)
    for line in card_lines(result.matches):
        is_head = not line.startswith("   ")
        console.print(Text(f"{line}  {next(ids)}" if is_head else line), soft_wrap=True)


def print_talent(console: Console, talent: Talent) -> None:
    """Every field that is known, one a line; a list one entry a line."""
    console.print(Text(printable(talent.name), style="bold"), soft_wrap=True)
    shown = talent.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"name"})
    for name, value in shown.items():
        if value in ("", []):
            continue
        entries = value if isinstance(value, list) else [value]
        said = "\n".join(f"  {_entry(entry)}" for entry in entries)
        label = name.replace("_", " ")
        line = f"{label}:\n{said}" if len(entries) > 1 else f"{label}: {_entry(entries[0])}"
        console.print(Text(printable(line)), soft_wrap=True)


def print_candidates(console: Console, asked: str, candidates: Sequence[Talent]) -> None:
    """Whom an id or name that is nobody's may have meant."""
    console.print(Text(printable(f"There is no talent {asked}.")), soft_wrap=True)
    for talent in candidates:
        console.print(Text(printable(f"  {talent.id}  {talent.name}, {talent.city}")))
    if candidates:
        console.print("Name one of these by its id.")


def _entry(value: object) -> str:
    if not isinstance(value, dict):
        return f"{value:g}" if isinstance(value, float) else str(value)
    if {"from", "to"} <= value.keys():
        return f"{value['from']} to {value['to']}"
    if {"min", "max"} & value.keys():
        low, high = (value.get(end) for end in ("min", "max"))
        span = "–".join(f"{bound:,.0f}" for bound in (low, high) if bound is not None)
        return f"{value['currency']} {span} a day" if "currency" in value else span
    first, *rest = (str(part) for part in value.values() if part not in ("", None))
    return f"{first} ({', '.join(rest)})" if rest else first
