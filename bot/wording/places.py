"""Whether a city is where the talent lives, or only where the story or the shoot is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bot.vocabulary import canonical_gender, roles
from bot.wording import cue_words as cue
from bot.wording.reading import Reading
from bot.wording.zones import Zones, is_scene

if TYPE_CHECKING:
    from bot.wording.terms import Term


def is_place_cued(
    reading: Reading,
    zones: Zones,
    group: Sequence[Term],
    known: Mapping[int, Term],
    *,
    bare: bool,
) -> bool:
    """`known` tells which words name something; `bare` that the cities stand alone."""
    start = group[0].start
    certain = any(term.certain for term in group)
    capital = all(reading.original[term.start].isupper() for term in group)
    if zones.in_shoot(start) or not (certain or capital):
        return False
    before = reading.before(group[0].first, 5)
    after = reading.after(group[-1].last, 2)
    scene = is_scene(reading, start)
    if _says_home(before):
        return not (scene and zones.in_story(start))
    if before and before[-1] in cue.RULES_OUT:
        return certain
    if scene or _belongs_to_story(reading, group, after):
        return False
    if _is_prepositional(before):
        preposition = group[0].first - 1 - (before[-1] == "of")
        return _of_talent(reading, preposition, known)
    return certain and (bare or _says_whose(after))


def _says_home(before: Sequence[str]) -> bool:
    """ "based in", "living in Delhi or"."""
    for word in reversed(before):
        if word in cue.CITY_STRONG:
            return True
        if word not in cue.CITY_PASSES:
            return False
    return False


def _belongs_to_story(reading: Reading, group: Sequence[Term], after: Sequence[str]) -> bool:
    """ "Mumbai underworld", "Hyderabad's old city"."""
    possessive = reading.folded.startswith("'s", group[-1].end)
    return possessive or bool(after and after[0] in cue.CITY_NOT_AFTER)


def _says_whose(after: Sequence[str]) -> bool:
    """ "Mumbai actors", "Pune ki actress", "Delhi se"."""
    if not after:
        return False
    if after[0] in cue.POSSESSIVES:
        return _is_person(after[1:])
    return after[0] in cue.CITY_AFTER | cue.PERFORMERS | cue.TALENT


def _is_prepositional(before: Sequence[str]) -> bool:
    if not before:
        return False
    if before[-1] == "of":
        return bool({"out", "within", "outside", "north", "south"} & set(before))
    return before[-1] in cue.OF_PLACE


def _of_talent(reading: Reading, preposition: int, known: Mapping[int, Term]) -> bool:
    """Whether "in" or "from" says something of the talent: "a girl from Pune", not "a woman with
    a tea stall in Pune"."""
    clause = reading.clause(reading.words[preposition].start)
    start = reading.word_at(clause.start)
    if preposition <= start:
        return True
    noun = reading.words[preposition - 1]
    if (
        noun.text in cue.TALENT
        or preposition - 1 in known
        or reading.is_taken(noun.start, noun.end)
    ):
        return True
    for index in range(preposition - 1, start - 1, -1):
        word = reading.words[index].text
        if word in cue.OBJECT_PREPOSITIONS:
            return index + 1 in known
        if word == "in" and index + 1 < preposition:
            return False  # "in a village near Kolhapur"
        if word == "for":
            return index > 0 and reading.words[index - 1].text in cue.SEEKING
    label = reading.folded[: clause.start].rstrip()
    return not (label.endswith(":") and reading.words[preposition].text == "from")


def _is_person(following: Sequence[str]) -> bool:
    """Whether the next word is for a person: "Pune ki actress", not "Lucknow ki tehzeeb"."""
    if not following:
        return True
    word = following[0]
    return (
        word in cue.TALENT | cue.HINDI_BEING
        or canonical_gender(word) is not None
        or roles().canonical(word) is not None
    )
