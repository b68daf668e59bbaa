"""Names in the many ways people write them, and words that only look like names."""

from __future__ import annotations

import pytest

from bot import vocabulary
from bot.vocabulary import (
    canonical_city,
    canonical_gender,
    canonical_language,
    canonical_skill,
    canonical_union,
)
from bot.vocabulary.folding import fold, words
from bot.vocabulary.lexicon import Lexicon


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("marathi", "Marathi"),
        ("MARATHI", "Marathi"),
        (" marathi ", "Marathi"),
        ("मराठी", "Marathi"),
        ("हिन्दी", "Hindi"),
        ("हिंदी", "Hindi"),
        ("Marahti", "Marathi"),
        ("Bangla", "Bengali"),
        ("Français", "French"),
        ("francais", "French"),
        ("Farsi", "Persian"),
        ("Klingon", None),
        ("", None),
        ("Hind", None),
    ],
)
def test_languages(said: str, name: str | None) -> None:
    assert canonical_language(said) == name


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Bombay", "Mumbai"),
        ("BANGALORE", "Bengaluru"),
        ("मुंबई", "Mumbai"),
        ("मुँबई", "Mumbai"),
        ("Sao Paulo", "São Paulo"),
        ("New York City", "New York"),
        ("Calcutta", "Kolkata"),
        ("Nice", "Nice"),
        ("Atlantis", None),
    ],
)
def test_cities(said: str, name: str | None) -> None:
    assert canonical_city(said) == name


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("ghudsawari", "Horse riding"),
        ("घुड़सवारी", "Horse riding"),
        ("horseback riding", "Horse riding"),
        ("Horse-Riding", "Horse riding"),
        ("bharatnatyam", "Bharatanatyam"),
        ("Bharatnatayam", "Bharatanatyam"),
        ("guitarists", "Guitar"),
        ("stand up comedy", "Stand-up comedy"),
        ("underwater basket weaving", None),
    ],
)
def test_skills(said: str, name: str | None) -> None:
    assert canonical_skill(said) == name


@pytest.mark.parametrize(
    ("said", "name"),
    [("F", "female"), ("महिला", "female"), ("ladka", "male"), ("NB", "non-binary"), ("x", None)],
)
def test_genders(said: str, name: str | None) -> None:
    assert canonical_gender(said) == name


@pytest.mark.parametrize(
    ("said", "name"),
    [("sag aftra", "SAG-AFTRA"), ("cintaa", "CINTAA"), ("UK Equity", "Equity"), ("none", None)],
)
def test_unions(said: str, name: str | None) -> None:
    assert canonical_union(said) == name


@pytest.mark.parametrize("kind", ["languages", "cities", "skills", "unions"])
def test_every_canonical_name_stands_for_itself(kind: str) -> None:
    lexicon: Lexicon = getattr(vocabulary, kind)()
    assert [lexicon.canonical(name) for name in lexicon.names] == list(lexicon.names)


def test_the_vocabulary_is_large_enough_to_matter() -> None:
    assert len(vocabulary.languages().names) >= 150
    assert len(vocabulary.cities().names) >= 300
    assert len(vocabulary.skills().names) >= 300


def test_the_longest_name_wins_and_none_overlaps() -> None:
    text = words(fold("sword fighting and horse riding"))
    assert [hit.name for hit in vocabulary.skills().find(text)] == [
        "Sword fighting",
        "Horse riding",
    ]


def test_a_name_inside_another_word_is_none() -> None:
    assert vocabulary.cities().find(words(fold("mumbaikar punekar goan"))) == []


def test_vowel_signs_belong_to_their_word() -> None:
    assert [w.text for w in words(fold("मराठी बोलने वाली"))] == ["मराठी", "बोलने", "वाली"]


def test_folding_moves_no_character() -> None:
    text = "Café “Zürich” — ५०० ₹ ﬁn 🎬 मुंबई"
    assert len(fold(text)) == len(text)


def test_one_way_to_write_two_names_is_refused() -> None:
    with pytest.raises(ValueError, match="stands for both"):
        Lexicon({"One": ["same"], "Two": ["same"]})


def test_a_general_skill_covers_its_kinds() -> None:
    assert vocabulary.kinds_of("Dance")[:2] == ("Dance", "Kathak")
    assert vocabulary.kinds_of("Kathak") == ("Kathak",)


def test_a_state_covers_its_cities() -> None:
    assert vocabulary.places_in(("Assam", "Pune")) == (
        "Assam",
        "Guwahati",
        "Dibrugarh",
        "Jorhat",
        "Pune",
    )


def test_regions_and_their_places_are_canonical_names() -> None:
    names = set(vocabulary.cities().names)
    table = vocabulary.read_table("regions")
    assert {name for places in table.items() for name in (places[0], *places[1])} <= names


def test_kinds_are_canonical_names() -> None:
    names = set(vocabulary.skills().names)
    table = vocabulary.read_table("kinds")
    assert {name for kinds in table.items() for name in (kinds[0], *kinds[1])} <= names
