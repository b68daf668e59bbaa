"""Words that tell names of people from everything else that is written with capitals."""

from __future__ import annotations

import re
from pathlib import Path

HONORIFICS = frozenset(
    (
        "mr",
        "mrs",
        "ms",
        "miss",
        "dr",
        "prof",
        "shri",
        "sri",
        "smt",
        "sir",
        "madam",
        "ustad",
        "pandit",
    )
)

# No part of a person's name in a casting reply: the field's words, organisations and places,
# headings, calendar and the plain words that begin sentences and titles. Words that are a given
# name as often (Mark, June) are left out.
ORDINARY = frozenset((Path(__file__).parent / "name_words.txt").read_text("utf-8").split())

# Common given names that are no other word, god or hero of an epic. A first name alone is told from
# other words only by being among them; what a model invents mostly is.
GIVEN = frozenset((Path(__file__).parent / "given_names.txt").read_text("utf-8").split())

# Behind such a word a capitalised sequence is a place, a title, a role or a crew member.
LEADS_ELSEWHERE = re.compile(
    r"\b(?:in|at|from|the|of|near|by|as|to|into|towards|via|film|series|serial|play|musical|movie"
    r"|show|ad|for|under|director|dir\.|produced|character|titled|studied|attended|a|an|around"
    r"|project|pilot|production|feature|documentary|short|event|festival|award)\s+$",
    re.IGNORECASE,
)

# Such a word before makes it a person, if `GOES_ON` is what comes behind; or one behind does.
BEFORE_A_PERSON = re.compile(
    r"(?:\b(?:suggest|recommend|consider|like|meet|with|than|about|add|try|shortlist|put|cast"
    r"|called|named|is|are|see|include|includes|including|prefer|choose|pick|call|ask|book|compare"
    r"|between|and|or|either|both|say|over|plus|also|after|talent|actor|actress|dancer|singer"
    r"|comedian|except|beside|was|be|besides|swap|replace|drop|keep|propose|offer|has|have"
    r"|versus|vs\.?|then|not|aur|(?:go|goes|compared|similar|close|closer|closest|next"
    r"|over|offer|talk) to)"
    r"|[,&:])\s+$",
    re.IGNORECASE,
)
GOES_ON = re.compile(
    r"\s*(?:[.,;:!?)\n]|$)|\s+(?:for|in|from|at|to|too|as|on|first|next|instead|with|here|again|now"
    r"|and|or|if|but|because|since|side|aur|than|against|before|after|alongside|over)\b"
)
BEHIND_A_PERSON = re.compile(
    r"(?:['’]s\b|,?\s+(?:is|was|are|turned|isn['’]t|plays?|speaks?|has|had|would|could|can|may|might"
    r"|looks?|seems?|fits?|sings?|dances?|acts?|trained|lives?|works?|worked|brings?|comes?|stands?|also"
    r"|who|whose|and|or|both|travels?|charges?|asks?|does|did|will|knows?|rides?|drives?|moves?"
    r"|matches|wants?|needs?|appears?|appeared|starred|stars|performs?|performed|grew|studied"
    r"|offers?|remains?|meets?|misses|lacks?|hai|ki|ka|ke|ko|bhi|aur)\b"
    r"|,\s+[A-Z]\w+ [A-Z]|\s*\(\s*(?:\d|plays|she|he|they|based|not)|:\s+\d|\s+[–—-]\s|\s*,\s*\d)"
)

# A sentence that denies that somebody is in the roster needs no mark.
DENIES = re.compile(
    r"\b(?:isn['’]t|aren['’]t|not|no|nobody|none|couldn['’]t|can['’]t|cannot|don['’]t|didn['’]t"
    r"|doesn['’]t|without)\b[^.!?\n]{0,80}\b(?:roster|find|found|have|called|named|listed)\b"
    r"|\broster (?:has|holds) (?:no|nobody)\b",
    re.IGNORECASE,
)
