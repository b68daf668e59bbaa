"""Writes the bios of the invented people out of `bios.toml`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from random import Random
from typing import Any

_SHAPES = (
    ("skill", "incident"), ("origin", "skill", "remark"), ("work", "skill", "life"),
    ("skill", "work", "practical"), ("remark", "skill", "life", "practical"),
    ("origin", "work", "skill"), ("skill", "skill", "incident"), ("incident", "skill", "life"),
    ("life", "work", "skill", "remark"), ("origin", "skill", "incident", "practical"),
    ("skill", "origin"), ("work", "remark", "skill"), ("skill", "life"), ("origin", "skill",
    "life"),
    ("practical", "skill", "work"), ("skill", "remark"), ("skill", "skill", "work", "life"),
)  # fmt: skip
_NUMBERS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen", "twenty", "twenty-one", "twenty-two",
)  # fmt: skip
_CAPITALS = re.compile(
    r"Bihu|Koli|Manipuri|Chhau|Theyyam|Kuthu|Ghoomar|Gidda|Dandiya|Powada|Tamasha|Ramlila"
    r"|Nautanki|Taekwondo|Meisner|Shakespeare|Commedia|Bollywood|Sign Language"
)
"""Skills written with a capital in the middle of a sentence."""
_DANCES = re.compile(r"dance|Salsa|Garba|Dandiya|Ghoomar|Bihu|Gidda|Chhau|Kuthu|Theyyam")
_THIRD_PERSON = re.compile(
    r"^(?:Repairs|Has|Grows|Collects|Makes|Runs|Cooks|Swims|Keeps|Speaks|Paints|Bakes|Plays|Cycles"
    r"|Sends|Rents|Translates|Watches|Edits|Wears|Arrives|Comes|Travels|Prefers|Self-tapes|Likes"
    r"|Timing|Would|Happy|Own|Vegetarian|Open|Will|Comfortable)\b"
    r"|\bstill (?:dreams|counts|builds|prefers)\b|\b(?:hums|hides) |; knows|and knows|agent says"
)
"""What would not fit beside "I"."""


class Writer:
    """Every sentence is used as seldom as any other that fits."""

    def __init__(self, sentences: dict[str, Any], draw: Random) -> None:
        self._sentences = sentences
        self._draw = draw
        self._used: Counter[str] = Counter()

    def bio(
        self, *, first: str, gender: str, age: int, city: str, town: str, language: str,
        skills: list[str], credit: tuple[str, str] | None,
    ) -> str:  # fmt: skip
        """Two to four sentences that agree with the facts."""
        voice = "first" if self._draw.random() < 0.3 else gender
        shape = self._draw.choice(_SHAPES)
        left = sorted(skills[:4], key=lambda skill: skill not in self._sentences["skill"])
        parts: list[str] = []
        for kind in shape:
            if kind == "skill":
                if not left:
                    continue
                skill = left.pop(0)
                sentence = self._pick(self._about(skill), voice, age).replace(
                    "{skill}", _in_sentence(skill)
                )
            elif kind == "work" and credit is None:
                sentence = self._pick(
                    self._sentences["first_work" if age < 27 else "life"], voice, age
                )
            else:
                sentence = self._pick(self._sentences[kind], voice, age)
            parts.append(
                self._filled(
                    sentence,
                    voice=voice,
                    age=age,
                    city=city,
                    town=town,
                    language=language,
                    credit=credit,
                )
            )
        text = " ".join(dict.fromkeys(parts))
        if voice != "first" and self._draw.random() < 0.45:
            text = re.sub(r"^(?:She|He|They) (?!were)", f"{first} ", text)
        return text

    def _about(self, skill: str) -> list[str]:
        own: list[str] = self._sentences["skill"].get(skill, [])
        generic = self._sentences["generic"]
        return own or generic["dance" if _DANCES.search(skill) else "other"]

    def _pick(self, sentences: Iterable[str], voice: str, age: int) -> str:
        fitting = [
            sentence
            for sentence in sentences
            if _least_age(sentence) <= age
            and not (
                voice == "first" and _THIRD_PERSON.search(sentence.partition("|")[2] or sentence)
            )
        ]
        fitting = fitting or [one for one in sentences if _least_age(one) <= age]
        fewest = min(self._used[sentence] for sentence in fitting)
        chosen = self._draw.choice([one for one in fitting if self._used[one] == fewest])
        self._used[chosen] += 1
        return re.sub(r"^\d+\|", "", chosen)

    def _filled(
        self, sentence: str, *, voice: str, age: int, city: str, town: str, language: str,
        credit: tuple[str, str] | None,
    ) -> str:  # fmt: skip
        subject, possessive, object_, was = {
            "first": ("I", "my", "me", "was"),
            "female": ("she", "her", "her", "was"),
            "male": ("he", "his", "him", "was"),
            "non-binary": ("they", "their", "them", "were"),
        }[voice]
        years = self._draw.randint(3, max(4, min(22, age - 10)))
        title, role = credit or ("", "")
        text = sentence.format(
            S=subject.capitalize(), s=subject, P=possessive.capitalize(), p=possessive, o=object_,
            w=was, n=_NUMBERS[years], city=city, town=town,
            lang=language, title=title, role=role,
        )  # fmt: skip
        return text[:1].upper() + text[1:]


def _least_age(sentence: str) -> int:
    age = re.match(r"(\d+)\|", sentence)
    return int(age[1]) if age else 0


def _in_sentence(skill: str) -> str:
    return skill if _CAPITALS.search(skill) else skill[:1].lower() + skill[1:]
