"""What people do with what is known: have it kept, put it right, take it back."""

from __future__ import annotations

import re

REMEMBER = re.compile(
    r"^(?:please\s+)?(?:can you\s+)?(?:remember|note|keep in mind|make a note|don'?t forget|"
    r"for the record|fyi|save this|yaad rakh(?:o|na|iye))\b(?:\s+(?:that|down|ki)"
    r")?[\s,:–-]*(?P<rest>.+)$",
    re.IGNORECASE,
)
CORRECTION = re.compile(
    r"^(?:(?:actually|correction|i mean|i meant|to correct myself|change of plans?)\b[\s,:–-]*"
    r"|(?:sorry|oops|wait|no|nope|rather|instead|update|scratch that)\b\s*[,:–-]+\s*)(?P<rest>.+)$",
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
    r"^(?:you (?:can|may|should) |just )?(?:call me|i go by|my name(?: is|'s|’s)|address me as|"
    r"mujhe (?=\w+ bul))\s*"
    r"(?P<name>[A-Za-z\u0900-\u097f][\w'’.\u0900-\u097f-]*(?:\s+(?-i:[A-Z])[\w'’.-]*){0,2})",
    re.IGNORECASE,
)
AMOUNT = re.compile(
    r"^(?:rs\.?|inr|usd|₹|\$|€|£)?\s?\d[\d,.]*\s*(?:k|lakhs?|crores?|l|cr|rupees|inr|"
    r"usd)?(?:\s+(?:a|per)\s+day)?$",
    re.IGNORECASE,
)
"""An amount, and nothing else."""
