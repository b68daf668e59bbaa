"""What the roster says of a talent, whole, in short, fact by fact, and side by side."""

from __future__ import annotations

from collections.abc import Sequence

from bot.offline.phrases import dates_in_words, listed, plain, rate_in_words, span_in_words
from bot.talent import Talent

_CREDITS_SHOWN = 3
_BIO_SHOWN = 600


def in_short(talent: Talent) -> list[str]:
    """Age, city and languages."""
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
        lines.append(f"- Credits: {_credits(talent, _CREDITS_SHOWN)}")
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


def _credits(talent: Talent, most: int) -> str:
    said = []
    for credit in talent.credits[:most]:
        role = f" as {plain(credit.role)}" if credit.role else ""
        year = f" ({credit.year})" if credit.year else ""
        said.append(f"{plain(credit.title)}{role}{year}")
    return "; ".join(said)


def fact(label: str, talents: Sequence[Talent]) -> str:
    """One fact of each, by its label in `facts_of`, or "Credits" or "Reel"."""
    known = {}
    for talent in talents:
        facts = dict(facts_of(talent))
        if talent.credits:
            facts["Credits"] = _credits(talent, len(talent.credits))
        if talent.reel_url:
            facts["Reel"] = f"<{talent.reel_url}>"
        known[talent.id] = facts.get(label, "not in the roster")
    if len(talents) == 1:
        return f"**{plain(talents[0].name)}**, {label.lower()}: {known[talents[0].id]}."
    lines = [f"- **{plain(talent.name)}**: {known[talent.id]}" for talent in talents]
    return f"{label}:\n\n" + "\n".join(lines)


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
