"""A roster as a file: rows of any CSV to talents, or to the reason why not. Pure: no database.

`read_roster` goes from bytes to rows. `records` cuts the file into records, `columns` says what
each column is, `values`, `money`, `dates` and `lists` read one cell, `people` and `rows` put a
talent together; `progress` is what an import tells of itself.
"""

from bot.roster.columns import Columns
from bot.roster.progress import FieldChange, ImportProgress, Note, RosterImporter, RowChange
from bot.roster.records import RosterError
from bot.roster.rows import BadRow, ParsedRow, Roster, read_roster

__all__ = [
    "BadRow",
    "Columns",
    "FieldChange",
    "ImportProgress",
    "Note",
    "ParsedRow",
    "Roster",
    "RosterError",
    "RosterImporter",
    "RowChange",
    "read_roster",
]
