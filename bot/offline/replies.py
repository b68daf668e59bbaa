"""Replies as Markdown, written from rows alone. Equal input gives equal text."""

from __future__ import annotations

from collections.abc import Sequence

from bot.offline.phrases import (
    dates_in_words,
    given_up_in_words,
    listed,
    plain,
    query_in_words,
    rate_in_words,
    span_in_words,
)
from bot.talent import Match, SearchResult, Talent, TalentQuery

NOTICE = (
    "_I'm CastMatch's offline responder: no Claude key is set, so I match your words to the roster"
    " with a parser of our own. Set `ANTHROPIC_API_KEY` to have Claude answer._\n\n"
)
ABILITIES = (
    "I can search the roster by gender, playing age, languages, skills, city, union, height, day"
    " rate, dates and a description in your own words, and answer about the talents I showed."
)
EXAMPLES = (
    "“Marathi-speaking woman, 24–30, Kathak, based in Pune”",
    "“men who can ride and sword fight, under ₹25,000 a day, free in December”",
)
_LEADS = (
    "Here {are} {count} for {query}:",
    "{Count} {fits} {query}:",
    "For {query}, {count} {stands} out:",
)
_NUMBERS = ("no one", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_CREDITS_SHOWN = 3
_BIO_SHOWN = 600


def found(result: SearchResult, *, turn: int, lead: str = "") -> str:
    """Who was found, and what was given up to find them. Why is on their cards, in this order."""
    if not result.matches:
        return nobody(result.query)
    said = lead or (
        relaxed_lead(result) if result.relaxed else _lead(result.query, len(result.matches), turn)
    )
    hint = (
        ""
        if turn
        else (
            "\n\nNarrow it down (“only those under 25”), ask about one (“tell me about the second"
            " one”), or say “more”."
        )
    )
    return f"{said} {_named(result.matches)}.{hint}"


def relaxed_lead(result: SearchResult) -> str:
    """Which filters excluded everyone."""
    given_up = [given_up_in_words(result.query, field) for field in result.relaxed]
    verb, it = ("excludes", "that") if len(given_up) == 1 else ("exclude", "those")
    return (
        f"Nobody meets everything: {listed(given_up)} {verb} everyone who fits the rest."
        f" Without {it}, the nearest:"
    )


def nobody(query: TalentQuery) -> str:
    """A search gives up filters until it finds someone, so it finds nobody only where there is
    nobody to find."""
    if query.only_ids:
        return "None of those I showed fits that."
    if query.similar_to:
        return "I found nobody else to compare with."
    return "The roster has nobody in it yet. Import one with `castmatch talent import FILE`."


def _named(matches: Sequence[Match]) -> str:
    return listed([f"**{plain(match.talent.name)}**" for match in matches])


def _but(match: Match) -> list[str]:
    """What a match misses, as one phrase."""
    return [f"but {', '.join(plain(miss) for miss in match.misses)}"] if match.misses else []


def _lead(query: TalentQuery, count: int, turn: int) -> str:
    number = _NUMBERS[count] if count < len(_NUMBERS) else str(count)
    single = count == 1
    return _LEADS[turn % len(_LEADS)].format(
        are="is" if single else "are",
        fits="fits" if single else "fit",
        stands="stands" if single else "stand",
        count=number,
        Count=number.capitalize(),
        query=query_in_words(query),
    )


def _in_short(talent: Talent) -> list[str]:
    parts = []
    if talent.playing_age:
        parts.append(f"playing age {span_in_words(talent.playing_age)}")
    if talent.city:
        parts.append(plain(talent.city))
    if talent.languages:
        parts.append(listed([plain(language.name) for language in talent.languages]))
    return parts


def profile(talent: Talent) -> str:
    """One talent, all that may be shown."""
    lines = [f"**{plain(talent.name)}**"]
    facts = [f"{label}: {value}" for label, value in facts_of(talent)]
    lines += [f"- {fact}" for fact in facts]
    if talent.credits:
        shown = [
            _credit(talent, index) for index in range(min(len(talent.credits), _CREDITS_SHOWN))
        ]
        lines.append(f"- Credits: {'; '.join(shown)}")
    if talent.bio:
        bio = " ".join(talent.bio.split())
        cut = bio if len(bio) <= _BIO_SHOWN else bio[:_BIO_SHOWN].rsplit(" ", 1)[0] + "…"
        lines += ["", plain(cut)]
    if talent.reel_url:
        lines += ["", f"Reel: <{talent.reel_url}>"]
    return "\n".join(lines)


def facts_of(talent: Talent) -> list[tuple[str, str]]:
    """Labelled facts, those unknown left out."""
    facts: list[tuple[str, str]] = []
    if talent.gender:
        shown = f"{talent.gender} ({plain(talent.pronouns)})" if talent.pronouns else talent.gender
        facts.append(("Gender", shown))
    if talent.playing_age:
        facts.append(("Playing age", span_in_words(talent.playing_age)))
    if talent.city:
        travels = f", travels to {listed([plain(c) for c in talent.travels_to])}"
        facts.append(("City", plain(talent.city) + (travels if talent.travels_to else "")))
    if talent.languages:
        said = [f"{plain(known.name)} ({known.level})" for known in talent.languages]
        facts.append(("Languages", ", ".join(said)))
    if talent.skills:
        facts.append(("Skills", ", ".join(plain(skill) for skill in talent.skills)))
    if talent.accents:
        facts.append(("Accents", ", ".join(plain(accent) for accent in talent.accents)))
    if talent.height_cm:
        facts.append(("Height", f"{talent.height_cm} cm"))
    if talent.union:
        facts.append(("Union", plain(talent.union)))
    if talent.day_rate:
        facts.append(("Day rate", rate_in_words(talent.day_rate)))
    if talent.available:
        facts.append(("Free", ", ".join(dates_in_words(span) for span in talent.available)))
    if talent.representation:
        facts.append(("Represented by", plain(talent.representation)))
    return facts


def _credit(talent: Talent, index: int) -> str:
    credit = talent.credits[index]
    role = f" as {plain(credit.role)}" if credit.role else ""
    year = f" ({credit.year})" if credit.year else ""
    return f"{plain(credit.title)}{role}{year}"


def comparison(talents: Sequence[Talent]) -> str:
    """Talents side by side, one row a fact that any of them has."""
    columns = [dict(facts_of(talent)) for talent in talents]
    labels = list(dict.fromkeys(label for column in columns for label in column))
    lines = [
        f"| | {' | '.join(f'**{plain(talent.name)}**' for talent in talents)} |",
        f"|---{'|---' * len(talents)}|",
    ]
    for label in labels:
        cells = [column.get(label, "not listed") for column in columns]
        lines.append(f"| {label} | {' | '.join(cells)} |")
    shared = _shared(talents)
    return "\n".join(lines) + (f"\n\n{shared}" if shared else "")


def _shared(talents: Sequence[Talent]) -> str:
    languages = set.intersection(*({known.name for known in t.languages} for t in talents))
    skills = set.intersection(*(set(t.skills) for t in talents))
    who = "Both" if len(talents) == 2 else "All"
    parts = []
    if languages:
        parts.append(f"speak {listed(sorted(plain(name) for name in languages))}")
    if skills:
        parts.append(f"have {listed(sorted(plain(name) for name in skills))}")
    return f"{who} {listed(parts)}." if parts else ""


def among(result: SearchResult, *, of: int) -> str:
    """Which of the talents shown before fit a question."""
    asked = query_in_words(result.query.model_copy(update={"only_ids": ()}))
    if result.relaxed or not result.matches:
        asked = asked.removeprefix("talents, ")
        if of == 1:
            return f"No, the roster doesn't say so ({asked})."
        return f"None of the {of} fits that ({asked}). Leave out “of them” to ask for others."
    if of == 1:
        name = plain(result.matches[0].talent.name)
        reasons = "; ".join(plain(reason) for reason in result.matches[0].reasons)
        return f"Yes, **{name}**{f': {reasons}' if reasons else ''}."
    count = _NUMBERS[len(result.matches)] if len(result.matches) < len(_NUMBERS) else "Many"
    all_of = _NUMBERS[of] if of < len(_NUMBERS) else str(of)
    return f"{count.capitalize()} of the {all_of}: {_named(result.matches)}."


def reasons(match: Match, query: TalentQuery, *, like: str, shown: bool) -> str:
    """Why a talent came up for a query and what it misses, or how one that was not `shown`
    stands to it; `like` is the talent whose like was asked for."""
    name = plain(match.talent.name)
    asked = query_in_words(query) + (f", like {plain(like)}" if like else "")
    if not match.reasons and not match.misses:
        return f"**{name}** came up as near to {asked}; the roster says no more."
    if not match.reasons:
        return f"You asked for {asked}. **{name}** came near it, {_but(match)[0]}."
    phrases = [*(plain(reason) for reason in match.reasons), *_but(match)]
    said = "\n".join(f"- {phrase}" for phrase in phrases)
    verdict = f"**{name}** came up because" if shown else f"Of **{name}** the roster says"
    return f"You asked for {asked}. {verdict}:\n\n{said}"


def nothing_near(text: str) -> str:
    """No word of a description is anywhere in the roster."""
    return f"Nothing in the roster answers to “{plain(text)}”. {unclear()}"


def which(name: str, talents: Sequence[Talent]) -> str:
    """Several people could be meant."""
    bear_it = all(name.casefold() in talent.name.casefold() for talent in talents)
    lead = (
        f"Several talents are called {plain(name)}. Which one do you mean?"
        if bear_it
        else f"Nobody is called exactly {plain(name)}. Did you mean one of these?"
    )
    names = "\n".join(
        f"{number}. **{plain(talent.name)}** — {'; '.join(_in_short(talent))}"
        for number, talent in enumerate(talents, 1)
    )
    return f"{lead}\n\n{names}"


def unclear() -> str:
    return f"I didn't catch whom to look for. {ABILITIES} Try:\n\n- {EXAMPLES[0]}\n- {EXAMPLES[1]}"


def help_text() -> str:
    return (
        f"{ABILITIES} For example:\n\n- {EXAMPLES[0]}\n- {EXAMPLES[1]}\n\nThen go on with “only"
        " those under 25”, “who of them speaks Marathi?”, “more like the second one”, “compare the"
        " first two”, “tell me about …”, “more” or “start over”."
    )
