"""Where answers go, and what a pressed button tells of the message that it stood in."""

from __future__ import annotations

import pytest

from adapters.searches import today
from adapters.slack import card
from adapters.slack.answers import is_slacks
from adapters.slack.origins import (
    OnPage,
    OnProfile,
    OnShortlist,
    Origin,
    listed_talents,
    origin_of,
    with_origin,
)
from tests.slack.seen import assert_fits_message, match

API = "https://slack.com/api/"


@pytest.mark.parametrize(
    ("url", "is_theirs"),
    [
        ("https://hooks.slack.com/actions/T1/2/3", True),
        ("https://hooks.slack-gov.com/commands/T1/2/3", True),
        ("http://hooks.slack.com/actions/T1/2/3", False),
        ("https://hooks.slack.com.evil.example/actions", False),
        ("https://evil.example/hooks.slack.com", False),
        ("https://notslack.com/actions", False),
        ("http://169.254.169.254/latest/meta-data", False),
        ("https://slack.com@evil.example/", False),
        ("https://[", False),
        ("", False),
    ],
)
def test_answers_go_to_slack_alone(url: str, is_theirs: bool) -> None:
    assert is_slacks(url, API) is is_theirs


def test_answers_may_go_to_where_the_api_was_said_to_be() -> None:
    assert is_slacks("http://127.0.0.1:8080/actions/1", "http://127.0.0.1:8080/api/")
    assert not is_slacks("http://127.0.0.1:8081/actions/1", "http://127.0.0.1:8080/api/")


@pytest.mark.parametrize(
    "origin", [OnPage("aaMMCZR3j2VwzE9Z", 3), OnProfile("asha000001"), OnShortlist()]
)
def test_a_card_tells_where_it_stands(origin: Origin) -> None:
    cards = [
        *card.card(match("speaks Marathi"), today=today()),
        *card.card(match("dances", id="ravi000002"), today=today(), is_listed=True),
    ]
    blocks = with_origin(cards, origin)
    assert_fits_message(blocks, "cards")
    assert listed_talents(blocks) == ["asha000001", "ravi000002"]
    named = [block["block_id"] for block in blocks if "block_id" in block]
    assert [origin_of(block_id) for block_id in named] == [origin, origin]
    assert len(set(named)) == 2


@pytest.mark.parametrize(
    "block_id", ["", "page/x", "page//1/2", "page/a b/1/2", "profile/../..", "b"]
)
def test_what_no_card_of_ours_says_is_no_origin(block_id: str) -> None:
    assert origin_of(block_id) is None
