"""Questions about those shown that neither name a list nor a filter: "who can dance?", "what is
her rate?", "who's the tallest?", and what we are asked to do and don't ("book her")."""

from __future__ import annotations

import re

from bot.wording.references import References, find_references

_B, _E = r"(?<![\w\u0900-\u097f])", r"(?![\w\u0900-\u097f])"

FACTS = tuple(
    (re.compile(rf"{_B}(?:{words}){_E}"), label)
    for words, label in (
        (
            r"(?:day )?rates?|costs?|charges?|fees?|prices?|how much|kitn[aei]|रेट|कितन[ाेी]",
            "Day rate",
        ),
        (r"free|available|availability|avails?|dates?|kha+li|kab|उपलब्ध|खाली|कब", "Free"),
        (r"tall|heights?|lamba[i]?|lambi|कद", "Height"),
        (r"ages?|old|umar|umr|उम्र", "Playing age"),
        (r"languages?|speaks?|bhasha|भाषा", "Languages"),
        (r"accents?", "Accents"),
        (r"skills?", "Skills"),
        (r"based|lives?|city|cities|where|kaha+n?|कहाँ|कहां|शहर", "City"),
        (r"unions?", "Union"),
        (r"represents?|represented|agents?|agency|agencies|contacts?", "Represented by"),
        (r"pronouns?", "Gender"),
        (r"credits?|worked|films?", "Credits"),
        (r"reels?|showreels?", "Reel"),
    )
)  # fmt: skip
"""Words for a fact, and its label in a profile."""

_LEAD = r"^(?:(?:and|so|but|ok|okay|great|thanks),? )*"
_ASKS = re.compile(
    rf"{_LEAD}(?:what(?:'?s| is| are)?|when(?:'?s| is| are)?|where(?:'?s| is| are)?|"
    r"how (?:much|tall|old)|which|whose|who(?:'?s)? represents?|who is .*(?:agent|agency)|"
    r"(?:can|may|could) (?:i|we|you) (?:have|get|see|tell|give|share|send)|do you have|(?:show|"
    rf"tell|give|send|share)(?: me| us)?){_E}"
    rf"|{_B}(?:kya|kitn[aei]|kab|kaha+n?|क्या|कितन[ाेी]|कब|कहाँ|कहां){_E}"
)
_ONE = re.compile(
    rf"{_B}(?:her|him|his|she|he|this one|that one|usk[aei]|isk[aei]|उसक[ाेी]|इसक[ाेी]){_E}"
)
_ALL = re.compile(
    rf"{_B}(?:they|them|their|theirs|these|those|all|everyone|each|unk[aei]|ink[aei]|sabk[aei]|"
    rf"उनक[ाेी]|इनक[ाेी]){_E}"
)
_NO_FACT = re.compile(r"\b(?:what|how) about\b|\bwhat if\b|\bwho (?:can|could)\b")
_FACT_ALONE = 3
"""So many words beside the fact may be said of nobody in particular ("what's the day rate?")."""

_WHO = re.compile(
    rf"{_LEAD}(?:who(?:'s|s)?|kaun(?: kaun)?|कौन(?: कौन)?){_E}"
    r"(?! (?:are|also|else|do|have|speak|know|sing|dance|ride|play|live|act|represents?|"
    r"would you)\b)"
)
_WHO_WORDS = 6
_MOST = re.compile(
    rf"{_B}(?:cheapest|least expensive|lowest rate|most expensive|priciest|highest rate|youngest|"
    rf"oldest|eldest|tallest|shortest|sabse \w+){_E}"
)
_MOST_WORDS = 5
_ACT = re.compile(
    rf"{_LEAD}(?:(?:can|could|will|would) you |please |pls |kindly |let'?s |go ahead and |and )*"
    r"(?:book|hold|pencil|block|call|ring|phone|e-?mail|mail|message|text|whatsapp|dm|contact|"
    r"invite|schedule|hire|pay|audition|confirm|offer|remind|reach out to|ask|tell|send)"
    rf"{_E}(?! (?:me|us)\b)"
)
_ENGLISH_IS = re.compile(r"\b(?:is|us)\b", re.IGNORECASE)


def fact_of(folded: str) -> str | None:
    """The label of the fact that a text asks for, the first that it names."""
    found = [(match.start(), label) for words, label in FACTS if (match := words.search(folded))]
    return min(found)[1] if found else None


def asks_fact(said: str, folded: str) -> References | None:
    """Of whom a fact is asked: by place or name, all of the list, or of nobody in particular;
    `None` where no fact is asked of those shown."""
    if not _ASKS.search(folded) or _NO_FACT.search(folded) or fact_of(folded) is None:
        return None
    if _ALL.search(folded):
        return References(all=True)
    found = find_references(_ENGLISH_IS.sub("  ", said), first_only=True)
    if found.places or found.names:
        return found
    if _ONE.search(folded):
        return References(places=(1,))
    few = len(folded.split()) <= _FACT_ALONE + 1
    return References() if few and not folded.startswith(("show", "tell", "give")) else None


def asks_who(folded: str) -> bool:
    """Whether a short question asks who of them: "who can dance?", "who's the tallest?"."""
    length = len(folded.split())
    if _MOST.search(folded):
        return length <= _MOST_WORDS
    return length <= _WHO_WORDS and _WHO.match(folded) is not None


def asks_act(said: str, folded: str) -> References | None:
    """Of whom we are asked to do what we don't do ("book her for Friday")."""
    match = _ACT.match(folded)
    if match is None:
        return None
    found = find_references(said[match.end() :], first_only=True)
    return found if found.places or found.names or found.all else None
