"""Makes `roster.csv`: an invented roster of adults to try CastMatch with.

Nobody in it exists. Names, credits, productions and contact data are put together by this script
from `people.toml` and `bios.toml`, with a fixed seed and the standard library only, so that it
writes the same bytes on every machine:

    python sample/make_roster.py
"""

from __future__ import annotations

import csv
import io
import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from writing import Writer

HERE = Path(__file__).parent
SEED = 20261123
BASE = date(2026, 11, 23)
"""The day that the dates in the file are counted from."""

COLUMNS = (
    "id", "name", "other names", "gender", "pronouns", "age", "playing age", "city", "travels to",
    "height (cm)", "languages", "accents", "skills", "union", "day rate", "currency", "available",
    "credits", "bio", "headshot url", "reel url", "representation", "email", "public", "source",
    "confirmed on",
)  # fmt: skip

_ANY_SKILLS = (
    "Voice-over", "Dubbing", "Yoga", "Swimming", "Driving", "Motorcycle riding", "Improvisation",
    "Cooking", "Singing", "Guitar", "Mimicry", "Cricket", "Badminton", "Stage combat", "Parkour",
    "Gymnastics", "Photography", "Stand-up comedy", "Anchoring", "Horse riding", "Cycling",
    "Contemporary dance", "Bollywood dance", "Salsa", "Karate", "Boxing", "Piano", "Flute", "Chess",
    "Theatre", "Storytelling", "Running", "Climbing", "Modelling", "Audiobook narration", "Archery",
    "Hindustani classical singing", "First aid", "Sword fighting", "Motion capture",
)  # fmt: skip
_INDIAN = ("Hindustani classical singing", "Bollywood dance", "Mimicry", "Cricket")
_ACROSS_INDIA = (
    "Mumbai", "Pune", "Delhi", "Bengaluru", "Hyderabad", "Chennai", "Kolkata", "Ahmedabad", "Goa",
    "Jaipur", "Lucknow", "Kochi",
)  # fmt: skip
_ABROAD = ("London", "Paris", "Berlin", "Madrid", "New York", "Dubai", "Singapore", "Toronto")
_FIRST_WORDS = (
    "Paper", "Borrowed", "Kerosene", "Sideways", "Nineteen", "Unpaid", "Salted", "Left-Handed",
    "Second-Class", "Tin", "Overdue", "Brass", "Midweek", "Barefoot", "Unsent", "Half-Price",
    "Crooked", "Wednesday's", "Indigo", "Faraway", "Lukewarm", "Rusted", "Seventh-Floor", "Quiet",
    "Monsoon-Proof", "Double", "Hollow", "Almost", "Spare", "Unlicensed", "Off-Season", "Mango",
)  # fmt: skip
_SECOND_WORDS = (
    "Umbrellas", "Jackfruit", "Sonata", "Ledger", "Stationmaster", "Typists", "Lanterns", "Ferry",
    "Tenants", "Almanac", "Kites", "Bicycle", "Orchard", "Telegrams", "Wedding Band", "Lighthouse",
    "Tailors", "Elephant", "Alibi", "Harbour", "Cartographer", "Pickle", "Metronome", "Courtyard",
    "Elevator", "Postmen", "Brothers-in-Law", "Rehearsal", "Detour", "Witness", "Compass", "Tram",
)  # fmt: skip
_ROLES = (
    "the younger sister", "the night nurse", "Inspector Salve", "the landlady", "a village teacher",
    "the twin", "the bookkeeper", "the lighthouse keeper", "the rival", "the forger", "a widow",
    "the best friend", "the union leader", "the weaver", "the radio announcer", "the groom",
    "the public prosecutor", "the boatman", "the cook", "the neighbour", "the coach", "Dr Pinto",
    "the narrator", "the runaway", "the stage magician", "the tour guide", "the returned soldier",
    "the estate agent", "Corporal Thapa", "the wedding planner", "the astronomer", "the thief",
)  # fmt: skip
_AGENTS = (
    "", "", "Banyan Row Talent (invented)", "Third Bell Agency (invented)",
    "Lantern & Co. (invented)",
)  # fmt: skip
_KINDS = (
    "film", "film", "web series", "web series", "theatre", "theatre", "short film", "commercial",
    "television", "radio",
)  # fmt: skip
_KNOWN_PEOPLE = frozenset({
    "Sonali Kulkarni", "Mrunmayee Deshpande",
    "Madhura Deshpande", "Rohan Gavaskar", "Neha Mehta",
    "Neha Pendse", "Gauri Deshpande", "Isha Phadnis", "Kavya Menon", "Nithya Menon", "Aditi Gautam",
    "Yami Gautam", "Anjali Menon", "Rahul Menon", "Vivek Menon", "Parvathy Menon", "Karthik Menon",
    "Danish Siddiqui", "Zoya Ansari", "Venkatesh Mandava", "Chirag Parekh", "Shruti Mishra",
    "Pankaj Mishra", "Pankaj Tiwari", "Ravi Pathak", "Richa Chauhan", "Vivek Mishra",
    "Saba Qureshi",
    "Ashutosh Rathore", "Vikas Yadav", "Abhishek Sinha", "Nidhi Sinha", "Mohit Chauhan",
    "Saurabh Shukla", "Sakshi Tanwar", "Manish Mishra", "Harleen Sidhu", "Manpreet Gill",
    "Karan Gill", "Karan Grewal", "Simrat Kaur", "Parth Trivedi", "Ketan Mehta", "Hetal Mehta",
    "Anjali Mishra", "Madhura Joglekar", "Sharvari Wagh", "Shraddha Mehta", "Reshma Pathak",
    "Rohit Shetye", "Girish Kamath", "Ananya Nigam", "Fatima Rebello", "Surbhi Tiwari",
    "Deepak Thakur", "Anurag Sinha", "Anurag Thakur", "Jyoti Yadav", "Alok Mishra", "Ravi Mishra",
})  # fmt: skip
_UNIONS = {
    "britain": ("Equity", "Equity", "Non-union"),
    "america": ("SAG-AFTRA", "SAG-AFTRA", "Non-union", "AEA"),
    "europe": ("", "", "Equity"),
    "malayali": ("AMMA", "", "CINTAA"),
    "tamil": ("Nadigar Sangam", "", "CINTAA"),
    "telugu": ("MAA", "", ""),
}
_MONEY = {"britain": ("GBP", 90), "america": ("USD", 100), "europe": ("EUR", 90)}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Somebody the demonstrations ask for; what is left out is drawn."""

    region: str
    first: str = ""
    last: str = ""
    gender: str = ""
    city: str = ""
    ages: tuple[int, int] | None = None
    languages: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    union: str = ""


_WANTED = (
    Wanted("marathi", "Meera", "Phadnis", "female", "Pune", (24, 30),
           ("Marathi", "Hindi", "English"), ("Bharatanatyam", "Horse riding", "Theatre"), "CINTAA"),
    Wanted("marathi", "Meera", "Shirke", "female", "Mumbai", (30, 38),
           ("Marathi", "Hindi"), ("Lavani", "Mardani Khel"), "CINTAA"),
    Wanted("marathi", "Ketaki", "Barve", "female", "Pune", (25, 29),
           ("Marathi", "English", "Hindi"), ("Bharatanatyam", "Veena")),
    Wanted("marathi", "Ovi", "Jagtap", "female", "Mumbai", (22, 28),
           ("Marathi", "Hindi", "English"), ("Horse riding", "Stunts", "Sword fighting"), "CINTAA"),
    Wanted("marathi", "Sayali", "Gharat", "female", "Mumbai", (26, 32),
           ("Marathi", "Hindi", "Gujarati"), ("Bharatanatyam", "Contemporary dance")),
    Wanted("marathi", "Aarohi", "Inamdar", "female", "Pune", (20, 24),
           ("Marathi", "Hindi"), ("Horse riding", "Kathak")),
    Wanted("marathi", "Revati", "Lele", "female", "Pune", (27, 33),
           ("Marathi", "Sanskrit", "English"), ("Bharatanatyam", "Voice-over")),
    Wanted("hindi", "Meera", "Agnihotri", "female", "Delhi", (42, 50),
           ("Hindi", "Urdu", "English"), ("Thumri", "Kathak"), "CINTAA"),
    Wanted("marathi", "Tejas", "Mohite", "male", "Mumbai", (30, 38),
           ("Marathi", "Hindi"), ("Horse riding", "Sword fighting", "Malkhamb"), "CINTAA"),
    Wanted("urdu", "Nazneen", "Rizvi", "female", "Lucknow", (50, 60),
           ("Urdu", "Hindi", "Awadhi"), ("Ghazal singing", "Storytelling")),
    Wanted("urdu", "Aiman", "Kirmani", "female", "Hyderabad", (28, 35),
           ("Urdu", "Hindi", "English"), ("Indian Sign Language", "Dubbing")),
    Wanted("malayali", "Anjana", "Warrier", "female", "Kochi", (24, 31),
           ("Malayalam", "Tamil", "English"), ("Kalaripayattu", "Mohiniyattam"), "AMMA"),
    Wanted("britain", "Anoushka", "Birdi", "female", "London", (27, 35),
           ("English", "Punjabi", "Hindi"), ("Stage combat", "Horse riding"), "Equity"),
    Wanted("america", "Marisol", "Montoya-Reyes", "female", "Los Angeles", (25, 33),
           ("Spanish", "English"), ("Stunts", "American Sign Language"), "SAG-AFTRA"),
    Wanted("bengali", "Titas", "Lahiri", "non-binary", "Kolkata", (23, 30),
           ("Bengali", "English", "Hindi"), ("Odissi", "Mime")),
)  # fmt: skip


class RosterMaker:
    """Draws one talent after the other; no name occurs twice."""

    def __init__(self, people: dict[str, Any], bios: dict[str, Any], seed: int) -> None:
        self._people = people
        self._draw = Random(seed)  # noqa: S311 - repeatable on purpose
        self._writer = Writer(bios, self._draw)
        self._names: set[str] = set()
        self._titles: set[str] = set()
        self._count = 0

    def rows(self) -> list[dict[str, str]]:
        wanted = list(_WANTED)
        for region, facts in self._people.items():
            made = sum(one.region == region for one in _WANTED)
            wanted += [Wanted(region)] * (facts["weight"] - made)
        head, rest = wanted[: len(_WANTED)], wanted[len(_WANTED) :]
        self._names |= {f"{one.first} {one.last}" for one in head}
        rows = [self._row(one) for one in head + rest]
        self._draw.shuffle(rows)
        for number, row in enumerate(rows, 1):
            row["id"] = f"S{number:04}"
        return rows

    def _row(self, wanted: Wanted) -> dict[str, str]:
        draw, facts = self._draw, self._people[wanted.region]
        self._count += 1
        gender = wanted.gender or draw.choices(("female", "male", "non-binary"), (50, 46, 4))[0]
        first, last = self._name(facts, gender, wanted)
        low, high = wanted.ages or self._ages()
        age = max(18, draw.randint(low, high))
        city = wanted.city or draw.choice(facts["cities"])
        languages = list(wanted.languages) or self._languages(facts)
        arts = self._skills(facts, wanted)
        credits_ = self._credits(age)
        pronouns = {"female": "she/her", "male": "he/him", "non-binary": "they/them"}[gender]
        currency, rate = self._rate(wanted.region, age, len(credits_))
        slug = f"{first}.{last}".lower().replace(" ", "").replace("-", "")
        slug = "".join(c for c in slug if c.isascii() and (c.isalnum() or c == "."))
        reel = f"https://example.com/reels/{slug}-{self._count}" if draw.random() < 0.6 else ""
        agent = draw.choice(_AGENTS)
        return {
            "name": f"{first} {last}",
            "other names": self._other_name(first, last),
            "gender": gender,
            "pronouns": pronouns,
            "age": str(age),
            "playing age": f"{low}-{high}",
            "city": city,
            "travels to": ", ".join(self._travels(wanted.region, city)),
            "height (cm)": str(self._height(gender)),
            "languages": ", ".join(self._levels(languages)),
            "accents": ", ".join(draw.sample(facts["accents"], draw.choice((0, 0, 1, 1, 2)))),
            "skills": ", ".join(arts),
            "union": wanted.union or self._union(wanted.region, len(credits_)),
            "day rate": rate,
            "currency": currency if rate else "",
            "available": "; ".join(self._available()),
            "credits": "; ".join(f"{t} ({r}, {year}, {kind})" for t, r, year, kind in credits_),
            "bio": self._writer.bio(
                first=first,
                gender=gender,
                age=age,
                city=city,
                town=draw.choice(facts["towns"]),
                language=languages[0],
                skills=arts,
                credit=credits_[0][:2] if credits_ else None,
            ),
            "headshot url": "",
            "reel url": reel,
            "representation": agent,
            "email": f"{slug}.{self._count}@example.com",
            "public": draw.choices(
                ("profile, photos, credits, availability", "profile, credits", "no"), (6, 3, 1)
            )[0],
            "source": "invented sample",
            "confirmed on": (BASE - timedelta(days=draw.randint(1, 210))).isoformat(),
        }

    def _name(self, facts: dict[str, Any], gender: str, wanted: Wanted) -> tuple[str, str]:
        if wanted.first:
            return wanted.first, wanted.last
        firsts = facts.get(gender) or facts["female"] + facts["male"]
        while True:
            first, last = self._draw.choice(firsts), self._draw.choice(facts["surnames"])
            name = f"{first} {last}"
            if name not in self._names and name not in _KNOWN_PEOPLE:
                self._names.add(name)
                return first, last

    def _other_name(self, first: str, last: str) -> str:
        if self._draw.random() > 0.08:
            return ""
        return self._draw.choice((f"{first[0]}. {last}", f"{first[:4]} {last}"))

    def _ages(self) -> tuple[int, int]:
        middle = round(self._draw.triangular(21, 74, 27))
        low = max(18, middle - self._draw.randint(2, 4))
        return low, max(low + 3, middle + self._draw.randint(2, 5))

    def _height(self, gender: str) -> int:
        middle = {"female": 161, "male": 174, "non-binary": 168}[gender]
        return round(min(196, max(146, self._draw.gauss(middle, 6.5))))

    def _languages(self, facts: dict[str, Any]) -> list[str]:
        own, *others = facts["languages"]
        likely = [language for language in others[:2] if self._draw.random() < 0.8]
        rest = self._draw.sample(others[2:], self._draw.choice((0, 0, 1, 1, 2)))
        return [own, *likely, *rest]

    def _levels(self, languages: list[str]) -> list[str]:
        levels = ("fluent", "fluent", "fluent", "conversational", "basic")
        own, *others = languages
        return [f"{own} (native)", *(f"{one} ({self._draw.choice(levels)})" for one in others)]

    def _skills(self, facts: dict[str, Any], wanted: Wanted) -> list[str]:
        skills = list(wanted.skills) or self._draw.sample(
            facts["arts"], self._draw.choice((1, 2, 2, 3))
        )
        known = [one for one in _ANY_SKILLS if wanted.region not in _MONEY or one not in _INDIAN]
        others = self._draw.sample(known, self._draw.choice((1, 2, 2, 3, 4)))
        return list(dict.fromkeys(skills + others))

    def _credits(self, age: int) -> list[tuple[str, str, int, str]]:
        most = min(6, max(0, (age - 18) // 2))
        years = sorted(
            (self._draw.randint(max(2004, BASE.year - (age - 18)), BASE.year - 1)
             for _ in range(self._draw.randint(0, most))),
            reverse=True,
        )  # fmt: skip
        return [
            (self._title(), self._draw.choice(_ROLES), year, self._draw.choice(_KINDS))
            for year in years
        ]

    def _title(self) -> str:
        """Productions are shared by at most a few people, as they would be."""
        if self._titles and self._draw.random() < 0.25:
            return self._draw.choice(sorted(self._titles))
        title = f"{self._draw.choice(_FIRST_WORDS)} {self._draw.choice(_SECOND_WORDS)}"
        self._titles.add(title)
        return title

    def _travels(self, region: str, city: str) -> list[str]:
        abroad = region in _MONEY
        cities = _ABROAD if abroad else _ACROSS_INDIA
        others = [one for one in cities if one != city]
        return self._draw.sample(others, self._draw.choice((0, 0, 1, 2, 3)))

    def _union(self, region: str, credits_: int) -> str:
        if not credits_:
            return ""
        return self._draw.choice(_UNIONS.get(region, ("CINTAA", "CINTAA", "", "", "Non-union")))

    def _rate(self, region: str, age: int, credits_: int) -> tuple[str, str]:
        if self._draw.random() < 0.07:
            return "", ""
        currency, unit = _MONEY.get(region, ("INR", 2500))
        low = unit * (2 + credits_ + self._draw.randint(0, 4) + (age > 40) * 3)
        spread = self._draw.choice((0, 0, 1, 2, 4))
        return currency, str(low) if not spread else f"{low}-{low + spread * unit}"

    def _available(self) -> list[str]:
        spans, day = [], BASE + timedelta(days=self._draw.randint(-20, 60))
        while day < BASE + timedelta(days=400) and len(spans) < 5:
            end = day + timedelta(days=self._draw.choice((6, 13, 20, 34, 60, 89)))
            spans.append(f"{day}..{end}")
            day = end + timedelta(days=self._draw.randint(5, 70))
        return spans if self._draw.random() < 0.94 else []


def roster_csv(seed: int = SEED) -> bytes:
    """The whole file, UTF-8, the same bytes for the same seed."""
    people = tomllib.loads((HERE / "people.toml").read_text(encoding="utf-8"))
    bios = tomllib.loads((HERE / "bios.toml").read_text(encoding="utf-8"))
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(RosterMaker(people, bios, seed).rows())
    return out.getvalue().encode()


if __name__ == "__main__":
    (HERE / "roster.csv").write_bytes(roster_csv())
