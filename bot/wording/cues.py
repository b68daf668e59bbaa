"""Which words around a name say that it is asked of the talent, and not part of a story."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bot.vocabulary import canonical_gender, roles
from bot.wording.reading import Reading
from bot.wording.zones import Zones, is_scene

if TYPE_CHECKING:
    from bot.wording.terms import Kind, Term


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


TALENT = _set(
    """actor actors actress actresses artist artists artiste artistes performer performers talent
    talents model models someone anyone anybody somebody people person persons folks folk
    candidate candidates profile profiles speaker speakers local locals cast faces face options
    comedian comedians comic comics singers singer dancer dancers musician musicians woman women
    man men girl girls boy boys lady ladies guy guys gentleman gentlemen female females male males
    ladki ladka ladke ladkiyan mahila aadmi members member one ones those anyone's hosts host
    presenters presenter players player rider riders fighter fighters chahiye acteur acteurs
    actrice actrices actriz femme homme mujer hombre type types lead leads"""
)
_ARTICLES = _set("a an the some any our my his her their this these those koi ek un une el la le")
_AND_OR = _set(
    """and or nor ya aur ou oder et y o both either plus also as well और या आणि किंवा व athva
    अथवा & preferably ideally maybe even then but"""
)
LIST_WORDS: Mapping[str, frozenset[str]] = {
    "language": _AND_OR
    | _set(
        """fluent native basic conversational good speaking speaks speak speaker speakers some in
        the a language fluently excellent decent working knowledge of bit little not non intermediate
        advanced understands knows"""
    ),
    "skill": _AND_OR
    | _ARTICLES
    | _set(
        """can play plays playing ride rides do does dance dancer dancing trained in with skills
        skill training good at knows know to expert professional basic experience be able of artist
        player perform performs who is some own jaanti jaanta not in"""
    ),
    "city": _AND_OR | _set("in from based near the area around city region side actors only not"),
    "union": _AND_OR | _set("member members of the a an card actors not"),
    "gender": _AND_OR | _set("a an the any"),
}
PLAIN_WORDS = _set(
    """speaking speaker speakers based living woman women actor actors actress native fluent
    either someone anyone people music person female trained dancer dancers dance dancing
    training artist artists years language languages under about around there their which
    where while these those would could should three seven eight forty fifty sixty paint
    painting running runner drama stage theatre theater series scene scenes movie please
    looking going thinking working leading looks mother father sister brother house chair
    table tables total hours money great green black white brown short sharp small large
    lovely lively happy smart quick brave proud tough rough young older elder elderly middle
    marine mandate palate panel tamed rural kannada polishes spanking frenchy germane
    comfortable required required. member members"""
)

_LANGUAGE_BEFORE = _set(
    """speak speaks speaking spoken fluent fluently fluency native knows know knowing language
    languages tongue bilingual trilingual multilingual conversational understands understand reads
    read write writes parle parlent parlant hable habla hablan hablar hablen dialogue dialogues
    dialog lines bhasha command proficient proficiency converse conversant uses using signs
    speaker perfect monolingual भाषा spreche spricht"""
)
_LANGUAGE_PASSES = _AND_OR | _set(
    """in with of at least some a an the very good fluent native to is are be level clean pure
    proper chaste strong only excellent basic well comfortable must should decent really
    everyday working knowledge no not"""
)
_SPOKEN = _set("speak speaks speaking spoken fluent")
_LANGUAGE_WORKING = _set(
    "comfortable good excellent strong decent needs need needed working basic only perform "
    "performs performing act acts acting emote deliver"
)
_LANGUAGE_AFTER = _set(
    """speaking speaker speakers bolne bolta bolti bolte bol bolna bolo aati aata aana aani ati
    jaanti janti jaanta janta jaante janne jaanne jaan tongue fluent fluently fluency native
    natives medium language bhasha bhashi dono knowing must mandatory required essential
    compulsory zaroori skills needed diction pronunciation bilingual dialect too बोलने बोलती बोलता बोलणारी बोलणारा बोलणारे आती आता आनी आना
    जानने जानती जानता भाषी भाषा दोनों दोन्ही बोलनेवाली बोलनेवाला samajhti samajhta
    parlante hablante native-level"""
)
_LANGUAGE_AFTER_PASSES = _set(
    "mother both first well is a are dono acchi achhi saaf and the fluent अच्छी साफ़ bhi भी nahi nahin nhi नहीं not isn t"
)
_REGIONAL = frozenset(
    """Assamese Bengali Bodo Dogri Gujarati Hindi Kannada Kashmiri Konkani Maithili Malayalam
    Manipuri Marathi Nepali Odia Punjabi Sanskrit Santali Sindhi Tamil Telugu Urdu Bhojpuri
    Haryanvi Rajasthani Tulu Marwari""".split()
)
_PERFORMERS = _set(
    "actor actors actress actresses artist artists artiste artistes performer performers talent "
    "talents singer singers rapper rappers comedian comedians comic comics host hosts anchor anchors"
)

GENERAL_SKILLS = frozenset({"Dance", "Singing", "Musical instrument", "Comedy"})
_SKILL_BEFORE = _set(
    """can could able must should knows know knowing trained train skilled experienced expert
    proficient professional good great excellent brilliant skill skills plays play playing
    practises practices learnt learned does do doing performs training background experience
    ability abilities capable comfortable also competent talented certified accomplished seasoned
    strong who jo loves love likes qualified special"""
)
_SKILL_PASSES = _AND_OR | _set(
    "in to at of a an the some own basic very be is are with for ho not really actually"
)
_SKILL_AFTER = _set(
    """skill skills ability training trained experience aati aata aana aani aate jaanti jaanta
    jaante janti janta jaanne janne jaan karti karta kar bajati bajata sake sakti sakta sakte
    required essential mandatory must needed licence license आती आता आनी आना जानती जानता जानने
    जाननेवाली सके सकती सकता"""
)
_SKILL_AFTER_PASSES = _set("is are a the well professionally and karna चलाना nahi nahin not")
_MODAL = _set("can could able must should to skills skill knows know trained professional expert")
_VERB_ENDS = _AND_OR | _set(
    "well professionally fluently too with beautifully who skills skill dancer but"
)

_CITY_PREPOSITIONS = _set("in from near around within across de en a at out of to")
_CITY_STRONG = _set(
    """based base living lives live resident residents residing resides located local settled
    stationed hailing hails native relocate travel travels city cities location locations near
    around outside home hometown lived vive vivant habite rehne"""
)
_CITY_AFTER = _set(
    """based base mein me se wala wali wale resident residents local locals only area
    native natives side में से मध्ये ला च्या rehne rehti rehta रहने रहती राहणारी राहणारा
    born residents"""
)
_CITY_NOT_AFTER = _set(
    """film films shoot shooting story festival times university theatre movie drama streets
    street underworld police mafia gangster slum slums mein-set accent school style express
    dreams gang don"""
)
_POSSESSIVES = _set("ka ki ke की का के")
_RULES_OUT = _set("not no except excluding exclude than but avoid avoiding without nor")
_UNION_AROUND = _set(
    """member members membership card cards cardholder cardholders union unions registered
    actor actors actress only affiliated status eligible"""
)

NEGATION_PASSES = (
    _ARTICLES
    | _AND_OR
    | _set(
        """based in from living live lives live speak speaks speaking know knows do does be is are have
    has of member members someone anyone people person actors actor currently local to like want
    for any one with native fluent who can trained looking necessarily city cities than other
    experience required residing located wanting people's that the able song play plays playing ride
    dance swim at all"""
    )
)
WISH_PASSES = (
    _ARTICLES
    | _AND_OR
    | _set(
        """is are be being would will skills skill experience training knowledge speaker speakers
    speaking dancer dancing dance trained player background ability knowing based also actors
    artists fluency fluent local locals resident residents and if aati aata ho bhi it that's which se
    mein wale wali bolne ka ki ke member members level area certified certification actor
    actress person people age aged"""
    )
)
_BARE = {
    "language": LIST_WORDS["language"]
    | _set("must only mandatory required essential level the dono"),
    "skill": LIST_WORDS["skill"]
    | _set("must only mandatory required essential excellent strong the trained certified skills"),
    "city": LIST_WORDS["city"] | _set("only based local locals must preferred resident ncr or"),
    "union": LIST_WORDS["union"] | _set("only required mandatory preferred must"),
}


def is_cued(
    reading: Reading, zones: Zones, group: Sequence[Term], known: Mapping[int, Kind]
) -> bool:
    """Whether this list of names is asked of the talent."""
    kind = group[0].kind
    if kind == "language":
        return _is_language_cued(reading, group)
    if kind == "city":
        return _is_city_cued(reading, zones, group, known)
    if kind == "union":
        return any(
            t.certain
            or _near(reading, t)
            or (reading.original[t.start].isupper() and _is_bare(reading, group))
            for t in group
        )
    return _is_skill_cued(reading, group)


def may_be_misspelt(reading: Reading, kind: Kind, index: int, covered: set[int]) -> bool:
    """Whether the place of word `index` is one where a name of this kind is due."""
    before = reading.before(index, 2)
    after = reading.after(index + 1, 1)
    last = before[-1] if before else ""
    following = after[0] if after else ""
    beside = (last in _AND_OR and (index - 2) in covered) or (
        following in _AND_OR and (index + 2) in covered
    )
    if kind == "language":
        return (
            beside
            or last in _LANGUAGE_BEFORE
            or following in ("speaking", "speaker", "speakers", "bolne")
        )
    if kind == "city":
        return (last in ("in", "from") and reading.words[index].text not in PLAIN_WORDS) or (
            following in ("based", "mein", "locals")
        )
    if kind == "skill":
        return (
            beside
            or last in ("can", "trained", "knows")
            or following in ("dancer", "dancers", "dance", "player")
            or (last == "in" and before[0] in ("trained", "skilled"))
            or (following == "who" and not before)
            or len(reading.words[index].text) >= 10
        )
    return False


def _scan_back(reading: Reading, first: int, cues: frozenset[str], passes: frozenset[str]) -> bool:
    for word in reversed(reading.before(first, 5)):
        if word in cues:
            return True
        if word not in passes:
            return False
    return False


def _scan_on(reading: Reading, last: int, cues: frozenset[str], passes: frozenset[str]) -> bool:
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
    inside = range(reading.word_at(start), reading.word_at(end))
    own = {index for term in group for index in range(term.first, term.last)}
    kind = group[0].kind
    return all(
        index in own
        or reading.words[index].text in _BARE[kind]
        or reading.is_taken(reading.words[index].start, reading.words[index].end)
        for index in inside
    )


def _is_language_cued(reading: Reading, group: Sequence[Term]) -> bool:
    first, last = group[0].first, group[-1].last
    if all("sign language" in term.name.lower() for term in group):
        return True
    if _scan_back(reading, first, _LANGUAGE_BEFORE, _LANGUAGE_PASSES):
        return True
    if _scan_back(reading, first - 1, _SPOKEN, _LANGUAGE_PASSES) and not _describes(reading, last):
        return True  # "speaks flawless Hindi"
    if _scan_back(reading, first, _LANGUAGE_WORKING, _LANGUAGE_PASSES) and not _describes(
        reading, last
    ):
        return True
    if _scan_on(reading, last, _LANGUAGE_AFTER, _LANGUAGE_AFTER_PASSES):
        return True
    after = reading.after(last, 1)
    opens = reading.word_at(reading.clause(group[0].start).start) == first
    if opens and after and after[0] == "with":
        return True  # "English with an Irish accent"
    if after and after[0] in _PERFORMERS and all(term.name in _REGIONAL for term in group):
        return True
    for one, other in zip(group, group[1:], strict=False):
        inner = {word.text for word in reading.words[one.last : other.first]}
        if inner & (_LANGUAGE_BEFORE | {"fluent", "speaking"}):
            return True
    return _is_bare(reading, group)


def _describes(reading: Reading, last: int) -> bool:
    """Whether a noun follows directly, which the name then describes ("a good French film")."""
    if last >= len(reading.words):
        return False
    gap = reading.folded[reading.words[last - 1].end : reading.words[last].start]
    following = reading.words[last].text
    return (
        gap.strip() == ""
        and following not in _AND_OR
        and following
        not in _set("is must for with who but from in speaker speakers speaking skills")
    )


def _is_skill_cued(reading: Reading, group: Sequence[Term]) -> bool:
    if any(term.certain for term in group):
        return True
    first, last = group[0].first, group[-1].last
    following = reading.after(last, 1)
    takes_object = (
        bool(following)
        and following[0] not in _VERB_ENDS
        and not reading.is_taken(reading.words[last].start, reading.words[last].end)
    )
    gap = (
        reading.folded[reading.words[last - 1].end : reading.words[last].start]
        if following
        else ","
    )
    if takes_object and gap.strip() == "":
        near = reading.before(first, 2)
        if not set(near) & _MODAL and following[0] not in _SKILL_AFTER:
            return False
    if _scan_back(reading, first, _SKILL_BEFORE, _SKILL_PASSES):
        return True
    return _scan_on(reading, last, _SKILL_AFTER, _SKILL_AFTER_PASSES) or _is_bare(reading, group)


def _is_city_cued(
    reading: Reading, zones: Zones, group: Sequence[Term], known: Mapping[int, Kind]
) -> bool:
    first, last = group[0].first, group[-1].last
    if zones.in_shoot(group[0].start):
        return False
    before = reading.before(first, 5)
    after = reading.after(last, 2)
    capital = all(reading.original[term.start].isupper() for term in group)
    certain = any(term.certain for term in group)
    if not certain and not capital:
        return False
    strong = _city_strong(before)
    if strong:
        return not (is_scene(reading, group[0].start) and zones.in_story(group[0].start))
    if before and before[-1] in _RULES_OUT:
        return certain
    if certain and after and after[0] in _CITY_NOT_AFTER:
        return False
    if reading.folded.startswith("'s", group[-1].end):
        return False
    if certain and after and after[0] in _POSSESSIVES:
        return _is_person(after[1:])
    if certain and after and (after[0] in _CITY_AFTER or after[0] in _PERFORMERS):
        return not is_scene(reading, group[0].start)
    if certain and after and after[0] in TALENT and not (before and before[-1] in ("in", "from")):
        return not is_scene(reading, group[0].start)
    if before and before[-1] in (
        "in",
        "from",
        "near",
        "around",
        "within",
        "across",
        "en",
        "of",
    ):
        if before[-1] == "of" and not set(before) & {"out", "within", "outside", "north", "south"}:
            return False
        if is_scene(reading, group[0].start):
            return False
        return _of_talent(reading, first - 1 - (before[-1] == "of"), known)
    return certain and _is_bare(reading, group) and not is_scene(reading, group[0].start)


def _city_strong(before: Sequence[str]) -> bool:
    for word in reversed(before):
        if word in _CITY_STRONG:
            return True
        if (
            word not in _CITY_PREPOSITIONS
            and word not in _AND_OR
            and word not in ("city", "the", "is", "only")
        ):
            return False
    return False


def _of_talent(reading: Reading, preposition: int, known: Mapping[int, Kind]) -> bool:
    """Whether "in" or "from" says something of the talent: "a girl from Pune", not "a tea stall
    in Pune"."""
    clause = reading.clause(reading.words[preposition].start)
    start = reading.word_at(clause.start)
    if preposition <= start:
        return True
    noun = reading.words[preposition - 1]
    if noun.text in TALENT or preposition - 1 in known or reading.is_taken(noun.start, noun.end):
        return True
    for index in range(preposition - 1, start - 1, -1):
        word = reading.words[index].text
        if word in ("with", "at", "on", "to", "about", "into", "of"):
            return index + 1 in known
        if word == "for":
            previous = reading.words[index - 1].text if index else ""
            return previous in (
                "looking",
                "searching",
                "hunting",
                "search",
                "casting",
                "call",
                "asking",
            )
    label = reading.folded[: clause.start].rstrip()
    return not (label.endswith(":") and reading.words[preposition].text == "from")


def _is_person(following: Sequence[str]) -> bool:
    """Whether the next word is for a person: "Pune ki actress", not "Lucknow ki tehzeeb"."""
    if not following:
        return True
    word = following[0]
    if word in TALENT or word in ("ho", "hai", "hon", "hona", "rehne", "हो", "है", "कलाकार"):
        return True
    return canonical_gender(word) is not None or roles().canonical(word) is not None


def _near(reading: Reading, term: Term) -> bool:
    around = set(reading.before(term.first, 3)) | set(reading.after(term.last, 1))
    written = reading.original[term.start : term.end]
    return bool(around & _UNION_AROUND) and not written.islower()
