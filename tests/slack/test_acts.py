"""What buttons carry is read as it was made, and nothing else is."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.acts import (
    ACTS,
    Act,
    AllowGuests,
    DropFilter,
    ForgetMe,
    OpenFilters,
    PageSearch,
    RateReply,
    RetryReply,
    SayMemory,
    ShareSearch,
    ShortlistTalent,
    ShowTalent,
    SimilarTalents,
    StopReply,
    UnknownActError,
    UnlistTalent,
    action_id,
    decode,
)

TURN = UUID("6f7c1f3e-2f6c-4d6e-9f0e-3b1f0a6d2c11")
ALL: tuple[Act, ...] = (
    StopReply(TURN),
    RetryReply(TURN),
    RateReply(TURN, helpful=True),
    RateReply(TURN, helpful=False),
    ShortlistTalent("asha000001", TURN),
    ShortlistTalent("asha000001"),
    UnlistTalent("asha000001", TURN),
    SimilarTalents("asha000001"),
    ShowTalent("asha000001"),
    PageSearch("AbC-_123", 4),
    ShareSearch("AbC-_123", 0),
    DropFilter("AbC-_123", "languages", 1),
    DropFilter("AbC-_123", "exclude.cities"),
    OpenFilters("AbC-_123"),
    OpenFilters(),
    ForgetMe(),
    SayMemory("forget 3f2a91"),
    SayMemory("show 2"),
    SayMemory("forget really all"),
    SayMemory("forget really all everywhere"),
    AllowGuests(allowed=True),
    AllowGuests(allowed=False),
)


def test_every_act_is_among_them() -> None:
    assert {type(act) for act in ALL} == set(ACTS)


@pytest.mark.parametrize("act", ALL, ids=repr)
def test_what_a_button_carries_is_read_again(act: Act) -> None:
    assert decode(action_id(act), act.value) == act
    assert decode(action_id(act, 3), act.value) == act
    assert act.value


@pytest.mark.parametrize(
    ("action", "value"),
    [
        ("stop_reply", "not-a-turn"),
        ("rate_reply", f"{TURN}:perhaps"),
        ("shortlist_talent", f"{TURN}:"),
        ("shortlist_talent", f"{TURN}:a b"),
        ("page_search", "AbC:-1"),
        ("page_search", "AbC:1:2"),
        ("page_search", f"AbC:{'9' * 30}"),
        ("drop_filter", "AbC"),
        ("drop_filter", "AbC:languages:one"),
        ("drop_filter", "AbC:__class__.x"),
        ("open_filters", ""),
        ("allow_guests", "yes"),
        ("launch_rocket", "now"),
        ("", ""),
    ],
)
def test_what_no_button_carries_is_refused(action: str, value: str) -> None:
    with pytest.raises(UnknownActError):
        decode(action, value)


@given(st.sampled_from(ACTS), st.text(alphabet="abc0123456789:-_.\n é", max_size=60))
def test_a_forged_value_is_an_act_or_refused(kind: type[Act], value: str) -> None:
    try:
        act = decode(kind.name, value)
    except UnknownActError:
        return
    assert isinstance(act, kind)
