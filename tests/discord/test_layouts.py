"""Whatever words are in a search or a row: the message fits, calls nobody and hides no address."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import discord
import pytest

from adapters.discord import profiles, results
from adapters.discord.talent_options import OptionError, Options, query_of
from adapters.searches import FoundPage
from bot.conversation import Author
from bot.stores import Shortlisted
from bot.talent import (
    Criteria,
    DateSpan,
    Filters,
    LanguageSkill,
    Match,
    Range,
    SearchResult,
    Talent,
    TalentQuery,
)
from tests.fakes.discord.components import check_components
from tests.fakes.discord.message import walk
from tests.fakes.discord.wire import Form
from tests.slack.seen import HOSTILE

TODAY = date(2026, 12, 1)
CALLS = re.compile(r"<(?:@[!&]?|#)\d|@(?:everyone|here)\b|<(?:t:-?\d|/[^:>\n]+:\d)", re.IGNORECASE)
LINK = re.compile(r"(?<!\\)\[((?:\\.|[^\]\\\n])*)\]\(<?(\S+?)>?\)")
LONG = "https://a.example/" + "x" * 900


def parts_of(view: discord.ui.LayoutView) -> list[dict[str, Any]]:
    return list(view.to_components())  # type: ignore[no-untyped-call]  # discord.py's


def texts(view: discord.ui.LayoutView) -> Iterator[str]:
    for each in walk(parts_of(view)):
        if each["type"] == 10:
            yield each["content"]


def assert_can_be_sent(view: discord.ui.LayoutView) -> None:
    form, parts = Form(), parts_of(view)
    check_components(form, parts, v2=True)
    form.check()
    ids = [each["custom_id"] for each in walk(parts) if each.get("custom_id")]
    assert len(ids) == len({*ids})
    for text in texts(view):
        assert text.strip()
        assert not CALLS.search(text), text
        for label, address in LINK.findall(text):
            assert address.startswith(("http://", "https://")), text
            assert "://" not in label, text


@pytest.mark.parametrize("seed", range(40))
def test_whatever_words_are_in_a_search_or_a_row(seed: int) -> None:
    chance = random.Random(seed)
    talents = [_anybody(chance, number) for number in range(30)]
    words, names = _hostile(chance), tuple(_hostile(chance) for _ in range(chance.randrange(30)))
    filters = Filters(
        languages=names, cities=names, skills=(words,), exclude=Criteria(unions=names)
    )
    query = TalentQuery(filters=filters, text=words, similar_to="abc")
    matches = [
        Match(talent=talent, score=0.5, reasons=names[:5], misses=names[5:9])
        for talent in talents[: seed % 6]
    ]
    relaxed = chance.choice([(), ("text",), ("languages", "cities")])
    found = SearchResult(query=query, matches=tuple(matches), relaxed=relaxed)
    photos = seed % 2 == 0
    page = results.results(
        FoundPage(found, 3, 10),
        search_id="A" * 16,
        today=TODAY,
        is_team=True,
        listed={"t1"},
        like=words,
        photos=photos,
        is_shared=photos,
    )
    shared = results.shared(found, by=words, today=TODAY, is_team=True, photos=photos)
    profile = profiles.profile(talents[0], is_team=True, note=words, photos=photos)
    at = datetime(2026, 11, 1, tzinfo=UTC)
    listed = [Shortlisted(talent, Author("1", words), at) for talent in talents]
    for view in (
        page,
        shared,
        profile,
        profiles.candidates(words, talents[:8]),
        profiles.shortlist(listed, today=TODAY),
    ):
        assert_can_be_sent(view)


def _hostile(chance: random.Random) -> str:
    return "".join(chance.choices(HOSTILE, k=chance.randrange(30)))


def _anybody(chance: random.Random, number: int) -> Talent:
    return Talent(
        id=f"t{number}",
        name=_hostile(chance),
        playing_age=Range(min=24),
        city=_hostile(chance),
        languages=tuple(LanguageSkill(name=_hostile(chance)) for _ in range(3)),
        skills=tuple(_hostile(chance) for _ in range(3)),
        union=_hostile(chance),
        bio=_hostile(chance),
        headshot_url=chance.choice(["https://a.example/x.png", _hostile(chance)]),
        reel_url=chance.choice(["https://a.example/?a=1&b=2", _hostile(chance)]),
        representation=_hostile(chance),
    )


def test_much_of_everything_still_says_what_matters() -> None:
    talent = Talent(
        id="t",
        name="*" * 300,
        city="_" * 300,
        playing_age=Range(min=24, max=30),
        reel_url=LONG,
        headshot_url=LONG,
        bio="#" * 20_000,
    )
    matches = (Match(talent=talent, score=1, reasons=("~" * 300,) * 20, misses=("|" * 300,) * 9),)
    found = SearchResult(query=TalentQuery(text="x" * 5_000), matches=matches * 5)
    view = results.results(FoundPage(found, 0, 1), search_id="A", today=TODAY, is_team=True)
    assert sum("plays 24–30" in text for text in texts(view)) == 5
    assert sum(map(len, texts(view))) <= 4_000
    listed = [Shortlisted(talent, Author("1", "*" * 300), datetime.now(UTC))] * 40
    view = profiles.shortlist(listed, today=TODAY)
    assert sum(map(len, texts(view))) <= 4_000


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (Options(age="24-30"), Filters(playing_age=Range(min=24, max=30))),
        (Options(age="under 25"), Filters(playing_age=Range(max=24))),
        (
            Options(languages="marathi, Hindi or urdu"),
            Filters(languages=("Marathi", ("Hindi", "Urdu"))),
        ),
        (Options(city="Bombay or pune"), Filters(cities=("Mumbai", "Pune"))),
        (Options(union="cintaa"), Filters(unions=("CINTAA",))),
        (
            Options(available="3-10 Dec"),
            Filters(available=DateSpan(from_=date(2026, 12, 3), to=date(2026, 12, 10))),
        ),
        (
            Options(text="men in Delhi who sing", gender="female", city="Pune"),
            Filters(genders=("female",), cities=("Pune",), skills=("Singing",)),
        ),
        (
            Options(text="dancers, 20-25, not in Delhi", age="30s"),
            Filters(
                playing_age=Range(min=30, max=39),
                skills=("Dance",),
                exclude=Criteria(cities=("Delhi",)),
            ),
        ),
    ],
)
def test_options_are_read_as_people_mean_them(options: Options, expected: Filters) -> None:
    assert query_of(options, today=TODAY).filters == expected


@pytest.mark.parametrize(
    "options", [Options(), Options(age="x"), Options(available="-"), Options(city=" , ")]
)
def test_options_that_mean_nothing_are_refused(options: Options) -> None:
    with pytest.raises(OptionError):
        query_of(options, today=TODAY)
