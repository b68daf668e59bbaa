"""An invented roster for bench/search.py, the same in every run, and the questions asked of it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from bot.ports import Vector
from bot.talent import Credit, DateSpan, DayRate, Filters, LanguageSkill, Range, Talent
from db.organisations import DEFAULT_ORG_ID
from db.talents import talent_to_row

# How often each occurs, so that the filters below pass about the share they are named for.
LANGUAGES = {
    "Hindi": 0.7,
    "English": 0.6,
    "Marathi": 0.2,
    "Tamil": 0.15,
    "Bengali": 0.1,
    "Punjabi": 0.1,
    "Gujarati": 0.08,
    "Urdu": 0.05,
    "Malayalam": 0.05,
    "French": 0.02,
}
SKILLS = {
    "Singing": 0.2,
    "Kathak": 0.1,
    "Horse riding": 0.1,
    "Swimming": 0.2,
    "Stunts": 0.05,
    "Sword fighting": 0.05,
    "Guitar": 0.1,
    "Mimicry": 0.05,
    "Yoga": 0.2,
    "Odissi": 0.02,
    "Driving": 0.3,
    "Boxing": 0.05,
    "Juggling": 0.01,
    "Puppetry": 0.01,
}
CITIES = {
    "Mumbai": 40,
    "Delhi": 20,
    "Pune": 10,
    "Chennai": 10,
    "Kolkata": 10,
    "Kochi": 5,
    "Jaipur": 5,
}

SELECTIVITIES = {
    "100 %": Filters(playing_age=Range(min=18, max=80)),
    "10 %": Filters(genders=("female",), languages=("Marathi",)),
    "1 %": Filters(genders=("female",), languages=("Marathi",), cities=("Pune",)),
    "0.1 %": Filters(
        genders=("female",), languages=("Marathi",), cities=("Pune",), skills=("Kathak",)
    ),
}

TRAINING = [
    "Trained in Bharatanatyam for {n} years",
    "Studied method acting for {n} years",
    "Learnt Carnatic singing from the age of {n}",
    "Taught herself the tabla in {n} months",
    "Spent {n} years with a travelling theatre company",
    "Holds a racing licence",
    "Boxed as an amateur for {n} years",
    "Rode horses on a farm for {n} summers",
    "Did stand-up in small bars for {n} years",
    "Fenced for the state team",
]
SCREEN = [
    "Played a sharp-tongued lawyer in a web series",
    "Was the quiet brother in a family drama",
    "Leads a short film about fishermen",
    "Hosts a cooking show in the afternoon",
    "Was the villain's driver in an action film",
    "Voices a talking crow in cartoons",
    "Has faced the camera for tea, banks and shampoo",
    "Did her own falls in a heist film",
    "Danced in the background of four wedding songs",
    "Played a village doctor on stage",
]
MANNER = [
    "Warm, dry humour and a low voice",
    "Moves like a cat and never hurries",
    "Known for stillness and a long look",
    "Quick with improvised lines",
    "Best at mothers, aunts and landladies",
    "Often cast as the friend who knows",
    "Believable in uniform",
    "Can cry on the second take",
    "Loud laugh, soft heart",
    "Comfortable in period costume",
]
LIFE = [
    "Reads verse in the evenings",
    "Grows orchids on the balcony",
    "Swims before sunrise",
    "Repairs old radios",
    "Runs a bookshop with a sister",
    "Drives a lorry between jobs",
    "Climbs in the Sahyadris",
    "Teaches chess to children",
    "Keeps bees",
    "Restores motorbikes",
]
QUESTIONS = [
    "a classical dancer",
    "someone who can handle a fast car",
    "warm motherly presence",
    "funny, quick on the feet",
    "trained singer with a low voice",
    "fights with swords",
    "looks believable as a police officer",
    "has done adverts for tea",
    "stage experience, village",
    "outdoor person who climbs",
    "can improvise in comedy",
    "rides horses for a period drama",
    "villain with stillness",
    "voice artist for cartoons",
    "lawyer in a courtroom drama",
    "boxer for a sports film",
    "good with children",
    "tabla player",
    "cooks on camera",
    "does her own stunts",
    "poetry lover",
    "cries easily",
    "landlady in a family comedy",
    "swimmer for an underwater scene",
    "motorbike rider",
    "beekeeper",
    "chess teacher",
    "wedding song dancer",
    "quiet brother",
    "theatre company actor who travels",
]
_FIRST = ["Asha", "Ravi", "Meera", "Kabir", "Leela", "Imran", "Nisha", "Om", "Tara", "Vikram"]
_LAST = ["Joshi", "Rao", "Sen", "Das", "Nair", "Iyer", "Khan", "Bose", "Patel", "Gill"]
_SYLLABLES = ["ka", "ri", "mo", "ta", "shi", "lu", "ne", "va", "du", "pra"]
_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"


@dataclass(frozen=True, slots=True)
class Seeds:
    """Bios, and what the model made of them: one row each."""

    bios: Sequence[str]
    vectors: Vector


def bios(count: int) -> list[str]:
    chance = random.Random(11)
    return [_bio(chance) for _ in range(count)]


def _bio(chance: random.Random) -> str:
    parts = [chance.choice(part) for part in (TRAINING, SCREEN, MANNER, LIFE, SCREEN)]
    return ". ".join(part.format(n=chance.randint(3, 15)) for part in parts) + "."


def rows(start: int, count: int, seeds: Seeds) -> list[tuple[dict[str, Any], Vector]]:
    """Rows of `talents` with their vectors, the `start`th on."""
    chance = random.Random(start + 1)
    noise = np.random.default_rng(start + 1)
    made = []
    for number in range(start, start + count):
        first, second = chance.randrange(len(seeds.bios)), chance.randrange(len(seeds.bios))
        bio = ". ".join([*seeds.bios[first].split(". ")[:3], *seeds.bios[second].split(". ")[3:]])
        mixed = 0.6 * seeds.vectors[first] + 0.4 * seeds.vectors[second]
        mixed += 0.02 * noise.standard_normal(mixed.shape[0], dtype=np.float32)
        vector = np.asarray(mixed / np.linalg.norm(mixed), dtype=np.float32)
        row = talent_to_row(_talent(number, bio, chance))
        made.append((row | {"org_id": DEFAULT_ORG_ID, "source_key": row["id"]}, vector))
    return made


def _talent(number: int, bio: str, chance: random.Random) -> Talent:
    age = chance.randint(18, 60)
    rate = chance.randrange(5, 60) * 1000
    free = date(2026, 12, 1) + timedelta(days=chance.randrange(60))
    middle = "".join(chance.choices(_SYLLABLES, k=3)).title()
    city = chance.choices(list(CITIES), list(CITIES.values()))[0]
    return Talent(
        id="".join(_LETTERS[number >> shift & 31] for shift in range(45, -1, -5)),
        name=f"{chance.choice(_FIRST)} {middle} {chance.choice(_LAST)}",
        gender=chance.choice(("female", "male")),
        playing_age=Range(min=age, max=age + chance.randint(4, 10)),
        city=city,
        height_cm=round(chance.gauss(168, 9)),
        languages=tuple(
            LanguageSkill(name=name) for name, p in LANGUAGES.items() if chance.random() < p
        ),
        skills=tuple(name for name, p in SKILLS.items() if chance.random() < p),
        union=chance.choice(("", "", "CINTAA", "FWICE")),
        day_rate=DayRate(min=rate, max=rate * 1.5, currency="INR"),
        available=(DateSpan(from_=free, to=free + timedelta(days=30)),),
        credits=tuple(
            Credit(
                title=f"The {chance.choice(_SYLLABLES).title()}{chance.choice(_SYLLABLES)} Affair",
                role=chance.choice(("Inspector", "Neighbour", "Teacher", "Doctor", "Cook")),
                year=chance.randint(2010, 2026),
                production=chance.choice(("Film", "Theatre", "Web series")),
            )
            for _ in range(chance.randrange(4))
        ),
        bio=bio,
        confirmed_on=date(2026, 11, 1) - timedelta(days=chance.randrange(700)),
    )
