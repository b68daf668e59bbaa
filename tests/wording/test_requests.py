"""What a message wants of us."""

from __future__ import annotations

import pytest

from bot.wording import Intent, read_request


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("hi", Intent.HELLO),
        ("Hello!", Intent.HELLO),
        ("नमस्ते", Intent.HELLO),
        ("thanks a lot", Intent.THANKS),
        ("ok great", Intent.THANKS),
        ("thanks, that's all", Intent.THANKS),
        ("shukriya", Intent.THANKS),
        ("help", Intent.HELP),
        ("what can you do?", Intent.HELP),
        ("are you Claude?", Intent.HELP),
        ("start over", Intent.START_OVER),
        ("clear all filters", Intent.START_OVER),
        ("more", Intent.MORE),
        ("show me more", Intent.MORE),
        ("anyone else?", Intent.MORE),
        ("aur dikhao", Intent.MORE),
        ("only those under 25", Intent.REFINE),
        ("sirf 25 se kam", Intent.REFINE),
        ("what about men instead", Intent.REFINE),
        ("any city", Intent.REFINE),
        ("cheaper", Intent.REFINE),
        ("men", Intent.REFINE),
        ("is anyone free in January?", Intent.REFINE),
        ("who of them speaks Marathi?", Intent.AMONG),
        ("which of these can swim?", Intent.AMONG),
        ("inme se kaun Marathi bolti hai", Intent.AMONG),
        ("does the second one speak French?", Intent.AMONG),
        ("more like the second one", Intent.SIMILAR),
        ("someone like Meera", Intent.SIMILAR),
        ("doosri jaisi aur", Intent.SIMILAR),
        ("unke jaise aur", Intent.SIMILAR),
        ("tell me about Meera", Intent.SHOW),
        ("tell me about meera joshi", Intent.SHOW),
        ("the first one", Intent.SHOW),
        ("number 3", Intent.SHOW),
        ("pehli wali ke bare mein batao", Intent.SHOW),
        ("who is Arjun Rao?", Intent.SHOW),
        ("compare the first two", Intent.COMPARE),
        ("Meera vs Asha", Intent.COMPARE),
        ("why her?", Intent.REASONS),
        ("why did you pick the second one?", Intent.REASONS),
        ("women in Pune who speak Marathi", Intent.SEARCH),
        ("I need a villain with a limp", Intent.SEARCH),
        ("who is free in December and speaks Tamil?", Intent.SEARCH),
        ("show me women in Pune", Intent.SEARCH),
        ("show me someone who can sing", Intent.SEARCH),
        ("more women in Pune who can dance Kathak", Intent.SEARCH),
        ("what's the weather", Intent.UNCLEAR),
        ("book her for Friday", Intent.ACT),
        ("can you call the second one?", Intent.ACT),
        ("please hold Meera Joshi for 5 December", Intent.ACT),
        ("book a hall", Intent.UNCLEAR),
        ("who can dance?", Intent.AMONG_OR),
        ("who speaks Tamil?", Intent.AMONG_OR),
        ("kaun gaa sakti hai?", Intent.AMONG_OR),
        ("who's the tallest?", Intent.AMONG_OR),
        ("which is the cheapest?", Intent.AMONG_OR),
        ("who also speak Hindi", Intent.REFINE),
        ("who else?", Intent.MORE),
        ("what is her rate?", Intent.FACT),
        ("when are they free?", Intent.FACT),
        ("how tall is the second one?", Intent.FACT),
        ("unki availability kya hai?", Intent.FACT),
        ("who represents Meera Joshi?", Intent.FACT),
        ("what's the day rate?", Intent.FACT),
        ("show me her reel", Intent.FACT),
        ("show me actors who are free", Intent.SEARCH),
        ("what about Mumbai", Intent.REFINE),
        ("???", Intent.UNCLEAR),
    ],
)
def test_intent_after_a_search(said: str, intent: Intent) -> None:
    assert read_request(said, has_results=True, has_query=True).intent is intent


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("only those under 25", Intent.SEARCH),
        ("who of them speaks Marathi?", Intent.SEARCH),
        ("tell me about Meera", Intent.SHOW),
        ("anyone like Meera", Intent.SIMILAR),
    ],
)
def test_intent_at_the_start(said: str, intent: Intent) -> None:
    assert read_request(said, has_results=False, has_query=False).intent is intent


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ("the first one", (1,)),
        ("tell me about number 3", (3,)),
        ("compare the first two", (1, 2)),
        ("compare 1 and 3", (1, 3)),
        ("compare the second and the fourth", (2, 4)),
        ("tell me about the last one", (-1,)),
        ("doosri wali ke baare mein batao", (2,)),
        ("more like the third", (3,)),
        ("why her?", (1,)),
        ("#2", (2,)),
    ],
)
def test_places(said: str, places: tuple[int, ...]) -> None:
    assert read_request(said, has_results=True, has_query=True).places == places


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("tell me about Meera Joshi", ("Meera Joshi",)),
        ("tell me about meera joshi", ("Meera Joshi",)),
        ("compare Meera and Arjun", ("Meera", "Arjun")),
        ("someone like Arjun Rao", ("Arjun Rao",)),
        ("who is Meera?", ("Meera",)),
    ],
)
def test_names(said: str, names: tuple[str, ...]) -> None:
    assert read_request(said, has_results=True, has_query=True).names == names


def test_the_rest_of_a_follow_up_is_still_read() -> None:
    request = read_request("more like the second one, under 25", has_results=True, has_query=True)
    assert "under 25" in request.rest


def test_starting_over_with_a_description_is_a_search() -> None:
    request = read_request("start over: women in Pune who dance", has_results=True, has_query=True)
    assert (request.intent, request.rest) == (Intent.SEARCH, "women in Pune who dance")
