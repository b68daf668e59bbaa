"""A message cut into the sentences that are its author's own and state something."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.vocabulary.folding import fold
from bot.wording.cue_words import words_of

LONG_MESSAGE = 700
"""Characters from which on a message is taken for something pasted: a breakdown, a script."""
_LONG_SENTENCE = 300

_FENCED = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_PASTED = re.compile(
    r"^\s*(?:>|&gt;|\||[-*•]\s|\d+[.)]\s|#+\s|(?:from|sent|to|cc|subject|fwd?|fw):"
    r"|\[[^\]]{1,40}\]\s|\(?\d{1,2}:\d\d|.{0,30}\bbot:)",
    re.IGNORECASE,
)
"""A line that is not the author's own: quoted, listed, forwarded, or a program's."""
_FORWARDED = re.compile(
    r"^[^\w\n]*(?:forwarded message|original message|begin forwarded|on .{5,60} wrote:).*\Z",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)
"""From where on a message is somebody else's."""
_SPEAKER = re.compile(r"^(?P<who>[A-Z][a-z]+)(?:\s+[A-Z][a-z]*\.?)?:\s+(?=\S)")
_LABELS = words_of(
    "re note update correction reminder budget deadline fyi ps also project shoot language "
    "location auditions callbacks client director remember brief"
)
_QUOTED = re.compile(
    r"[\"“«](?P<words>[^\"”»]{8,})(?:[\"”»]|$)|(?<!\w)['‘](?P<more>[^'’]{12,})['’](?!\w)"
)
_CLAUSE = re.compile(
    r"\b(?:we|our|i|i'm|is|are|was|were|you|your|my|never|always|must|charge|ignore|needs?|"
    r"wants?)\b"
)
_END = re.compile(r"(?<=[.!?।])\s+(?=[\"'“A-Z\u0900-\u097f])|(?<=[!?।])\s+|\n+|;\s+")
_FILLER = re.compile(
    r"^(?:(?:@\w+|hey|hi|hello|hmm+|ok(?:ay)?|so|and|also|but|btw|by the way|well|yes|yeah|yep|"
    r"right|great|thanks|thank you|please|castmatch|just|oh|ah|heads[- ]up|"
    r"(?:a |one )?(?:quick|small|little|short) (?:note|update|thing|reminder|"
    r"heads[- ]up)(?= *[,:–-])|"
    r"(?:team|folks|all|everyone|everybody|guys)(?=\s*[,:!–-]))"
    r"\b[\s,:!–-]*)+",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"\?\s*$|^(?:who|what|when|where|which|why|how|whose|whom|is|are|am|was|were|do|does|did|can|"
    r"could|will|would|shall|should|has|have|had|may|might|any(?:one|body)?|kya|kaun|kab|kahan)\b",
    re.IGNORECASE,
)
_UNCERTAIN = re.compile(
    r"\b(?:if|unless|maybe|perhaps|might|imagine|suppose|supposing|let'?s say|hypothetically|"
    r"for example|e\.g\.|i think|i guess|not sure|wonder|wish|would be|could be|"
    r"(?!i\b|we\b|you\b)\w+ (?:said(?! (?:yes|no)\b)|says|wrote|texted|mailed|claims|claimed|"
    r"thinks|told)|"
    r"you (?:said|told|wrote)|(?:i|we) (?:hear|heard)|heard that|reckon|told me|apparently|"
    r"rumou?r|jk|just kidding|"
    r"kidding|lol|haha\w*|rofl|lmao|yeah right|as if|oh sure|let us|(?:we|you) (?:should|could)|"
    r"we'd (?!like|love|prefer|rather|want|need)|"
    r"not yet sure|unsure|no idea|what about|say we|one day|some ?day|hopefully|fingers crossed)\b"
    r"|[😂🤣🙄😏😜😉🙃]|(?:^|\s)/s\s*$|\bif only\b",
    re.IGNORECASE,
)


def own_sentences(text: str, *, said_before: Sequence[str] = ()) -> Iterator[str]:
    """What the author states, sentence by sentence, without what is quoted, asked or supposed.

    A sentence that stands in one of `said_before` is ours, said back to us.
    """
    ours = " ".join(" ".join(fold(reply).split()) for reply in said_before)
    text = _FORWARDED.sub("", _FENCED.sub("\n", text))
    lines = [line for line in text.splitlines() if not _PASTED.match(line)]
    for piece in _END.split("\n".join(lines)):
        sentence = _FILLER.sub("", piece.strip()).strip()
        if not sentence or len(sentence) > _LONG_SENTENCE or len(sentence.split()) < 2:
            continue
        if _QUESTION.search(sentence) or _UNCERTAIN.search(sentence) or _is_others(sentence):
            continue
        if len(sentence) > 20 and " ".join(fold(sentence).rstrip(".!").split()) in ours:
            continue
        yield sentence


def _is_others(sentence: str) -> bool:
    """Whether it is somebody else's words: a line of a chat, or a clause in quotation marks."""
    speaker = _SPEAKER.match(sentence)
    if speaker and speaker["who"].casefold() not in _LABELS and " " not in speaker.group().strip():
        return True
    quotes = [match["words"] or match["more"] for match in _QUOTED.finditer(sentence)]
    return any(_CLAUSE.search(words) for words in quotes)
