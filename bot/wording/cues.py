"""Which words around a name say that it is asked of the talent, and not part of a story."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.wording import cue_words as cue
from bot.wording.places import is_place_cued
from bot.wording.reading import Reading
from bot.wording.zones import Zones

if TYPE_CHECKING:
    from bot.wording.terms import Kind, Term

_KEYWORDS = 2
"""So many in a clause, and nothing else, are filters each."""
_LONG = 10
"""Letters from which a misspelt name of a skill is told from an everyday word anywhere."""


def is_cued(
    reading: Reading, zones: Zones, group: Sequence[Term], known: Mapping[int, Term]
) -> bool:
    """Whether this list of names is asked of the talent."""
    match group[0].kind:
        case "language":
            return (
                _is_language_cued(reading, group)
                or _is_of_spoken_art(reading, group, known)
                or _is_among_keywords(reading, group, known)
            )
        case "city":
            bare = (
                _is_bare(reading, group)
                or _is_among_keywords(reading, group, known)
                or _is_between_items(reading, group, known)
            )
            return is_place_cued(reading, zones, group, known, bare=bare)
        case "union":
            return any(term.certain or _is_union_meant(reading, term, group) for term in group)
    return any(term.certain for term in group) or _is_skill_cued(reading, group)


def may_be_misspelt(reading: Reading, kind: Kind, index: int, covered: set[int]) -> bool:
    """Whether the place of word `index` is one where a name of this kind is due."""
    word = reading.words[index].text
    before = reading.before(index, 2)
    last = before[-1] if before else ""
    following = "".join(reading.after(index + 1, 1))
    beside = (last in cue.AND_OR and (index - 2) in covered) or (
        following in cue.AND_OR and (index + 2) in covered
    )
    if kind == "language":
        spoken = following in ("speaking", "speaker", "speakers", "bolne")
        return beside or spoken or last in cue.LANGUAGE_BEFORE
    if kind == "city":
        due = last in ("in", "from") and word not in cue.PLAIN_WORDS
        return due or following in ("based", "mein", "locals")
    if kind == "skill":
        return (
            beside
            or last in ("can", "trained", "knows")
            or following in ("dancer", "dancers", "dance", "player")
            or (last == "in" and before[0] in ("trained", "skilled"))
            or (following == "who" and not before)
            or len(word) >= _LONG
        )
    return False


def _scan_back(reading: Reading, first: int, cues: frozenset[str], passes: frozenset[str]) -> bool:
    """Whether a cue comes before word `first`, nothing but words to pass over between."""
    for word in reversed(reading.before(first, 5)):
        if word in cues:
            return True
        if word not in passes:
            return False
    return False


def _scan_on(reading: Reading, last: int, cues: frozenset[str], passes: frozenset[str]) -> bool:
    """Whether a cue comes from word `last` on, nothing but words to pass over between."""
    for word in reading.after(last, 3):
        if word in cues:
            return True
        if word not in passes:
            return False
    return False


def _is_bare(reading: Reading, group: Sequence[Term]) -> bool:
    """Whether nothing but the list stands between two commas or full stops."""
    start = reading.clause(group[0].start).start
    end = reading.clause(group[-1].end - 1).end
    own = {index for term in group for index in range(term.first, term.last)}
    fillers = cue.BARE[group[0].kind]
    return all(
        index in own
        or reading.words[index].text in fillers
        or reading.is_taken(reading.words[index].start, reading.words[index].end)
        for index in range(reading.word_at(start), reading.word_at(end))
    )


def _is_among_keywords(reading: Reading, group: Sequence[Term], known: Mapping[int, Term]) -> bool:
    """Whether the clause is all keywords ("male 40s mumbai marathi"), this not describing one."""
    last = group[-1].last
    clause = reading.clause(group[0].start)
    inside = range(reading.word_at(clause.start), reading.word_at(clause.end))
    items: set[int] = set()
    for index in inside:
        word = reading.words[index]
        if index in known:
            items.add(known[index].first)
        elif reading.is_taken(word.start, word.end) or word.text in cue.TALENT:
            items.add(index)
        elif word.text not in cue.KEYWORD_FILLERS:
            return False
    following = reading.words[last].text if last in inside else ""
    after = known.get(last)
    gap = reading.folded[group[-1].end : after.start] if after is not None else ""
    describes = (
        after is not None and after.kind == "skill" and not gap.strip()
    ) or following in cue.TALENT
    return len(items) >= _KEYWORDS and not (describes and group[0].kind == "language")


def _is_between_items(reading: Reading, group: Sequence[Term], known: Mapping[int, Term]) -> bool:
    """Whether what is asked stands on both sides, with no comma: "hip hop Pune 21 dec"."""
    clause = reading.clause(group[0].start)
    inside = range(reading.word_at(clause.start), reading.word_at(clause.end))
    beside = [index for index in (group[0].first - 1, group[-1].last) if index in inside]
    return bool(beside) and all(
        index in known
        or reading.words[index].text in cue.TALENT
        or reading.is_taken(reading.words[index].start, reading.words[index].end)
        for index in beside
    )


def _is_of_spoken_art(reading: Reading, group: Sequence[Term], known: Mapping[int, Term]) -> bool:
    """ "Gujarati stand-up", "Hindi and English voice-over"."""
    art = known.get(group[-1].last)
    return (
        art is not None
        and art.kind == "skill"
        and art.name in cue.SPOKEN_ARTS
        and not reading.folded[group[-1].end : art.start].strip(" -")
    )


def _is_language_cued(reading: Reading, group: Sequence[Term]) -> bool:
    first, last = group[0].first, group[-1].last
    passes = cue.LANGUAGE_PASSES
    return (
        all("sign language" in term.name.lower() for term in group)
        or _scan_back(reading, first, cue.LANGUAGE_BEFORE, passes)
        or _scan_on(reading, last, cue.LANGUAGE_AFTER, cue.LANGUAGE_AFTER_PASSES)
        or _is_regional_performer(reading, group)
        or _is_cued_inside(reading, group)
        or _is_bare(reading, group)
        or _opens_clause_with(reading, group)
        or _is_praised(reading, group)
        or _is_owned(reading, group)
        or _is_worked_in(reading, group)
        or (
            not _describes(reading, last)
            and (
                # one unknown word may stand between: "speaks flawless Hindi"
                _scan_back(reading, first - 1, cue.SPOKEN, passes)
                or _scan_back(reading, first, cue.LANGUAGE_WORKING, passes)
            )
        )
    )


def _is_regional_performer(reading: Reading, group: Sequence[Term]) -> bool:
    """ "Marathi actress": where a language is no nationality, it is what she works in."""
    following = reading.after(group[-1].last, 1)
    return bool(set(following) & cue.PERFORMERS) and all(t.name in cue.REGIONAL for t in group)


def _is_cued_inside(reading: Reading, group: Sequence[Term]) -> bool:
    """ "English and fluent French"."""
    cues = cue.LANGUAGE_BEFORE | cue.SPOKEN
    return any(
        cues & {word.text for word in reading.words[one.last : other.first]}
        for one, other in pairwise(group)
    )


def _is_owned(reading: Reading, group: Sequence[Term]) -> bool:
    """ "whose Urdu is flawless", "her Marathi must be good"."""
    before, after = reading.before(group[0].first, 1), reading.after(group[-1].last, 1)
    return bool(set(before) & cue.OWNERS and set(after) & cue.SAID_OF)


def _is_worked_in(reading: Reading, group: Sequence[Term]) -> bool:
    """ "freestyles in Hindi or Marathi", where it is not a film that is in Hindi."""
    before = reading.before(group[0].first, 4)
    if len(before) < 2 or before[-1] != "in" or _describes(reading, group[-1].last):
        return False
    return not set(before[:-1]) & cue.NOT_SPOKEN_IN


def _is_praised(reading: Reading, group: Sequence[Term]) -> bool:
    """ "impeccable Urdu and English": one word before, and the clause ends with the list."""
    clause = reading.clause(group[0].start)
    start, end = reading.word_at(clause.start), reading.word_at(clause.end)
    if group[0].first != start + 1 or group[-1].last != end:
        return False
    return reading.words[start].text not in cue.NOT_PRAISE


def _opens_clause_with(reading: Reading, group: Sequence[Term]) -> bool:
    """ "English with an Irish accent"."""
    opens = reading.word_at(reading.clause(group[0].start).start) == group[0].first
    return opens and reading.after(group[-1].last, 1) == ["with"]


def _describes(reading: Reading, last: int) -> bool:
    """Whether a noun follows directly, which the name then describes ("a good French film")."""
    if last >= len(reading.words):
        return False
    gap = reading.folded[reading.words[last - 1].end : reading.words[last].start]
    following = reading.words[last].text
    return not gap.strip() and following not in cue.AND_OR | cue.AFTER_OBJECT


def _is_skill_cued(reading: Reading, group: Sequence[Term]) -> bool:
    first, last = group[0].first, group[-1].last
    if _takes_object(reading, last):
        modal = set(reading.before(first, 2)) & cue.MODAL
        if not modal and reading.words[last].text not in cue.SKILL_AFTER:
            return False  # "drives a taxi" is what the character does
    return (
        _scan_back(reading, first, cue.SKILL_BEFORE, cue.SKILL_PASSES)
        or _scan_on(reading, last, cue.SKILL_AFTER, cue.SKILL_AFTER_PASSES)
        or _is_bare(reading, group)
        or _is_profession(reading, group)
    )


def _is_profession(reading: Reading, group: Sequence[Term]) -> bool:
    """ "female anchor": who is wanted is one, where a cop or a driver may only be played."""
    before = reading.before(group[0].first, 1)
    return bool(set(before) & cue.WOMAN_OR_MAN) and group[0].name in cue.PROFESSIONS


def _takes_object(reading: Reading, last: int) -> bool:
    if not reading.after(last, 1):
        return False
    following = reading.words[last]
    gap = reading.folded[reading.words[last - 1].end : following.start]
    taken = reading.is_taken(following.start, following.end)
    return not gap.strip() and following.text not in cue.VERB_ENDS and not taken


def _is_union_meant(reading: Reading, term: Term, group: Sequence[Term]) -> bool:
    """Whether an everyday word is a union here: "Equity card", or "Equity" on its own."""
    around = {*reading.before(term.first, 3), *reading.after(term.last, 1)}
    written = reading.original[term.start : term.end]
    near = bool(around & cue.UNION_AROUND) and not written.islower()
    return near or (written[0].isupper() and _is_bare(reading, group))
