"""What somebody says of themselves, said of them and to them."""

from __future__ import annotations

import pytest

from bot.distilling.persons import third, to_you


@pytest.mark.parametrize(
    ("does", "told"),
    [
        ("handle the Marathi roles", "handles the Marathi roles"),
        ("always watch tapes first", "always watches tapes first"),
        ("don't do night shoots", "does not do night shoots"),
        ("won't use agents", "will not use agents"),
        ("have our own studio", "has its own studio"),
        ("usually try two readers", "usually tries two readers"),
        ("never takes walk-ins", "never takes walk-ins"),
    ],
)
def test_of_them(does: str, told: str) -> None:
    assert third(does) == told


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        ("Priya wants only dancers.", "You want only dancers."),
        ("Priya always uses self-tapes.", "You always use self-tapes."),
        ("Priya is in Pune.", "You are in Pune."),
        ("Priya does not want beards.", "You do not want beards."),
        ("Priya passes on nobody.", "You pass on nobody."),
        ("Priya says: I hate beards.", "You say: I hate beards."),
        ("The budget of Priya is 40k.", "Your budget is 40k."),
        ("For Priya, everyone must dance.", "For you, everyone must dance."),
        ("The director for Priya Films is Leela.", "The director for Priya Films is Leela."),
        ("This channel casts in Pune.", "This channel casts in Pune."),
    ],
)
def test_to_them(stated: str, told: str) -> None:
    assert to_you(stated, "Priya") == told


def test_somebody_without_a_name() -> None:
    assert to_you("The budget of this channel is 40k.", "") == "The budget of this channel is 40k."
    assert to_you("Somebody prefers dancers.", "") == "You prefer dancers."
