"""What is never kept, whoever found it: words that nobody said, secrets, and what people are.

It errs towards keeping nothing: a fact that is missing costs a question, one too many is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.conversation import Message
from bot.facts import About, Act, Draft
from bot.vocabulary.folding import WORD, fold
from bot.wording.cue_words import words_of

LONGEST_STATEMENT, LONGEST_QUOTE = 240, 400
MOST_FACTS = 8
"""Of one message."""

_SECRETS = re.compile(
    r"\b(?:pass ?(?:word|code|phrase)|pwd|pin(?: code| number)?|otp|one[- ]time|cvv|secret(?:s)?|"
    r"api[- ]?key|access[- ]?key|token|credential|private key|login|log-in|"
    r"account (?:no|number)|a/c|ifsc|iban|swift|upi|routing number|credit card|debit card|"
    r"card number|aadha?ar|pan (?:card|number|no)|passport|ssn|social security|"
    r"phone|mobile|whats ?app|telephone|contact number|e-?mail|address is|lives? at|"
    r"date of birth|dob|born on)\b"
    r"|\b(?:sk|pk|rk|xox[abposr]|ghp|gho|github_pat|AKIA|eyJ)[-_a-z0-9]{6,}"
    r"|(?<![\w.+-])[\w.+-]++@[\w-]+\.[\w.]+"
    r"|(?<![\w.])\+?\d[\d ()-]{8,}\d(?!\w)"
    r"|\b[a-z]{2}\d{2}[a-z0-9]{11,}\b"
    r"|-----begin",
    re.IGNORECASE,
)
_OPAQUE = re.compile(r"(?<![\w+/=-])(?=[\w+/=-]*\d)(?=[\w+/=-]*[A-Za-z])[\w+/=-]{16,}(?![\w/])")
"""Letters and digits in one long word: a key, not a name."""

_SENSITIVE = re.compile(
    r"\b(?:religio\w*|hindus?|muslims?|islam\w*|christian\w*|catholics?|jew(?:s|ish)?|sikhs?|"
    r"jains?|buddhists?|parsis?|atheis\w*|caste\w*|dalits?|brahmins?|upper[- ]caste|"
    r"lower[- ]caste|obc|adivasis?|tribal|rac(?:e|es|ial)|ethnic\w*|black|white|brown|asian|"
    r"fair[- ]skin\w*|dark[- ]skin\w*|skin (?:tone|colou?r)|complexion|fair|dusky|wheatish|"
    r"gay|lesbian|bisexual|queer|lgbt\w*|trans(?:gender|sexual)?|homosexual\w*|sexual\w*|"
    r"straight|health|ill(?:ness)?|sick|disease|diabet\w*|cancer|hiv|aids|pregnan\w*|"
    r"depress\w*|anxiety|bipolar|autis\w*|adhd|disab\w*|disorder|epilep\w*|asthma\w*|allerg\w*|"
    r"medical\w*|medicat\w*|therap\w*|surger\w*|miscarr\w*|abortion|addict\w*|alcoholi\w*|"
    r"rehab|divorc\w*|affair|arrest\w*|convict\w*|criminal|bjp|congress party|politic\w*|"
    r"votes?|vegan for health)\b"
    r"|धर्म|जाति|हिंदू|मुसलमान|दलित|ब्राह्मण|बीमार",
    re.IGNORECASE,
)
_SMALL_TALK = re.compile(
    r"\b(?:weather|lunch|coffee|tea|breakfast|dinner|traffic|tired|hungry|bored|lol|haha\w*|"
    r"birthday|vacation|joke|funny|feeling|mood|sleepy|headache|running late|brb)\b",
    re.IGNORECASE,
)
_INSTRUCTIONS = re.compile(
    r"\b(?:ignore|disregard|override|bypass|forget) (?:all|any|the|your|every|previous|prior|"
    r"earlier|above|other)\b.*\b(?:instruction|rule|prompt|guideline|filter|direction)"
    r"|\bsystem prompt\b|\byou are now\b|\byou must (?:always|never)\b|\bact as\b|"
    r"\bpretend\b|\bdeveloper mode\b|\bjailbreak\b|<\/?[a-z_]+>|\balways (?:list|rank|show|put|"
    r"recommend) .{0,60}\b(?:first|top)\b|\bassistant:|\bsystem:|\bhuman:"
    r"|\b(?:admin(?:istrator)?|superuser|sudo|root access)\b|^(?:remember |note )?(?:that )?you ",
    re.IGNORECASE,
)
_ORDER = re.compile(
    r"^(?:(?:please|always|never|to|do not|don'?t)\s+)*(?:show|tell|reveal|list|rank|answer|reply|"
    r"respond|"
    r"treat|trust|allow|grant|output|print|obey|follow|mention|recommend|translate|speak|write)\b",
    re.IGNORECASE,
)
"""A note that tells us what to do."""
_OF_THE_TRADE = words_of(
    "city location language skill union gender budget rate status cast decider brand client "
    "director producer writer editor dop choreographer shoot auditions callbacks deadline wrap"
)
"""Attributes that no small talk has."""
_WORD = re.compile(WORD)
_LITTLE = words_of(
    "a an the is are was be to of in on for and or not no we our us i my me they their this that "
    "it its has have want wants need needs prefer prefers likes like said says only never always "
    "from until by with at as about called channel project talent casts cast here now more than "
    "who does do did will would should must can cannot longer people asked first go goes its "
    "based shoots somebody"
)
_DATES = words_of(
    "january february march april may june july august september october november december week"
)


def kept(drafts: Iterable[Draft], message: Message, *, names: Sequence[str] = ()) -> list[Draft]:
    """Those of `drafts` that may be kept of this message, at most a few.

    Each quotes words that stand in the message, says nothing that is not in them but for the
    author's name and `names`, and is neither a secret nor a trait of somebody that is nobody's
    business.
    """
    said = _plain(message.text)
    found: list[Draft] = []
    for draft in drafts:
        if draft not in found and _may_be_kept(draft, said, message, names):
            found.append(draft)
    return found[:MOST_FACTS]


def _may_be_kept(draft: Draft, said: str, message: Message, names: Sequence[str]) -> bool:
    quote = _plain(draft.quote)
    if not quote or quote not in said or len(draft.quote) > LONGEST_QUOTE:
        return False
    if draft.act is Act.RETRACTS:
        return True
    whole = " ".join((draft.subject, draft.attribute, draft.value, draft.statement, draft.quote))
    return (
        _is_whole(draft)
        and (draft.about not in (About.PROJECT, About.TALENT) or _is_said(draft.subject, said))
        and not (is_private(whole) or _INSTRUCTIONS.search(whole) or _ORDER.match(draft.value))
        and (draft.attribute in _OF_THE_TRADE or not _SMALL_TALK.search(draft.quote))
        and _is_backed(draft, said, [message.author.name, *names])
    )


def _is_whole(draft: Draft) -> bool:
    parts = draft.statement, draft.attribute, draft.value
    return all(part.strip() for part in parts) and len(draft.statement) <= LONGEST_STATEMENT


def is_private(text: str) -> bool:
    """Whether it holds a secret, a way to reach somebody, or what somebody is."""
    return is_secret(text) or _SENSITIVE.search(fold(text)) is not None


def is_secret(text: str) -> bool:
    """Whether it holds a secret or a way to reach somebody."""
    return bool(_SECRETS.search(fold(text)) or _OPAQUE.search(text))


def _is_backed(draft: Draft, said: str, names: Sequence[str]) -> bool:
    """Whether the statement says no more than the message: of a rewritten date its words count
    as said, and the attribute's, of everything else each word that bears meaning must stand there,
    near enough."""
    known = {_stem(word) for word in _WORD.findall(said)}
    for words in (draft.attribute, *names):
        known |= {_stem(word) for word in _WORD.findall(_plain(words))}
    told = [word for word in _WORD.findall(_plain(draft.statement)) if word not in _LITTLE]
    new = [word for word in told if _stem(word) not in known and not _of_a_date(word)]
    return not new


def _is_said(name: str, said: str) -> bool:
    return bool(name.strip()) and _plain(name) in said


def _of_a_date(word: str) -> bool:
    return word in _DATES or (word.isdigit() and (int(word) <= 31 or 2000 <= int(word) < 2100))


def _stem(word: str) -> str:
    for ending in ("ings", "ing", "ers", "er", "ies", "ed", "es", "s", "y", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word


def _plain(text: str) -> str:
    return " ".join(fold(text).split())
