"""One record's cells to a talent, with what decides who may see it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlsplit

from bot.roster import dates, lists, money, values
from bot.roster.cells import MAX_CELL, Cells
from bot.roster.keys import full_name
from bot.talent import DateSpan, DayRate, LanguageSkill, Range, Talent

ADULT = 18
_MAX_NAME = 200
_MAX_TEXT = 500
_GROUPS = ("profile", "photos", "credits", "rates", "availability")


@dataclass(frozen=True, slots=True)
class Person:
    talent: Talent
    public_groups: tuple[str, ...]
    minor: bool | None
    guardian_consent_on: date | None


def read_talent(cells: Cells, today: date) -> Person | None:
    """The talent, or `None` with the reasons in `cells.problems`."""
    name = _name(cells)
    playing_age = _playing_age(cells)
    minor = _is_minor(cells, playing_age, today)
    consent = _consent(cells, today) if minor else None
    if minor and consent is None:
        cells.problems.append(
            "under 18: a minor is imported only with a guardian's consent (a column"
            " “guardian consent” that says yes)"
        )
    gender = cells.read("gender", values.gender)
    spoken = _languages(cells)
    height = cells.read("height", lambda text: values.height_cm(text, cells.columns.height_unit))
    rate = _day_rate(cells)
    available = _available(cells, today)
    confirmed = _confirmed(cells, today)
    public_groups = cells.read("public", _public_groups) or ()
    fields = {
        "other_names": cells.read("other_names", lists.names) or (),
        "pronouns": cells.limited("pronouns", 60),
        "city": cells.read("city", lists.city) or "",
        "travels_to": cells.read("travels_to", lists.cities) or (),
        "accents": cells.read("accents", lists.names, lines=True) or (),
        "skills": cells.read("skills", lists.skills, lines=True) or (),
        "union": cells.read("union", lists.union) or "",
        "credits": cells.read("credits", lists.credits_of, lines=True) or (),
        "bio": cells.limited("bio", MAX_CELL, lines=True),
        "headshot_url": _address(cells, "headshot_url"),
        "reel_url": _address(cells, "reel_url"),
        "representation": cells.limited("representation", _MAX_TEXT),
        "contact": _contact(cells),
        "source": cells.limited("source", _MAX_TEXT),
    }
    if len(str(fields["city"])) > _MAX_NAME:
        cells.problem("city", f"has more than {_MAX_NAME} characters")
    if cells.problems:
        return None
    talent = Talent.model_validate(
        fields
        | {
            "id": "",
            "name": name,
            "gender": gender,
            "playing_age": playing_age,
            "height_cm": height,
            "languages": spoken,
            "day_rate": rate,
            "available": available,
            "confirmed_on": confirmed,
        }
    )
    return Person(talent, public_groups, minor, consent)


def _name(cells: Cells) -> str:
    name = full_name(cells)
    if not any(character.isalpha() for character in name):
        cells.problems.append(f"{cells.columns.title('name')}: there is no name")
    elif len(name) > _MAX_NAME:
        cells.problem("name", f"has {len(name):,} characters, at most {_MAX_NAME} are kept")
    return name.title() if name.islower() else name


def _playing_age(cells: Cells) -> Range | None:
    whole = cells.read("playing_age", values.playing_age)
    if whole is not None:
        return whole
    low, high = cells.read("age_from", values.age), cells.read("age_to", values.age)
    if low is not None and high is not None and low > high:
        low, high = high, low
    if low is None and high is None:
        # An age without a playing age: that age is what is known of it.
        return cells.read("age", values.playing_age)
    return Range(min=low, max=high)


def _is_minor(cells: Cells, playing_age: Range | None, today: date) -> bool | None:
    """`None` where the record says nothing of it."""
    flagged = cells.read("minor", values.yes_or_no)
    ages = [
        age for age in (_age(cells), _years_since(cells.birth_date(), today)) if age is not None
    ]
    if flagged or any(age < ADULT for age in ages):
        return True
    if ages or flagged is False:
        return False
    if playing_age is not None and playing_age.max is not None and playing_age.max < ADULT:
        return True  # nothing says that it is an adult who plays a child
    return None


def _age(cells: Cells) -> int | None:
    return cells.read("age", values.age) if cells.has("age") else None


def _years_since(text: str, today: date) -> int | None:
    if not text:
        return None
    try:
        born = dates.one_date(text, today)
    except ValueError:
        year = re.search(r"(?<!\d)(19|20)\d\d(?!\d)", text)
        return today.year - int(year[0]) - 1 if year else None
    if born > today:  # "12/03/98"
        return today.year - born.year + 100
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _consent(cells: Cells, today: date) -> date | None:
    """When a guardian consented: the date in the column, or today where it says yes."""
    text = cells.text("guardian_consent")
    try:
        return today if text and values.yes_or_no(text) else None
    except ValueError:
        pass
    try:
        given = dates.one_date(text, today)
    except ValueError:
        return None
    return given if given <= today else None


def _languages(cells: Cells) -> tuple[LanguageSkill, ...]:
    native = cells.read("native_language", lambda text: lists.languages(text, level="native")) or ()
    known = {language.name.casefold() for language in native}
    others = cells.read("languages", lists.languages, lines=True) or ()
    return (*native, *(one for one in others if one.name.casefold() not in known))


def _day_rate(cells: Cells) -> DayRate | None:
    currency = cells.columns.currency
    if cells.has("currency"):
        currency = cells.read("currency", money.currency_code) or currency
    rate = cells.read("day_rate", lambda text: money.day_rate(text, currency))
    if rate is not None:
        return rate
    low, high = cells.read("rate_from", money.amount), cells.read("rate_to", money.amount)
    if low is None and high is None:
        return None
    if low is not None and high is not None and low > high:
        low, high = high, low
    return DayRate(min=low, max=high, currency=currency or "INR")


def _available(cells: Cells, today: date) -> tuple[DateSpan, ...]:
    spans = cells.read("available", lambda text: dates.date_spans(text, today), lines=True)
    if spans:
        return spans
    start = cells.read("available_from", lambda text: dates.one_date(text, today))
    end = cells.read("available_to", lambda text: dates.one_date(text, today))
    if start is None and end is None:
        return ()
    start = start or today
    end = end or start + timedelta(days=dates.OPEN_END.days)
    if start > end:
        cells.problem("available_to", f"{end} is before {start}")
        return ()
    return (DateSpan(from_=start, to=end),)


def _confirmed(cells: Cells, today: date) -> date | None:
    text = cells.text("confirmed_on")
    if not text:
        return None
    try:
        return min(dates.one_date(text, today), today)
    except ValueError:
        cells.note("confirmed_on", f"“{text[:40]}” is not a date, so it is left out")
        return None


def _address(cells: Cells, name: str) -> str:
    text = cells.text(name)
    if not text:
        return ""
    address = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(address)
        known = parts.scheme in ("http", "https") and "." in (parts.hostname or "")
    except ValueError:
        known = False
    if not known or " " in address or len(address) > 2000 or not _has_path_or_site(text):
        cells.note(name, f"“{text[:40]}” is not a web address, so it is left out")
        return ""
    return address


def _has_path_or_site(text: str) -> bool:
    """ "IMG_1.jpg" is the name of a file, "example.com/1.jpg" is not."""
    return "/" in text or not re.search(r"\.(?:jpe?g|png|gif|webp|heic|mp4|mov|pdf)$", text.lower())


def _contact(cells: Cells) -> str:
    parts = [*cells.texts("contact"), *cells.texts("email"), *cells.texts("phone")]
    text = " · ".join(dict.fromkeys(parts))
    if len(text) > _MAX_TEXT:
        cells.problem("contact", f"has more than {_MAX_TEXT} characters")
    return text


def _public_groups(text: str) -> tuple[str, ...]:
    """ "yes", "no", or which groups: "profile, photos, credits"."""
    try:
        return ("profile", "photos", "credits") if values.yes_or_no(text) else ()
    except ValueError:
        pass
    if values.plain(text) in ("public", "everyone", "community"):
        return ("profile", "photos", "credits")
    if values.plain(text) in ("private", "team", "team only", "team-only"):
        return ()
    named = {part.casefold() for part in lists.split_list(text)}
    unknown = named - set(_GROUPS)
    if unknown:
        raise ValueError(f"is none of yes, no, {', '.join(_GROUPS)}")
    return tuple(group for group in _GROUPS if group in named | {"profile"})
