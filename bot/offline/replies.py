"""Replies as Markdown, written from rows alone. Equal input gives equal text."""

from __future__ import annotations

from collections.abc import Sequence

from bot.offline.phrases import given_up_in_words, listed, plain, query_in_words
from bot.offline.profiles import in_short
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
_LEADS = ("Here {are} {count} {query}:", "{Count} {query}:", "I found {count} {query}:")
_NUMBERS = ("no one", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def found(result: SearchResult, *, turn: int, lead: str = "", also: str = "") -> str:
    """Who was found, and what was given up to find them; `also` follows. Why is on their cards, in
    this order."""
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
    return f"{said} {named(result.matches)}.{also}{hint}"


def for_roles(results: Sequence[SearchResult]) -> str:
    """Who was found for each of several roles."""
    said = []
    for number, result in enumerate(results, start=1):
        if not result.matches:
            return nobody(result.query)
        whom = query_in_words(result.query, one=True)
        lead = f" {relaxed_lead(result)}" if result.relaxed else ""
        said.append(f"{number}. For a {whom}:{lead} {named(result.matches)}.")
    return "\n".join(said) + "\n\n“More” goes on with the last of these roles."


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


def named(matches: Sequence[Match]) -> str:
    """Their names, joined."""
    return listed([f"**{plain(match.talent.name)}**" for match in matches])


def _but(match: Match) -> list[str]:
    """What a match misses, as one phrase."""
    return [f"but {', '.join(plain(miss) for miss in match.misses)}"] if match.misses else []


def _lead(query: TalentQuery, count: int, turn: int) -> str:
    number = _NUMBERS[count] if count < len(_NUMBERS) else str(count)
    return _LEADS[turn % len(_LEADS)].format(
        are="is" if count == 1 else "are",
        count=number,
        Count=number.capitalize(),
        query=query_in_words(query, one=count == 1),
    )


def among(result: SearchResult, *, of: int) -> str:
    """Which of the talents shown before fit a question."""
    asked = query_in_words(result.query.model_copy(update={"only_ids": ()}))
    if result.relaxed or not result.matches:
        asked = asked.removeprefix("talents").lstrip(", ")
        if of == 1:
            return f"No, the roster doesn't say so ({asked})."
        return f"None of the {of} fits that ({asked}). Leave out “of them” to ask for others."
    if of == 1:
        name = plain(result.matches[0].talent.name)
        reasons = "; ".join(plain(reason) for reason in result.matches[0].reasons)
        return f"Yes, **{name}**{f': {reasons}' if reasons else ''}."
    count = _NUMBERS[len(result.matches)] if len(result.matches) < len(_NUMBERS) else "Many"
    all_of = _NUMBERS[of] if of < len(_NUMBERS) else str(of)
    return f"{count.capitalize()} of the {all_of}: {named(result.matches)}."


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


def nothing_near(text: str, *, after_results: bool = False) -> str:
    """No word of a description is anywhere in the roster."""
    lead = f"Nothing in the roster answers to “{plain(text)}”."
    return f"{lead} {unclear(after_results=after_results)}"


def which(name: str, talents: Sequence[Talent]) -> str:
    """Several people could be meant."""
    bear_it = all(name.casefold() in talent.name.casefold() for talent in talents)
    lead = (
        f"Several talents are called {plain(name)}. Which one do you mean?"
        if bear_it
        else f"Nobody is called exactly {plain(name)}. Did you mean one of these?"
    )
    names = "\n".join(
        f"{number}. **{plain(talent.name)}** — {'; '.join(in_short(talent))}"
        for number, talent in enumerate(talents, 1)
    )
    return f"{lead}\n\n{names}"


def unclear(*, after_results: bool = False) -> str:
    """What can be said instead; in short to whom has got results already."""
    if after_results:
        return (
            "Describe whom you are looking for, change the last search (“only under 25”, “any"
            " city”), or ask about those shown (“who can dance?”, “the second one's rate”)."
        )
    return f"I didn't catch whom to look for. {ABILITIES} Try:\n\n- {EXAMPLES[0]}\n- {EXAMPLES[1]}"


def not_done(names: Sequence[str]) -> str:
    """To "book her", "call them": what we do not do, and what we can tell."""
    whom = f" with {listed([f'**{plain(name)}**' for name in names])}" if names else ""
    return (
        f"I only search the roster: I can't book, hold dates or get in touch{whom}. Ask “when is"
        " she free?”, “what is her rate?” or “who represents her?” for what is listed."
    )


def help_text() -> str:
    return (
        f"{ABILITIES} For example:\n\n- {EXAMPLES[0]}\n- {EXAMPLES[1]}\n\nThen go on with “only"
        " those under 25”, “who can dance?”, “when is the first one free?”, “more like the second"
        " one”, “compare the first two”, “tell me about …”, “more” or “start over”."
    )
