"""A message cut into the sentences that are its author's own and state something."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.vocabulary.folding import fold

LONG_MESSAGE = 700
"""Characters from which on a message is taken for something pasted: a breakdown, a script."""
_LONG_SENTENCE = 300

_FENCED = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_PASTED = re.compile(
    r"^\s*(?:>|&gt;|\||[-*•]\s|\d+[.)]\s|#+\s|from:|sent:|subject:)", re.IGNORECASE
)
_END = re.compile(r"(?<=[.!?।])\s+(?=[\"'“A-Z\u0900-\u097f])|(?<=[!?।])\s+|\n+|;\s+")
_FILLER = re.compile(
    r"^(?:(?:@\w+|hey|hi|hello|hmm+|ok(?:ay)?|so|and|also|but|btw|by the way|well|yes|yeah|yep|"
    r"right|great|thanks|thank you|please|team|folks|all|everyone|castmatch|just|oh|ah)"
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
    r"he said|she said|they said|says that|told me|apparently|rumou?r|jk|just kidding|kidding)\b",
    re.IGNORECASE,
)


def own_sentences(text: str, *, said_before: Sequence[str] = ()) -> Iterator[str]:
    """What the author states, sentence by sentence, without what is quoted, asked or supposed.

    A sentence that stands in one of `said_before` is ours, said back to us.
    """
    ours = " ".join(" ".join(fold(reply).split()) for reply in said_before)
    text = _FENCED.sub("\n", text)
    lines = [line for line in text.splitlines() if not _PASTED.match(line)]
    for piece in _END.split("\n".join(lines)):
        sentence = _FILLER.sub("", piece.strip()).strip()
        if not sentence or len(sentence) > _LONG_SENTENCE or len(sentence.split()) < 2:
            continue
        if _QUESTION.search(sentence) or _UNCERTAIN.search(sentence):
            continue
        if len(sentence) > 20 and " ".join(fold(sentence).rstrip(".!").split()) in ours:
            continue
        yield sentence
