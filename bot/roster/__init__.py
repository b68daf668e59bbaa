"""A roster as a file: rows of any CSV to talents, or to the reason why not. Pure: no database.

`read_roster` goes from bytes to rows. `records` cuts the file into records, `columns` says what
each column is, `values`, `dates` and `lists` read one cell, `rows` puts a talent together.
"""

from bot.roster.columns import Columns
from bot.roster.records import RosterError
from bot.roster.rows import BadRow, ParsedRow, Roster, read_roster

__all__ = ["BadRow", "Columns", "ParsedRow", "Roster", "RosterError", "read_roster"]
