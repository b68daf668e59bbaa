"""The words that decide what a name in a text is: cues, list words, and words to pass over.

Plain words, lower case, in English, Hinglish and Devanagari, with a few of Spanish and French.
"""

from __future__ import annotations

from collections.abc import Mapping


def words_of(text: str) -> frozenset[str]:
    """The words of a text that only lists them."""
    return frozenset(text.split())


TALENT = words_of(
    """actor actors actress actresses artist artists artiste artistes performer performers
    talent talents model models someone anyone anybody somebody people person persons
    folks folk candidate candidates profile profiles speaker speakers local locals cast
    faces face options comedian comedians comic comics singers singer dancer dancers
    musician musicians woman women man men girl girls boy boys lady ladies guy guys
    gentleman gentlemen female females male males ladki ladka ladke ladkiyan mahila aadmi
    members member one ones those anyone's hosts host presenters presenter players player
    rider riders fighter fighters chahiye acteur acteurs actrice actrices actriz femme
    homme mujer hombre type types lead leads"""
)
ARTICLES = words_of(
    "a an the some any our my his her their this these those koi ek un une el la le"
)
AND_OR = words_of(
    """and or nor ya aur ou oder et y o both either plus also as well और या आणि किंवा व athva
    अथवा & preferably ideally maybe even then but no"""
)
LIST_WORDS: Mapping[str, frozenset[str]] = {
    "language": AND_OR
    | words_of(
        """fluent native basic conversational good speaking speaks speak speaker speakers some in
        the a language fluently excellent decent working knowledge of bit little not non
        intermediate advanced understands knows"""
    ),
    "skill": AND_OR
    | ARTICLES
    | words_of(
        """can play plays playing ride rides do does dance dancer dancing trained in with skills
        skill training good at knows know to expert professional basic experience be able of
        artist player perform performs who is some own jaanti jaanta not in"""
    ),
    "city": AND_OR
    | words_of("in from based near the area around city region side actors only not"),
    "union": AND_OR | words_of("member members of the a an card actors not"),
    "gender": AND_OR | words_of("a an the any"),
}
PLAIN_WORDS = words_of(
    """speaking speaker speakers based living woman women actor actors actress native fluent
    either someone anyone people music person female trained dancer dancers dance dancing
    training artist artists years language languages under about around there their which
    where while these those would could should three seven eight forty fifty sixty paint
    painting running runner drama stage theatre theater series scene scenes movie please
    looking going thinking working leading looks mother father sister brother house chair
    table tables total hours money great green black white brown short sharp small large
    lovely lively happy smart quick brave proud tough rough young older elder elderly
    middle marine mandate palate panel tamed rural kannada polishes spanking frenchy
    germane comfortable required required. member members"""
)

LANGUAGE_BEFORE = words_of(
    """speak speaks speks speeks speaking spoken fluent fluently fluency native knows know knowing
    language languages tongue bilingual trilingual multilingual conversational understands
    understand reads read write writes parle parlent parlant hable habla hablan hablar
    hablen dialogue dialogues dialog lines bhasha command proficient proficiency converse
    conversant uses using signs speaker perfect monolingual भाषा spreche spricht switch switches
    switching slips slipping shifts shifting alternates alternating toggles"""
)
LANGUAGE_PASSES = AND_OR | words_of(
    """in with of at least some a an the very good fluent native is are be level clean pure
    proper chaste strong only excellent basic well comfortable must should decent really
    everyday working knowledge no not between of one two three any"""
)
SPOKEN = words_of("speak speaks speaking spoken fluent")
LANGUAGE_WORKING = words_of(
    "comfortable good excellent strong decent needs need needed working basic only perform "
    "performs performing act acts acting emote deliver"
)
OWNERS = words_of("whose her his their")
SAID_OF = words_of("is are must should has needs sounds have ought")
NOT_SPOKEN_IN = words_of(
    """film films movie movies series show shows play plays ad ads script scripts song songs story
    content project projects is are be was made shot shoot shooting set degree ma ba masters phd
    accent accents interest class classes released subtitles subtitled dubbed born major
    literature"""
)
"""What comes before "in Hindi" where nobody has to speak it."""
LANGUAGE_AFTER = words_of(
    """bole bolein alawa bina speaking speaker speakers bolne bolni bolta bolti bolte bol bolna bolo
    bolnari bolnara bolnare yenari yenara yenare yete yeta
    aati aata aana aani
    ati jaanti janti jaanta janta jaante janne jaanne jaan tongue fluent fluently fluency
    native natives medium language bhasha bhashi dono knowing must mandatory required
    essential compulsory zaroori skills needed diction pronunciation bilingual dialect too
    dialogue dialogues lines monologue monologues
    बोलने बोलती बोलता बोलणारी बोलणारा बोलणारे आती आता आनी आना जानने जानती जानता भाषी भाषा
    दोनों दोन्ही बोलनेवाली बोलनेवाला samajhti samajhta parlante hablante native-level"""
)
LANGUAGE_AFTER_PASSES = words_of(
    "mother both first well is a are dono acchi achhi saaf and the fluent अच्छी साफ़ bhi भी "
    "nahi nahin nhi नहीं not isn t ke"
)
REGIONAL = words_of(
    """Assamese Bengali Bodo Dogri Gujarati Hindi Kannada Kashmiri Konkani Maithili Malayalam
    Manipuri Marathi Nepali Odia Punjabi Sanskrit Santali Sindhi Tamil Telugu Urdu
    Bhojpuri Haryanvi Rajasthani Tulu Marwari"""
)
PERFORMERS = words_of(
    "actor actors actress actresses artist artists artiste artistes performer performers talent "
    "talents singer singers rapper rappers comedian comedians comic comics host hosts anchor "
    "anchors"
)

SPOKEN_ARTS = frozenset(
    """Stand-up comedy|Sketch comedy|Improvisation|Comedy|Singing|Rapping|Poetry|Voice-over|Dubbing|
Audiobook narration|Anchoring|Hosting|Storytelling|Mimicry""".replace("\n", "").split("|")
)
"""Skills that one has in a language: "Gujarati stand-up"."""
PROFESSIONS = frozenset({"Anchoring", "Hosting", "Presenting"})
WOMAN_OR_MAN = words_of("female male woman man women men girl boy lady ladki ladka mahila")
GENERAL_SKILLS = frozenset({"Dance", "Singing", "Musical instrument", "Comedy"})
SKILL_BEFORE = words_of(
    """can could able must should knows know knowing trained train skilled experienced expert
    proficient professional good great excellent brilliant skill skills plays play playing
    practises practices learnt learned does do doing performs training background
    experience ability abilities capable comfortable also competent talented certified
    accomplished seasoned strong who jo loves love likes qualified special real actual genuine
    interested"""
)
SKILL_PASSES = AND_OR | words_of(
    "in to at of a an the some own basic very be is are with for ho not really actually"
)
SKILL_AFTER = words_of(
    """skill skills ability training trained experience background aati aata aana aani aate jaanti
    jaanta jaante janti janta jaanne janne jaan karti karta kar bajati bajata sake sakti
    sakta sakte required essential mandatory must needed licence license आती आता आनी आना
    जानती जानता जानने जाननेवाली सके सकती सकता"""
)
SKILL_AFTER_PASSES = words_of("is are a the well professionally and karna चलाना nahi nahin not")
MODAL = words_of(
    "can could able must should to skills skill knows know trained professional expert"
)
VERB_ENDS = AND_OR | words_of(
    "well professionally fluently too with beautifully who skills skill dancer but"
)

CITY_PREPOSITIONS = words_of("in from frm near around within across de en a at out of to")
CITY_STRONG = words_of(
    """based base living lives live resident residents residing resides located local settled
    stationed hailing hails native relocate travel travels city cities location locations
    home hometown lived vive vivant habite rehne"""
)
CITY_AFTER = words_of(
    """based base mein me se wala wali wale resident residents local locals only area native
    natives side में से मध्ये ला च्या rehne rehti rehta रहने रहती राहणारी राहणारा born
    residents"""
)
CITY_NOT_AFTER = words_of(
    """film films shoot shooting story festival times university theatre movie drama streets
    street underworld police mafia gangster slum slums mein-set accent school style
    express dreams gang don"""
)
POSSESSIVES = words_of("ka ki ke की का के")
RULES_OUT = words_of("not no except excluding exclude than but avoid avoiding without nor")
UNION_AROUND = words_of(
    """member members membership card cards cardholder cardholders union unions registered
    actor actors actress only affiliated status eligible"""
)

NEGATION_PASSES = (
    ARTICLES
    | AND_OR
    | words_of(
        """based in from living live lives live speak speaks speaking know knows do does be is
        are have has of member members someone anyone people person actors actor currently
        local to like want for any one with native fluent who can trained looking necessarily
        city cities than other experience required residing located wanting people's that the
        able song play plays playing ride dance swim at all"""
    )
)
WISH_PASSES = (
    ARTICLES
    | AND_OR
    | words_of(
        """is are be being would will skills skill experience training knowledge speaker speakers
        speaking dancer dancing dance trained player background ability knowing based also
        actors artists fluency fluent local locals resident residents and if aati aata ho bhi
        it that's which se mein wale wali bolne ka ki ke member members level area certified
        certification actor actress person people age aged"""
    )
)
BARE = {
    "language": LIST_WORDS["language"]
    | words_of("must only mandatory required essential level the dono"),
    "skill": LIST_WORDS["skill"]
    | words_of(
        "must only mandatory required essential excellent strong the trained certified skills"
    ),
    "city": LIST_WORDS["city"]
    | words_of(
        "only based local locals must preferred resident ncr or south north east west central "
        "greater"
    ),
    "union": LIST_WORDS["union"] | words_of("only required mandatory preferred must"),
}

AFTER_OBJECT = words_of("is must for with who but from in speaker speakers speaking skills")
CITY_PASSES = CITY_PREPOSITIONS | AND_OR | words_of("city the is only")
OF_PLACE = words_of("in from frm near around within across en")
OBJECT_PREPOSITIONS = words_of("with at on to about into of")
SEEKING = words_of("looking searching hunting search casting call asking")
HINDI_BEING = words_of("ho hai hon hona rehne हो है कलाकार")
KEYWORD_FILLERS = frozenset[str]().union(*BARE.values()) - words_of("in of to with at from for")
NOT_PRAISE = words_of(
    "for about of to from in on at by as like lead not no without except is are real young old"
)
