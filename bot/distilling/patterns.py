"""How people state things: the sentences that `rules.py` understands."""

from __future__ import annotations

import re

from bot.distilling.naming import KIND, NAME

REMEMBER = re.compile(
    r"^(?:please\s+)?(?:can you\s+)?(?:remember|note|keep in mind|make a note|don'?t forget|"
    r"for the record|fyi|save this|yaad rakh(?:o|na|iye))\b(?:\s+(?:that|down|ki)"
    r")?[\s,:–-]*(?P<rest>.+)$",
    re.IGNORECASE,
)
CORRECTION = re.compile(
    r"^(?:actually|correction|sorry|oops|wait|no|nope|i mean|i meant|rather|instead|"
    r"to correct myself|"
    r"update|change of plans?)\b[\s,:–-]*(?P<rest>.+)$",
    re.IGNORECASE,
)
RETRACTION = re.compile(
    r"^(?:please\s+)?(?:(?:forget|scratch|strike|ignore|disregard|delete|drop|undo)\s+"
    r"(?:about\s+)?(?:that|this|it|what i (?:just )?(?:said|told you)|my last (?:message|point)"
    r"|the last one)"
    r"|never ?mind(?: that)?|don'?t (?:remember|keep|save) (?:that|this|it))"
    r"(?:\s+(?:about|on|regarding)\s+(?P<about>[^.!,]{2,60}))?\s*[.!]*$",
    re.IGNORECASE,
)
FORGET_ABOUT = re.compile(
    r"^(?:please\s+)?forget\s+(?:everything\s+)?about\s+(?:the\s+)?(?P<about>[^.!,]{2,60}?)"
    r"\s*[.!]*$",
    re.IGNORECASE,
)
NOT_BUT = re.compile(
    r"\b(?:it'?s\s+|is\s+|are\s+)?not\s+(?:in\s+)?(?P<old>[\w ₹,.-]{2,40}?)\s*,?\s+but\s+"
    r"(?:in\s+)?(?P<new>[\w ₹,.-]{2,40})$"
    r"|^(?:it'?s\s+)?(?:in\s+)?(?P<new2>[\w ₹.-]{2,40}?),?\s+(?:not|instead of|rather than)\s+"
    r"(?:in\s+)?(?P<old2>[\w ₹.-]{2,40})$",
    re.IGNORECASE,
)
CALL_ME = re.compile(
    r"^(?:you (?:can|may|should) |just )?(?:call me|i go by|my name is|address me as|"
    r"mujhe (?=\w+ bul))\s*"
    r"(?P<name>[A-Za-z\u0900-\u097f][\w'’.\u0900-\u097f-]*(?:\s+(?-i:[A-Z])[\w'’.-]*){0,2})",
    re.IGNORECASE,
)
WE = (
    r"(?:i|we|this channel|our (?:team|office|director|client|producer|casting director)|"
    r"the (?:team|director|client|producer))"
)
PLACED = re.compile(
    rf"^(?:(?P<who>{WE})|{KIND}{NAME})\s+(?:is\s+|are\s+)?(?:now\s+|mostly\s+|usually\s+|"
    rf"only\s+|always\s+|currently\s+|also\s+)*"
    r"(?:casts?|casting|films?|filming|shoots?|shooting|works?|working|based|set|operates?|"
    r"moved|has moved|have moved)\s+"
    rf"(?:{KIND}(?P<what>(?-i:[A-Z])[\w'’ ]+?)\s+)?(?:only\s+)?(?:out of|in|from|to)\s+"
    rf"(?P<place>[A-Z][\w ,/&-]+?)"
    r"(?P<since>\s+(?:from|since|starting|until|till)\s+.+)?[.!]*$",
    re.IGNORECASE,
)
BUDGET = re.compile(
    rf"^(?:(?:our|the|my)\s+)?(?:(?P<head>{NAME})(?:'s|’s)\s+)?(?:total\s+|daily\s+|day\s+|"
    rf"per[- ]day\s+)?(?:budget|day rate|rate|fee)"
    rf"(?:\s+(?:for|of|on)\s+{KIND}(?P<tail>.+?))?\s+"
    r"(?:is|was|are|has been|went|goes)?\s*(?:now\s+|raised to\s+|cut to\s+|up to\s+|down to\s+"
    r"|increased to\s+|reduced to\s+|at\s+|capped at\s+)*"
    r"(?P<value>(?:rs\.?|inr|usd|₹|\$|€|£)?\s?\d[\w,.₹]*(?:\s*(?:-|to)\s*\d[\w,.]*)?(?:\s+(?:k|"
    r"lakhs?|crores?|rupees|inr|usd|dollars|euros))?"
    r"(?:\s+(?:a|per)\s+(?:day|head|actor|role|week)|\s*/\s*day|\s+(?:total|all in))?)"
    r"(?P<since>\s+(?:from|since|starting|until|till)\s+.+)?\s*[.!]*$",
    re.IGNORECASE,
)
LASTING = re.compile(
    r"\b(?:always|never|only|in general|as a rule|from now on|going forward|by default|for all)\b",
    re.IGNORECASE,
)
WISH = re.compile(
    rf"^(?:(?P<who>{WE})|{KIND}{NAME})\s+(?:really |usually |generally |mostly |would |'d |"
    rf"now |also |still )*"
    r"(?P<verb>no longer (?:need|want|prefer|cast|use)s?|(?:don'?t|do not|doesn'?t|does not)"
    r" (?:want|need|like|cast|use|work with|hire|consider)"
    r"|never (?:want|cast|work with|use|hire|consider|need)s?|avoids?|won'?t (?:cast|use|"
    r"work with|hire|consider)"
    r"|always (?:want|cast|need|use|prefer|start with|look for)s?|only (?:want|cast|need|use|"
    r"work with|hire|consider|take)s?"
    r"|prefers?|insists? on|wants?|needs?|requires?|(?:is|am|are) looking (?:only )?for)\s+"
    r"(?P<what>.+?)(?P<again>\s+(?:any ?more|any longer|now|please|from now on|going forward)"
    r")?\s*[.!]*$",
    re.IGNORECASE,
)
CHAHIYE = re.compile(
    r"^(?:hume|humein|hamein|hamen|mujhe)\s+(?P<what>.+?)\s+chahiye(?:\s+(?P<project>.+?)\s+"
    r"ke liye)?\W*$",
    re.IGNORECASE,
)
KE_LIYE = re.compile(r"^(?P<project>.+?)\s+ke liye\s+(?P<rest>.+)$")
NOUN = (
    r"(?P<noun>director|client|producer|dop|casting director|production house|production|"
    r"deadline|shoot|shooting|"
    r"filming|auditions?|callbacks?|rehearsals?|script|working title|title|lead|budget owner|"
    r"brand|language|genre|start date|wrap date)"
)
OF_OURS = re.compile(
    rf"^(?:(?:our|the|my)\s+)?{NOUN}(?:\s+(?:for|of|on)\s+{KIND}{NAME})?\s+"
    r"(?P<verb>is|are|was moved to|has moved to|have moved to|moved to|moves to|starts?|"
    r"begins?|runs?|wraps?|ends?|will be|happens?)\s+(?:now\s+)?(?P<value>.+?)[.!]*$",
    re.IGNORECASE,
)
STATUS = re.compile(
    rf"^{KIND}{NAME}\s+(?:is|was|has been|got)\s+(?:now\s+)?(?P<value>cancell?ed|on hold|"
    rf"postponed|wrapped|called off|greenlit|shelved|delayed)\b(?P<since>.*?)[.!]*$",
    re.IGNORECASE,
)
TALENT = re.compile(
    rf"^{NAME}\s+(?P<value>(?:is|are)\s+(?:not |no longer |now |un)?\s*(?:available|free|"
    rf"booked|busy|confirmed|interested|represented by|signed)"
    r"|(?:can'?t|cannot|won'?t)\s+(?:do|travel|work|shoot|make)|(?:has )?(?:declined|passed|"
    r"confirmed|accepted|moved to|agreed)|said (?:yes|no))(?P<more>.*?)[.!]*$",
    re.IGNORECASE,
)
IS = re.compile(
    rf"^{KIND}{NAME}\s+(?P<verb>is|was|has|will be)\s+(?P<value>(?:now\s+)?(?:directed|"
    rf"produced|written|set|shooting|filming|casting|based|a|an|about|for|in)\b.{{2,120}}?)"
    rf"[.!]*$",
    re.IGNORECASE,
)
MONEY = re.compile(
    r"^(?:rs\.?|inr|usd|₹|\$|€|£)?\s?\d[\d,.]*\s*(?:k|lakhs?|crores?|l|cr|rupees|inr|"
    r"usd)?(?:\s+(?:a|per)\s+day)?$",
    re.IGNORECASE,
)
