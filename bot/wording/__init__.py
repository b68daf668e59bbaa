"""Plain words to a `TalentQuery`.

English, Hinglish and Devanagari descriptions, one line or a whole breakdown. What is asked of
the talent becomes a filter; what colours the story stays free text, and so does what is only
wished for ("ideally", "a plus"). Decisions that are not obvious:

- Ages and heights are whole numbers and bounds inclusive: "under 25" is up to 24, "over 180 cm"
  from 181. Money bounds keep the amount said: "under 20k" is up to 20,000. A plain amount is the
  most that can be paid.
- "around 30" is 28 to 32, "early/mid/late thirties" 30-33, 34-36, 37-39, "middle-aged" 40-55,
  "elderly" from 60. Talents are adults: "teenager" is 18-19.
- A place counts when it is the talent's ("based in Pune", "actors from Pune", "…, Pune, …"), not
  when the story or the shoot is there. A state means its cities.
- The days of a shoot are days on which one must be free. Where only the first is told ("from March
  on"), they are those of a month; "10 days from 3 Feb" says how many, and "w/c 11 Jan" a week.
  "8/12" is 8 December.
- A language counts when it is spoken ("Tamil speaker", "Tamil and Hindi" on its own), not as a
  nationality or a film's language ("a French tourist", "a Tamil film").
- Any of several cities, unions and genders will do; languages and skills are all required, save
  where joined by "or". "(A and B) or C" is asked as both (A or C) and (B or C).
"""

from __future__ import annotations

from datetime import date

from bot.talent import TalentQuery
from bot.wording.breakdowns import describe_roles
from bot.wording.describe import describe
from bot.wording.follow_ups import fact_of
from bot.wording.intents import Intent, Request, read_request
from bot.wording.refining import is_refinement, refine

__all__ = [
    "Intent",
    "Request",
    "describe",
    "describe_roles",
    "fact_of",
    "parse",
    "read_request",
    "refine",
]


def parse(text: str, *, today: date, previous: TalentQuery | None = None) -> TalentQuery:
    """What `text` asks for. Pure, and a few milliseconds at most.

    With `previous`, a refinement ("only those under 25", "any city", "cheaper") changes that
    query; a fresh description replaces it. Dates without a year are the next after `today`.
    """
    if previous is not None and is_refinement(text):
        return refine(text, today=today, previous=previous)
    return describe(text, today=today)
