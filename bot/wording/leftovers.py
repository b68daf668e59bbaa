"""The free text that is left when filters and filler are taken away."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.vocabulary.folding import fold, words
from bot.wording.cue_words import words_of
from bot.wording.reading import Reading, Span

_FILLER = words_of(
    """two three four five six seven eight nine ten several few couple pair dozen top best
    bole bolein bolo samajh samajhti karti karta kare sake sakti sakta aisa aisi aise gaa
    bajati bajata rehta bolta bolti bataiye batao milega milegi do a an the and or but with
    who whom that which is are be am was were has have having in on of for from to by at as me
    us i we you they our my your their his her please pls plz kindly looking look looks need
    needs needed want wants wanted searching search seeking seek find show get give help can
    could would should must may might will someone somebody anyone anybody person people actor
    actors actress actresses artist artists talent talents performer performers candidate
    candidates one ones some any also too plus only just really very preferably ideally speaks
    speak speaking speaker speakers fluent fluently fluency native language languages skill
    skills based living lives live located age aged years year old yrs between around about
    over under not no without except other than both either neither nor required essential
    mandatory it does did there here hi hello hey thanks thank role casting cast call
    character gender rate budget day days per shoot location city height available free till
    until now then so if male female woman women man men girl girls boy boys lady guy guys
    member members card union licence knows know knowing trained training able she he them him
    hers this these those what where when how what's who's we've don't doesn't isn't i'm we're
    let's lets its it's s m re ve ll d t experience max min maximum minimum up least most
    local locals anything something play playing plays ho hai hain ka ki ke ko se mein wala
    wali wale chahiye koi ek jo aur ya ladki ladka mahila aadmi umar saal bolne rehne rehti
    aati aata aani aana jaanti jaanta bhi tak naam agar kya mujhe hume humein karo dikhao में
    से की का के को जो एक कोई और या है हो चाहिए लड़की लड़का महिला आदमी उम्र साल वाली वाला वाले
    बोलने बोलती रहने आती मुझे हमें हमको चाहिये दिखाओ दिखाइए बताओ कृपया वाला bajane khelne chalane
    ladkiyan ladke dono qui que une un de la le les el los con avec y et
    parle habla en años ans want's instead gender's more less"""
)
_KEEPS_INSIDE = re.compile(r"\s+")
_FRAGMENT = re.compile(r"[,;|\n\x00…•·()\[\]{}]+|[.!?:]+(?=\s|$)|\s[-–—]+\s")
_EDGE = " \t.,;:!?-–—/&+*'\"|`~<>=()[]{}"


def leftover(reading: Reading, understood: Iterable[Span]) -> str:
    """What was said beyond filters, in the person's own words; fragments joined by commas."""
    characters = list(reading.original)
    for span in understood:
        for position in range(span.start, min(span.end, len(characters))):
            characters[position] = "\x00"
    kept = []
    for fragment in _FRAGMENT.split("".join(characters)):
        cleaned = _cleaned(fragment)
        if cleaned:
            kept.append(cleaned)
    return ", ".join(kept)


def _cleaned(fragment: str) -> str:
    text = _KEEPS_INSIDE.sub(" ", fragment).strip(_EDGE)
    parts = text.split(" ")
    while parts and _is_filler(parts[0]):
        parts.pop(0)
    while parts and _is_filler(parts[-1]):
        parts.pop()
    text = " ".join(parts).strip(_EDGE)
    return text if any(not _is_filler(part) for part in text.split(" ")) else ""


def _is_filler(word: str) -> bool:
    inside = words(fold(word))
    return all(part.text in _FILLER or part.text.isdigit() for part in inside)
