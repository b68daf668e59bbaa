"""Makes the sample roster: invented adults, the same bytes every time.

python -m db.sample.make_roster > db/sample/roster.csv
"""

from __future__ import annotations

import csv
import io
import sys
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from db.sample import MADE_ON
from db.sample.material import (
    AGENCIES,
    FORMS,
    LIVES,
    MANNERS,
    ONLY,
    OPENINGS,
    PARTS,
    REGIONS,
    SKILLS,
    TITLES,
    TOO_WELL_KNOWN,
    Region,
)

SEED = 20261123
SIZE = 640
COLUMNS = (
    "id", "name", "gender", "pronouns", "playing age", "city", "travels to", "height (cm)",
    "languages", "accents", "skills", "union", "day rate", "currency", "available", "credits",
    "bio", "representation", "email", "source", "confirmed on", "public",
)  # fmt: skip

PRONOUNS = {"female": "she/her", "male": "he/him", "non-binary": "they/them"}
OBJECT = {"female": "her", "male": "him", "non-binary": "them"}
POSSESSIVE = {"female": "her", "male": "his", "non-binary": "their"}
HEIGHTS = {"female": (160, 6.5), "male": (173, 7), "non-binary": (167, 7)}
"""Mean and standard deviation in centimetres."""
RATES = {"INR": 1_000, "GBP": 15, "USD": 20, "EUR": 16}
"""A step of a day rate."""

# Those that the guides ask for, so that every first question finds somebody.
CAST = (
    ("Meera Gokhale", "female", (24, 30), "Pune", "Marathi", ("Bharatanatyam", "Horse riding")),
    ("Meera Nambiar", "female", (31, 38), "Kochi", "Malayalam", ("Kathakali", "Swimming")),
    ("Ketaki Sathe", "female", (23, 28), "Pune", "Marathi", ("Kathak", "Hindustani vocal")),
    ("Rujuta Jadhav", "female", (22, 27), "Pune", "Marathi", ("Lavani", "Theatre")),
    ("Vaidehi Phadke", "female", (26, 33), "Mumbai", "Marathi", ("Bharatanatyam", "Voice-over")),
    ("Gauri Thorat", "female", (25, 30), "Kolhapur", "Marathi", ("Horse riding", "Sword fighting")),
    ("Aniket Ranade", "male", (28, 35), "Pune", "Marathi", ("Theatre", "Stand-up comedy")),
    ("Farah Naqvi", "female", (45, 55), "Lucknow", "Urdu", ("Theatre", "Kathak")),
    ("Balraj Virk", "male", (50, 62), "Amritsar", "Punjabi", ("Bhangra", "Wrestling")),
    ("Anju Varghese", "female", (29, 36), "Kochi", "Malayalam", ("Indian Sign Language",)),
    ("Tenzin Lepcha", "non-binary", (20, 27), "Gangtok", "Nepali", ("Mountaineering", "Guitar")),
    ("Niamh Brannigan", "female", (34, 42), "London", "English", ("Fencing", "Stage combat")),
)


@dataclass(frozen=True)
class _Person:
    name: str
    gender: str
    ages: tuple[int, int]
    city: str
    native: str
    skills: tuple[str, ...]
    region: Region


def make_rows() -> list[dict[str, str]]:
    """The roster, one dictionary of `COLUMNS` each."""
    random = Random(SEED)  # noqa: S311 - the same roster every time, and no secret
    people = [_planned(entry) for entry in CAST]
    taken = {person.name for person in people} | TOO_WELL_KNOWN
    while len(people) < SIZE:
        person = _invented(random)
        if person.name not in taken:
            taken.add(person.name)
            people.append(person)
    rows: list[dict[str, str]] = []
    bios: set[str] = set()
    for number, person in enumerate(people, 1):
        row = _row(random, number, person)
        while row["bio"] in bios:
            row = _row(random, number, person)
        bios.add(row["bio"])
        rows.append(row)
    return rows


def _planned(entry: tuple[str, str, tuple[int, int], str, str, tuple[str, ...]]) -> _Person:
    name, gender, ages, city, native, skills = entry
    region = next(r for r in REGIONS if city in r.pick_from("cities"))
    return _Person(name, gender, ages, city, native, skills, region)


def _invented(random: Random) -> _Person:
    (region,) = random.choices(REGIONS, [r.share for r in REGIONS])
    gender = random.choices(("female", "male", "non-binary"), (50, 47, 3))[0]
    pool = {"female": ["women"], "male": ["men"]}.get(gender, ["women", "men"])
    name = " ".join(
        (random.choice(region.pick_from(random.choice(pool))), _one(random, region, "surnames"))
    )
    youngest = min(68, 18 + int(random.triangular(0, 50, 9)))
    ages = (youngest, min(78, youngest + random.randint(4, 10)))
    skills = tuple(random.sample(sorted(SKILLS), random.choice((1, 2, 2, 3, 3, 4))))
    # The first cities of a region are where the work is, and more people live there.
    cities = region.pick_from("cities")
    (city,) = random.choices(cities, [2 * len(cities) - i for i in range(len(cities))])
    return _Person(name, gender, ages, city, region.pick_from("native")[0], skills, region)


def _one(random: Random, region: Region, field: str) -> str:
    return random.choice(region.pick_from(field))


def _row(random: Random, number: int, person: _Person) -> dict[str, str]:
    region = person.region
    others = [c for c in region.pick_from("cities") if c != person.city]
    mean, deviation = HEIGHTS[person.gender]
    languages = _languages(random, person)
    skills = [skill for skill in person.skills if skill != "Theatre"] or list(person.skills)
    return {
        "id": f"sample-{number:04}",
        "name": person.name,
        "gender": person.gender,
        "pronouns": PRONOUNS[person.gender],
        "playing age": f"{person.ages[0]}-{person.ages[1]}",
        "city": person.city,
        "travels to": "; ".join(random.sample(others, min(len(others), random.choice((0, 1, 2))))),
        "height (cm)": str(round(min(198, max(145, random.gauss(mean, deviation))))),
        "languages": ", ".join(languages),
        "accents": random.choice(("", "", "", "Neutral accent", "British accent", "RP accent")),
        "skills": ", ".join(dict.fromkeys((*skills, *person.skills))),
        "union": random.choice(region.unions),
        **_rate(random, person),
        "available": _availability(random),
        "credits": _credits(random, person),
        "bio": _bio(random, person),
        "representation": random.choice(AGENCIES),
        "email": f"{person.name.split()[0].lower()}.{number}@example.com"
        if person.name.isascii()
        else f"talent.{number}@example.com",
        "source": "invented sample",
        "confirmed on": str(MADE_ON - timedelta(days=random.randint(3, 400))),
        "public": "no" if number % 4 == 0 else "yes",
    }


def _languages(random: Random, person: _Person) -> list[str]:
    also = [x for x in person.region.pick_from("also") if x != person.native]
    # The first of a region's other languages are the common ones.
    known = [
        language
        for place, language in enumerate(also)
        if random.random() < (0.85, 0.75, 0.3)[min(place, 2)]
    ]
    levels = ("fluent", "fluent", "fluent", "conversational", "basic")
    return [f"{person.native} (native)"] + [
        f"{language} ({random.choice(levels)})" for language in known
    ]


def _rate(random: Random, person: _Person) -> dict[str, str]:
    step = RATES[person.region.currency]
    low = max(5, int(random.lognormvariate(2.7, 0.55)) + (person.ages[0] - 18) // 6)
    return {
        "day rate": f"{low * step}-{(low + random.randint(2, 3 + low // 2)) * step}",
        "currency": person.region.currency,
    }


def _availability(random: Random) -> str:
    """Spans over the coming year, so that some are free on any day one asks for."""
    day, spans = MADE_ON - timedelta(days=random.randint(0, 40)), []
    while day < MADE_ON + timedelta(days=365):
        last = day + timedelta(days=random.randint(12, 120))
        spans.append(f"{day}..{last}")
        day = last + timedelta(days=random.randint(5, 60))
    return "; ".join(spans)


def _credits(random: Random, person: _Person) -> str:
    titles = [title.strip() for title in TITLES.split(",")]
    parts = [part.strip() for part in f"{PARTS['']},{PARTS.get(person.gender, '')}".split(",")]
    count = min(5, int(random.expovariate(0.5)) + (person.ages[0] > 28))
    since = max(2010, MADE_ON.year - max(0, person.ages[0] - 18))
    latest = sorted((random.randint(since, MADE_ON.year) for _ in range(count)), reverse=True)
    chosen = zip(random.sample(titles, count), random.sample(parts, count), latest, strict=True)
    return "; ".join(
        f"{title} ({part}, {year}, {random.choice(FORMS)})" for title, part, year in chosen
    )


def _bio(random: Random, person: _Person) -> str:
    """Two to four sentences in one of several shapes, true to the rest of the row."""
    words = {
        "city": person.city,
        "native": person.native,
        "them": OBJECT[person.gender],
        "years": str(random.randint(4, 14)),
        "young": random.choice(("nine", "eleven", "thirteen", "fifteen")),
    }

    def said(text: str) -> str:
        return text.format(**words).replace(" her ", f" {POSSESSIVE[person.gender]} ")

    def fitting(texts: tuple[str, ...]) -> list[str]:
        return [said(text) for text in texts if ONLY.get(text, person.gender) == person.gender]

    opening = said(random.choice([text for age, text in OPENINGS if age <= person.ages[0]]))
    manner = random.choice(fitting(MANNERS))
    lives = random.sample(fitting(LIVES), 2)
    learnt = [said(random.choice(SKILLS[skill])) for skill in person.skills]
    first, *rest = learnt
    also = f" Also {rest[0]}." if rest else ""
    more = f" {_capital(rest[-1])}." if rest else ""
    name = person.name.split()[0]
    return random.choice(
        (
            f"{opening}. {_capital(first)}.{also} {lives[0]}",
            f"{_capital(first)}. {opening}; {manner}.{more}",
            f"{opening}, and {manner}. {lives[0]}{also}",
            f"{name} {_verb(first)}.{more} {_capital(manner)}. {lives[0]}",
            f"{opening}. {lives[0]} {_capital(first)}.",
            f"{_capital(manner)}. {_capital(first)}.{more} {opening}.",
            f"{lives[0]} {opening}. {name} {_verb(first)}{', and ' + rest[0] if rest else ''}.",
            f"{opening}. {_capital('; '.join(learnt[:2]))}. {_capital(manner)}. {lives[1]}",
        )
    )


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _verb(text: str) -> str:
    """A phrase as what somebody is or does: the nominal ones need a verb."""
    return f"is {text}" if text.startswith(("a ", "an ", "best ", "certified ")) else text


def to_csv(rows: list[dict[str, str]]) -> str:
    output = io.StringIO()
    writer = csv.DictWriter(output, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return output.getvalue()


if __name__ == "__main__":
    sys.stdout.write(to_csv(make_rows()))
