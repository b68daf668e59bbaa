"""What makes a record the same talent when its file, or the next one, is imported again.

The file's id, where it has one; else the e-mail; else the name. An e-mail that several records
share (an agent's) counts with the name, a name that several share with the city. So a talent
keeps its row when anything else about it changes. To change a talent's name and have no second
row, give it an id or an e-mail of its own.
"""

from __future__ import annotations

from collections import Counter

from bot.roster.cells import Cells
from bot.roster.lists import city
from bot.vocabulary.folding import fold_key

_LONGEST = 300


class KeysInFile:
    """Counts what occurs more than once, then names each record."""

    def __init__(self) -> None:
        self.rows = 0
        self._emails: Counter[str] = Counter()
        self._names: Counter[str] = Counter()

    def count(self, cells: Cells) -> None:
        """Take note of a record, before any is named."""
        self.rows += 1
        email, name = _email(cells), _name(cells)
        if email:
            self._emails[email] += 1
        self._names[name] += 1

    def of(self, cells: Cells) -> tuple[str, tuple[str, ...]]:
        """The record's key, and the keys that it may be stored under from an earlier file."""
        own, email, name = _id(cells), _email(cells), _name(cells)
        by_name = f"name:{name}"
        shared_name = self._names[name] > 1
        former = [] if shared_name else [by_name]
        if email:
            by_email, by_both = f"email:{email}", f"email:{email} name:{name}"
            if own:
                former = [by_both, by_email, *former]
            elif self._emails[email] > 1:
                return by_both, (by_email, *former)
            else:
                return by_email, (by_both, *former)
        if own:
            return f"id:{own}", tuple(former)
        if shared_name:
            return f"name:{name} city:{fold_key(_city(cells))}"[:_LONGEST], ()
        return by_name, ()


def full_name(cells: Cells) -> str:
    """The name, put together from first and last where the file parts them."""
    name = cells.text("name")
    if name and not cells.columns.places.get("last_name"):
        return name
    if name and cells.has("last_name"):
        last = cells.text("last_name")
        return name if name.casefold().endswith(last.casefold()) else f"{name} {last}"
    return name or " ".join(filter(None, (cells.text("first_name"), cells.text("last_name"))))


def _id(cells: Cells) -> str:
    return cells.text("id").casefold()[:_LONGEST]


def _email(cells: Cells) -> str:
    text = cells.text("email").casefold().removeprefix("mailto:")
    return text[:_LONGEST] if "@" in text else ""


def _name(cells: Cells) -> str:
    name = full_name(cells)
    return (fold_key(name) or name.casefold())[:_LONGEST]


def _city(cells: Cells) -> str:
    text = cells.text("city")
    return city(text) if text else ""
