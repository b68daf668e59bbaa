"""What a stretch of text does to what is named in it: wished for, ruled out, optional, a story."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.wording.reading import Reading, Span

_WORDS = r"(?<![\w\u0900-\u097f])(?:{})(?![\w\u0900-\u097f])"


def _phrases(*choices: str) -> re.Pattern[str]:
    return re.compile(_WORDS.format("|".join(choices)))


_WISH_BEFORE = _phrases(
    r"ideally",
    r"preferably",
    r"preferabl[ey] if",
    r"prefer(?:ence|red|ring|s)?(?: for| is| if| given to)?",
    r"bonus (?:if|for|points?(?: (?:if|for))?|points|skills?)",
    r"bonus(?=\s*:)",
    r"nice[ -]to[ -]haves?",
    r"good[ -]to[ -]haves?",
    r"desirable(?=\s*:)",
    r"pluses(?=\s*:)",
    r"plus(?=\s*:)",
    r"plus if",
    r"a plus if",
    r"extra points (?:if|for)",
    r"would love",
    r"would be (?:great|nice|good|lovely|ideal|amazing|perfect|wonderful) if",
    r"if possible,?",
    r"maybe(?: even)?",
    r"perhaps",
    r"optional(?:ly)?(?=\s*:)",
    r"de preferencia",
    r"de preference",
    r"behtar ho agar",
)
_WISH_AFTER = _phrases(
    r"(?:(?:is|are|would be|will be|as|being|also|definitely|an?|big|huge|real|definite|added|"
    r"strong|great|major|distinct) )+(?:plus|bonus|advantage|asset|preference|"
    r"perk)(?: point)?s?(?!\s*(?:if|for)\b)",
    r"(?:plus|bonus|advantage|asset|preference)(?: points?)?(?=\s*(?:$|[.,;)\n!]))",
    r"(?:is |are |would be |strongly |highly )*(?:preferred|preferable|desirable|desired|"
    r"appreciated|welcome|helpful|useful|beneficial|advantageous)",
    r"would (?:be|help)(?: (?:a )?(?:great|nice|good|lovely|ideal|amazing|wonderful|super|fab|"
    r"perfect|handy|cool))?(?! (?:able|free|available))(?: too| also| to have)?",
    r"(?:is |are )?(?:optional|a nice[ -]to[ -]have|nice to have|good to have|great to have)",
    r"(?:if possible|ideally|preferably)(?=\s*(?:$|[.,;)\n!]))",
    r"(?:(?:aati|aata|bhi|jaanti|jaanta) )*(?:ho|hai|hon) to (?:bahut )?(?:ac{1,2}h{1,2}a|acha|"
    r"badhiya|behtar|sahi|mast)(?: hai| hoga| rahega)?",
    r"हो तो (?:अच्छा|बेहतर)(?: है)?",
)
_NOT_NEEDED_BEFORE = _phrases(
    r"need(?:n't| not)(?: be| have| to)*(?: able to)?",
    r"(?:do|does|did)(?: not|n't) (?:have|need) to(?: be| know| have)*",
    r"(?:don't|do not|doesn't|does not) (?:need|require|necessarily)",
    r"not necessarily",
    r"not(?=[^,.;:\n]{1,40} necessarily\b)",
    r"no need (?:for|to|of)(?: know| be| have)*",
    r"no(?= (?:[\w-]+ ){1,4}(?:needed|required|necessary)\b)",
    r"no (?:prior |previous |acting |specific )?(?:experience|training|background)(?: of| in|"
    r" with)?",
    r"(?:it )?(?:doesn't|does not|don't|do not) matter(?: if| whether)?",
    r"irrespective of",
    r"regardless of",
)
_NOT_NEEDED_AFTER = _phrases(
    r"(?:is |are |(?:skills?|experience|training) )*not (?:required|needed|necessary|essential|"
    r"mandatory|compulsory|a must|important|a requirement)",
    r"(?:isn't|aren't) (?:required|needed|necessary|essential|mandatory|a must)",
    r"(?:ok|okay|fine|welcome too|acceptable|accepted|also ok|also fine|considered)",
    r"not a (?:problem|dealbreaker|deal breaker|requirement)",
    r"(?:doesn't|does not|don't|do not) matter",
    r"zaroori nahi(?: hai)?",
    r"zaruri nahi(?: hai)?",
    r"ज़रूरी नहीं(?: है)?",
    r"जरूरी नहीं(?: है)?",
)
_NOT_BEFORE = _phrases(
    r"not(?! (?:only|just|more|less|over|under|above|below|older|younger)\b)",
    r"(?:no ?one|nobody|none)(?! (?:over|under|above|below|older|younger)\b)",
    r"no(?! ?(?:one|body)\b| (?:older|younger|more|less|taller|shorter|matter|idea|problem|"
    r"worries|thanks|longer)\b)",
    r"without(?: any)?",
    r"except(?: for)?",
    r"excluding",
    r"exclude",
    r"excludes",
    r"other than",
    r"apart from",
    r"aside from",
    r"anyone but",
    r"anybody but",
    r"everyone but",
    r"any(?:where| city| place| town| language| union) but",
    r"but not",
    r"avoid(?:ing)?",
    r"minus",
    r"non(?=-)",
    r"(?:is|are|was|do|does|did|ca|wo|should|must|could)n't",
    r"(?:isnt|arent|dont|doesnt|cant|wont|shouldnt)",
    r"cannot",
    r"never",
    r"neither",
    r"not interested in",
    r"nor",
    r"sans",
    r"sin",
    r"kein(?:e|en)?",
)
_NOT_AFTER = _phrases(
    r"(?:(?:se|mein|me|ka|ki|ke|wali|wala|wale|bolne|na) )*(?:nahi|nahin|nhi|mat)(?: (?:chahiye|"
    r"ho|hona|hai|aani|aata|aati|hon))*(?: chahiye)?",
    r"(?:ke|k) (?:bina|siwa|siwaay|alawa(?![^,.;]*\bbhi\b))",
    r"(?:ko )?chh?od(?: ?kar|ke| ke)",
    r"(?:से |में |का |की |के )?(?:नहीं|नही|नको)(?: (?:चाहिए|हो|होना|आनी|आती))*",
    r"के (?:बिना|अलावा|सिवा)",
    r"को छोड़कर",
)
_OPENS = re.compile(_WORDS.format(r"who(?:'s|'re|'ve|'d|'ll)?|whose|that|which|qui|que"))
_ASKS = re.compile(
    r"\s*(?:can|could|also|still|really|actually|must|should|would|will|may|might|speaks?|"
    r"spoke|knows?|understands?|reads?|has|have|had|sings?|dances?|plays?(?= (?:the|a|an)? ?\w+)|"
    r"rides?|swims?|does|do|don't|doesn't|cannot|can't|lives?|looks?|uses?|practi[sc]es?|"
    r"trained|fluent|based|fits?|suits?|needs?|comes?|drives?|fences?|performs?|acts?|fights?|"
    r"(?:is|are|'s|'re)(?= (?:based|fluent|available|free|trained|good|great|comfortable|native|"
    r"over|under|above|below|around|about|between|at|in|from|also|willing|able|not|a|an|the|"
    r"bilingual|tall|open|local|skilled|proficient|experienced|either|neither|both|really|very|\d|"
    r"male|female|non))|(?:is|are)n't|aren't|isn't|habla|hablen?|parle|charges?|costs?|works? "
    r"(?:in|for) (?:under|less)|juggles?|skates?|surfs?|boxes?|raps?|won't|travels?|'s|'re|weren't|"
    r"wasn't|\d|,)"
)
_TELLS = re.compile(r"\s*(?!(?:we|do|else|is there|i)\b)\w+")
_WHOSE_ASKS = re.compile(
    r"\s*(?:mother tongue|first language|native language|day rate|rate|height)"
)
_ABOUT = re.compile(
    r"\b(?:story|stories|film|movie|series|show|play|drama|comedy|piece|tale|script|biopic|"
    r"thriller|documentary|short) (?:about|of)\b"
)
_RESUMES = re.compile(
    _WORDS.format(
        r"must|should|speak(?:s|ing)?|fluent|based in|able to|who can|can|who speaks|needs? to|"
        r"has to|ideally|preferably|required|available|trained in|knows?|parle|habla"
    )
)
_SHOOT = re.compile(
    r"(?:^|(?<=[.;\n|!?]))[^\S\n]*(?:the\s+)?"
    r"(?:shoot(?:ing|s)?(?: dates?| days?| location| venue| in| "
    r"at)?|film(?:ing|ed)|filming location|production(?: dates?| base)?|venue|rehearsals?|"
    r"auditions?|workshop|story|synopsis|logline|about the (?:film|project|show)|project|"
    r"plot|title|director|production house)\s*(?::|-|in\b|at\b|is\b|will\b|from\b|on\b|"
    r"starts?\b|begins?\b|tomorrow\b|today\b|next\b|this\b|"
    r"(?=\d))"
)
_SCENE = re.compile(
    _WORDS.format(
        r"set in|takes place in|shoot(?:s|ing)? (?:in|at|on location)|(?:film|shoot|movie|"
        r"series|play|serial|show|drama|story|"
        r"ad|commercial|feature|short|documentary|musical|production|project|campaign|thriller|"
        r"comedy) (?:in|at|from)|"
        r"filming (?:in|at)|(?:moves?|moving|moved|returns?|returning|"
        r"arrives?|goes|going|comes back|fly|flies|flees?|escapes?|migrat\w+) (?:to|in|from)|"
        r"grew up in|growing up in|raised in|born in|dreams? of|dreaming of|story of|about|"
        r"inspired by|"
        r"plays? (?:an?|the|his|her)|playing (?:an?|the|his|her)|(?:role|part|character) of|"
        r"to play|(?:running|runs|ran|owns|owning|works?|working|worked|selling|sells|searching|"
        r"lost|"
        r"trapped|stuck|stranded|hiding|teaching|teaches|studying|studies|cooking|serving|fighting|"
        r"wandering|travelling|traveling|visiting|exiled|imprisoned)"
    )
    + r"(?!')"
)


@dataclass(frozen=True, slots=True)
class Zones:
    """Where things named are not plainly asked for.

    The `_before` marks act on what follows them, the `_after` marks on what comes before.
    """

    wish_before: tuple[Span, ...]
    wish_after: tuple[Span, ...]
    not_needed_before: tuple[Span, ...]
    not_needed_after: tuple[Span, ...]
    not_before: tuple[Span, ...]
    not_after: tuple[Span, ...]
    story: tuple[Span, ...]
    """Relative clauses about the character: "who runs a tea stall in Pune"."""
    shoot: tuple[Span, ...]
    """Sentences on where and when one works: "Shoot: 3-10 Jan, Pune"."""

    @classmethod
    def of(cls, reading: Reading) -> Zones:
        def spans(pattern: re.Pattern[str]) -> tuple[Span, ...]:
            return tuple(Span(*match.span()) for match in pattern.finditer(reading.folded))

        not_needed_before = spans(_NOT_NEEDED_BEFORE)
        not_needed_after = spans(_NOT_NEEDED_AFTER)
        occupied = (*not_needed_before, *not_needed_after)
        return cls(
            wish_before=spans(_WISH_BEFORE),
            wish_after=spans(_WISH_AFTER),
            not_needed_before=not_needed_before,
            not_needed_after=not_needed_after,
            not_before=tuple(
                span
                for span in spans(_NOT_BEFORE)
                if not any(other.start <= span.start < other.end for other in occupied)
            ),
            not_after=tuple(
                span
                for span in spans(_NOT_AFTER)
                if not any(other.start < span.end and span.start < other.end for other in occupied)
            ),
            story=_stories(reading),
            shoot=tuple(
                Span(match.start(), reading.sentence(match.end() - 1).end)
                for match in _SHOOT.finditer(reading.folded)
            ),
        )

    @property
    def remarks(self) -> tuple[Span, ...]:
        """Words that only say how much something matters."""
        return (
            *self.wish_before,
            *self.wish_after,
            *self.not_needed_before,
            *self.not_needed_after,
        )

    def in_story(self, position: int) -> bool:
        return any(span.holds(position) for span in self.story)

    def in_shoot(self, position: int) -> bool:
        return any(span.holds(position) for span in self.shoot)

    def is_wish(self, reading: Reading, span: Span) -> bool:
        """Whether what stands at `span` is only wished for ("ideally 25-30", "… a plus")."""
        for mark in self.wish_before:
            clause = reading.clause(mark.start)
            after_label = reading.folded[mark.end : mark.end + 2].strip().startswith(":")
            end = reading.sentence(mark.start).end if after_label else clause.end
            if mark.end <= span.start < end:
                return True
        return any(
            span.end <= mark.start
            and reading.clause(span.end - 1).end >= mark.start - 1
            and len(reading.folded[span.end : mark.start].split()) <= 3
            for mark in self.wish_after
        )


def _stories(reading: Reading) -> tuple[Span, ...]:
    found = []
    for match in _OPENS.finditer(reading.folded):
        rest = reading.folded[match.end() :]
        opener = match.group()
        if opener == "whose":
            if _WHOSE_ASKS.match(rest):
                continue
        elif opener in ("qui", "que"):
            if re.match(r"\s*(?:parle|habla|sait|sabe|vit|vive|puede|peut)", rest):
                continue
        elif _ASKS.match(rest) or not _TELLS.match(rest):
            continue
        end = reading.clause(match.end() - 1).end
        if resumes := _RESUMES.search(reading.folded, match.end(), end):
            end = resumes.start()
        found.append(Span(match.start(), end))
    found.extend(
        Span(match.start(), reading.clause(match.end() - 1).end)
        for match in _ABOUT.finditer(reading.folded)
    )
    return tuple(found)


def is_scene(reading: Reading, position: int) -> bool:
    """Whether a place named at `position` belongs to the story or the shoot, not to the talent."""
    clause = reading.clause(position)
    return bool(_SCENE.search(reading.folded, clause.start, position))
