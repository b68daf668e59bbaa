"""What a message wants of us: a new search, a change to the last one, or something about talents
already shown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.vocabulary.folding import compose, fold
from bot.wording.follow_ups import asks_act, asks_fact, asks_who
from bot.wording.references import NAMED, find_references, is_only_reference
from bot.wording.refining import is_refinement


class Intent(StrEnum):
    """`AMONG` to `ACT` speak of talents already shown, `REFINE` and `MORE` of the search.

    `AMONG_OR` asks of them, and where none of them fits of everyone ("who can dance?"); `FACT`
    asks for one fact; `ACT` for what we don't do ("book her").
    """

    SEARCH = "search"
    REFINE = "refine"
    MORE = "more"
    AMONG = "among"
    AMONG_OR = "among or"
    SIMILAR = "similar"
    SHOW = "show"
    COMPARE = "compare"
    REASONS = "reasons"
    FACT = "fact"
    ACT = "act"
    START_OVER = "start over"
    HELLO = "hello"
    THANKS = "thanks"
    HELP = "help"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Request:
    """An intent, and whom it speaks of.

    `places` are positions in the list last shown, from 1; -1 is the last of it. `names` are names
    as written. `all` says that the whole list is meant. `rest` is the message without the words
    that carried the intent, which a search still has to read ("more like the second one, *but
    under 25*").
    """

    intent: Intent
    places: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    all: bool = False
    rest: str = ""


_HELLO = re.compile(
    r"(?:hi+|hello+|hey+|namaste|namaskar|namaskaram|vanakkam|hola|bonjour|salaam|yo|"
    r"good (?:morning|afternoon|evening|day)|नमस्ते|नमस्कार)"
    r"(?: there| everyone| all| castmatch| bot| team| ji| again)*"
)
_THANKS = re.compile(
    r"(?:(?:many |ok(?:ay)?,? |great,? |perfect,? |cool,? |awesome,? )*"
    r"(?:thanks?|thank you|thank u|thx|ty|shukriya|dhanyava+d|cheers|merci|gracias|धन्यवाद|"
    r"शुक्रिया)"
    r"(?: (?:so much|a lot|very much|a ton|again|you|ji|for [\w ]+|that'?s (?:all|great|perfect)))*"
    r"|(?:ok(?:ay)?,? )?(?:ok(?:ay)?|great|perfect|awesome|cool|nice|got it|sounds good|lovely|"
    r"super|good|"
    r"wonderful|brilliant|accha|badhiya|bye|goodbye|that'?s all)(?: (?:one|work|job|stuff|bye))?)"
)
_HELP = re.compile(
    r"(?:help(?: me)?|what can you do(?: for me)?|what do you do|what are you|who are you|"
    r"how (?:do|does|can) (?:this|you|i|it)(?: use)?(?: this| you| it)? ?(?:work|help|do)?|"
    r"are you (?:claude|a bot|human|ai|an ai|real|chatgpt|gpt|online|offline).*|"
    r"what is this|commands?|examples?|kya kar sakte ho|tum kaun ho|aap kaun ho(?:n)?|मदद)"
)
_START_OVER = re.compile(
    r"\b(?:start (?:over|again|afresh|fresh)|reset(?: (?:everything|filters|the search))?|"
    r"(?:a |do a |let'?s do a )?(?:new|fresh|another) search|clear (?:everything|all|filters|"
    r"the filters|it)|forget (?:all that|everything|all of that|it all|that)|begin again|"
    r"(?:start )?from scratch|naya search|phir se shuru|naye sire se|नया सर्च|फिर से शुरू)"
    r"(?![\w\u0900-\u097f])"
)
_MORE = re.compile(
    r"(?:(?:can|could|may) (?:i|you|we) (?:see|have|show(?: me)?) )?(?:(?:please )?(?:show|give|"
    r"find|list)(?: me| us)? )?"
    r"(?:some |a few |any |the )?(?:more|others?|next|another|anyone else|anybody else|who else|"
    r"someone else|somebody else|the rest|rest)(?: (?:please|results?|options?|talents?|actors?|"
    r"actress(?:es)?|names?|people|ones?|page|five|few|of them|of these|profiles|matches|"
    r"candidates|faces|batch|\d+))*(?: please)?"
    r"|(?:keep going|go on|continue|aur(?: bhi)?(?: dikhao| batao| log)?|aage(?: dikhao)?|"
    r"agle|और(?: दिखाओ| बताओ)?|आगे)"
)
_WHOLE = (
    (re.compile(""), Intent.UNCLEAR),
    (_HELLO, Intent.HELLO),
    (_THANKS, Intent.THANKS),
    (_HELP, Intent.HELP),
    (_MORE, Intent.MORE),
)
_SIMILAR = re.compile(
    r"\b(?:(?:more|others?|someone|somebody|anyone|anybody|people|actors?|actress(?:es)?|talents?|"
    r"find|show(?: me)?|get(?: me)?|faces?|ones?|options?|another|profiles?|girls?|women|men|"
    r"guys?)\s+)*"
    r"(?:(?:just|a bit|a lot|very|exactly|much|who (?:is|are|looks?))\s+)?(?:like|similar to|"
    r"resembling|along the lines of|"
    r"in the (?:vein|style) of|comparable to|close to)\s+(?=\S)"
)
_SIMILAR_AFTER = re.compile(
    r"(?<!\s)\s*+(?<![\w\u0900-\u097f])(?:jais[aei]|ki tarah|ke jais[aei]|जैसी|जैसा|जैसे)"
    r"(?![\w\u0900-\u097f])(?:\s*(?:aur|koi|log))*"
)
_COMPARE = re.compile(
    r"\b(?:compare|comparison|contrast|difference between|side by side|(?:who|"
    r"which)(?: one)? is better|"
    r"tulna|muqabla)\b|\bvs\b\.?|\bversus\b|तुलना"
)
_SHOW = re.compile(
    r"\b(?:(?:tell|give|show|send)(?: me| us)?\s+(?:some |a bit |a little )?(?:more |"
    r"everything |something |"
    r"all |details |info(?:rmation)? |the (?:details|profile|bio|reel|credits) )*(?:about|on|of|"
    r"for|from)\b|"
    r"(?:more |some |any |full )?(?:details?|info(?:rmation)?|bio|profile|reel|credits|showreel|"
    r"headshot|contact)"
    r"(?: details?)?\s+(?:about|on|of|for)\b|more (?:about|on)\b|(?:what|how) about\b|"
    r"know (?:more )?about\b|open\b|about\b|expand\b|view\b|see\b|show(?: me| us)?\b|pull up\b)\s*"
)
_SHOW_AFTER = re.compile(
    r"(?<!\s)\s*+(?:(?:wali|wala|wale)\s+)?"
    r"(?:ke (?:bare|baare) (?:mein|me)|ki (?:details?|jankari)|ka "
    r"profile|के बारे में)(?![\w\u0900-\u097f]).*$"
)
_WHO_IS = re.compile(r"(?:who is|who's|kaun hai|who are)\s+")
_REASONS = re.compile(
    r"(?:but |so |and |ok |okay )?(?:why|how come|kyun|kyon|kyu)\b(?! (?:don't|not|isn't|"
    r"can't) (?:you|we|i)\b)"
    r"|\bwhat makes\b|\bwhy (?:did|do|are|is|was|were|would)\b|क्यों"
)
_AMONG = re.compile(
    r"\b(?:(?:who|which(?: ones?)?|any(?: ?one| ?body)?|how many|is there (?:any|some)one|someone|"
    r"(?:does|do|is|are|can|has|have) any(?: ?one)?)\s+(?:of|among|amongst|from|in)\s+"
    r"(?:them|these|those|the (?:list|above|\w+ (?:above|shown|results))|this list|that list)|"
    r"(?:of|among|amongst|out of|from) (?:them|these|those|the above|this list|that list)\b|"
    r"which (?:ones?|of)\b|in ?me(?:in)? se(?: kaun| koi| kis[ei])?|in(?: sab)? mein se(?: kaun|"
    r" koi)?|"
    r"unme(?:in)? se(?: kaun| koi)?|(?:do|does|can|are|is) (?:any|either|all|both) of (?:them|"
    r"these|those))"
    r"|इनमें से(?: कौन| कोई)?|उनमें से(?: कौन| कोई)?"
)
_OF_ONE = re.compile(
    r"^(?:and |but |so )?(?:does|is|can|has|did|do|are|would|will|could|kya)\s+(?!any|some|there)"
)
_NOT_OURS = re.compile(
    r"^(?:what|when|where|how|why|whose|is it|are we|tell me a|write|translate|play|sing|send|"
    r"email|call|book|delete|remind|schedule|pay|sign|order|calculate|define|explain)\b"
)
_EDGE = " \t\n.,!?;:…-–—\"'“”()🙏😊👍🎬🙂"


def read_request(text: str, *, has_results: bool, has_query: bool) -> Request:
    """What `text` wants. With nothing shown or searched yet, a follow-up is read as a search."""
    said = compose(text).strip(_EDGE)
    folded = fold(said)
    request = _of_itself(said, folded) or _about_shown(said, folded, has_results=has_results)
    if request is not None:
        return request
    if has_query and is_refinement(text):
        return Request(Intent.REFINE, rest=text)
    if _NOT_OURS.match(folded):
        return Request(Intent.UNCLEAR, rest=text)
    return Request(Intent.SEARCH, rest=text)


def _of_itself(said: str, folded: str) -> Request | None:
    """What needs no knowledge of what was said before."""
    spoken = " ".join(folded.replace(",", " ").split())
    for pattern, intent in _WHOLE:
        if pattern.fullmatch(spoken):
            return Request(intent)
    if match := _START_OVER.search(folded):
        rest = (said[: match.start()] + " " + said[match.end() :]).strip(_EDGE)
        if len(rest.split()) <= 2:
            return Request(Intent.START_OVER)
        return Request(Intent.SEARCH, rest=rest)
    return None


def _about_shown(said: str, folded: str, *, has_results: bool) -> Request | None:
    """What speaks of talents, by their place in the list shown or by name."""
    if has_results and (whom := asks_act(said, folded)):
        return Request(Intent.ACT, whom.places, whom.names)
    return _beside_another(said, folded, has_results=has_results) or (
        _asked_of_shown(said, folded) if has_results else _shown(said, folded, has_results=False)
    )


def _beside_another(said: str, folded: str, *, has_results: bool) -> Request | None:
    """What lays talents side by side: "compare the first two", "more like Meera"."""
    if _COMPARE.search(folded):
        found = find_references(said)
        if found.places or found.names or found.all or has_results:
            return Request(Intent.COMPARE, found.places, found.names, rest=found.rest)
    return _similar(said, folded)


def _asked_of_shown(said: str, folded: str) -> Request | None:
    """A question about those shown, all or some of them."""
    if _REASONS.match(folded):
        found = find_references(said)
        return Request(Intent.REASONS, found.places, found.names)
    if among := _among(said, folded):
        return among
    if whom := asks_fact(said, folded):
        return Request(Intent.FACT, whom.places, whom.names, all=whom.all, rest=said)
    if shown := _shown(said, folded, has_results=True):
        return shown
    return Request(Intent.AMONG_OR, rest=said) if asks_who(folded) else None


def _similar(said: str, folded: str) -> Request | None:
    for pattern in (_SIMILAR, _SIMILAR_AFTER):
        match = pattern.search(folded)
        if match is None:
            continue
        before, after = said[: match.start()], said[match.end() :]
        target, other = (after, before) if pattern is _SIMILAR else (before, after)
        found = find_references(target, first_only=True)
        if found.places or found.names:
            rest = f"{other} {found.rest}".strip()
            return Request(Intent.SIMILAR, found.places, found.names, rest=rest)
    return None


def _among(said: str, folded: str) -> Request | None:
    if match := _AMONG.search(folded):
        rest = f"{said[: match.start()]} who {said[match.end() :]}".strip()
        return Request(Intent.AMONG, rest=rest)
    if match := _OF_ONE.match(folded):
        found = find_references(said[match.end() :], first_only=True)
        if found.places or found.names:
            return Request(Intent.AMONG, found.places, found.names, rest=f"who {found.rest}")
    return None


def _shown(said: str, folded: str, *, has_results: bool) -> Request | None:
    if is_only_reference(folded):
        found = find_references(said)
        if has_results and found.places:
            return Request(Intent.SHOW, found.places)
    if match := _SHOW_AFTER.search(folded):
        found = find_references(said[: match.start()], first_only=True, loosely=True)
        if found.places or found.names:
            return Request(Intent.SHOW, found.places, found.names)
    if (match := _SHOW.match(folded)) or (match := _WHO_IS.match(folded)):
        target = said[match.end() :].strip(_EDGE)
        telling = bool(
            re.match(r"(?:tell|.*\b(?:about|details?|info|bio|profile|of)\b)", match.group())
        )
        wavering = bool(re.match(r"(?:what|how) about|show|see|who", match.group()))
        found = find_references(target, loosely=telling and not wavering)
        if is_only_reference(fold(target)) and found.places:
            return Request(Intent.SHOW, found.places)
        if found.names and (telling or NAMED.fullmatch(target)) and not found.rest.strip(_EDGE):
            return Request(Intent.SHOW, names=found.names)
    return None
