"""What was said before comes back: to whom it may be told, with its source, best first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from bot.conversation import Access, Audience, Author, Message, Place, Turn
from bot.memories import Episode, Speaker
from bot.ports import EmbedderError, UnavailableError
from bot.scopes import read_from
from db import episode_search
from db.episode_rows import Said
from db.episode_search import EpisodeSearch
from db.pool import Database
from db.terms import terms
from memory.recall import Inquiry, Recall
from memory.token_embedder import Meaning, TokenEmbedder
from tests.conftest import ExpectedLogs
from tests.db.sql import execute, fetch
from tests.memory.conftest import ASHA, BEN, House, says
from tests.turns.conftest import claim

MAY = datetime(2026, 5, 3, 9, tzinfo=UTC)


@pytest.fixture
def recall(database: Database, token_embedder: TokenEmbedder) -> Recall:
    return Recall(EpisodeSearch(database), token_embedder)


async def asked(house: House, recall: Recall, message: Message) -> Sequence[Episode]:
    """What is recalled for a message; its own turn is not over yet."""
    await house.node.turns.accept(message)
    turn: Turn = await claim(house.node)
    found = await recall.recall(turn)
    await house.node.turns.release(turn)
    await house.node.turns.stop(turn.id)
    return found


async def test_what_was_said_comes_back_with_its_source(house: House, recall: Recall) -> None:
    told = says(ASHA, "We want Marathi speakers for Monsoon Letters")
    turn = await house.turn(told, "Noted: Marathi it is.")
    await house.turn(says(BEN, "Any dancers under 30?"))
    await house.run_jobs()
    best, *_ = await asked(house, recall, says(BEN, "Which languages did Asha want?", channel="C2"))
    assert best == Episode(
        speaker=Speaker.PERSON,
        author=ASHA,
        text=told.text,
        at=told.sent_at,
        conversation=told.conversation,
        place=Place.PUBLIC,
        turn_id=turn.id,
        message_id=told.id,
    )


async def test_where_nothing_was_said_nothing_comes_back(house: House, recall: Recall) -> None:
    await house.turn(says(ASHA, "Dancers for Monsoon Letters", place=Place.DM))
    await house.run_jobs()
    assert not await asked(house, recall, says(BEN, "Dancers for Monsoon Letters?", place=Place.DM))
    assert not await asked(house, recall, says(BEN, "Dancers for Monsoon Letters?"))


@pytest.mark.parametrize("question", ["", "?", "the of and", "नमस्ते", "x" * 5000, "a\x00b"])
async def test_any_question_can_be_asked(house: House, recall: Recall, question: str) -> None:
    await house.turn(says(ASHA, "Dancers?"))
    await house.run_jobs()
    assert len(await recall.search(inquiry(house, question))) == 2


def inquiry(house: House, text: str, asker: Author = BEN, access: Access = Access.TEAM) -> Inquiry:
    message = says(asker, text)
    audience = Audience(ORG, access, message.place)
    return Inquiry(text, asker, message.sent_at, message.conversation, audience, read_from(message))


ORG = UUID("00000000-0000-4000-8000-000000000001")


async def test_by_words_before_there_are_vectors(house: House, recall: Recall) -> None:
    await house.turn(says(ASHA, "The audition is in Nashik"))
    await house.turn(says(ASHA, "Bring a headshot"))
    remembered = await house.episodes.remember(ORG, str(says(ASHA, "").conversation))
    assert remembered == 2
    best, *_ = await recall.search(inquiry(house, "Where were auditions?"))
    assert best.text == "The audition is in Nashik"


async def test_by_words_alone_without_a_model(
    house: House, database: Database, expected_logs: ExpectedLogs
) -> None:
    class Without(TokenEmbedder):
        async def meaning(self, text: str) -> Meaning:
            raise EmbedderError("The embedding model is missing.")

    await house.turn(says(ASHA, "The audition is in Nashik"))
    await house.run_jobs()
    expected_logs.expect("recall_by_words_alone")
    recall = Recall(EpisodeSearch(database), Without())
    best, *_ = await recall.search(inquiry(house, "Where were auditions?"))
    assert best.text == "The audition is in Nashik"


async def test_another_models_vectors_do_not_count(house: House, recall: Recall) -> None:
    class Other(TokenEmbedder):
        name = "another"

    house.embedder = Other()
    await house.turn(says(ASHA, "A dancer, please"))
    await house.run_jobs()
    async with recall.weighing(inquiry(house, "someone who dances")) as weighing:
        assert weighing is not None
        assert not weighing.candidates.nearness.any()
        assert not weighing.features["match"].any()


# --- what a question asks ---------------------------------------------------------------------


async def keep(house: House, said: Sequence[tuple[Author, str, datetime]]) -> None:
    """Words in one channel, of some time ago."""
    message = says(ASHA, "")
    rows = [
        Said(
            ORG,
            seq,
            read_from(message)[0],
            Access.TEAM,
            Episode(
                Speaker.OVERHEARD,
                author,
                text,
                at,
                message.conversation,
                Place.PUBLIC,
                None,
                f"m{seq}",
            ),
        )
        for seq, (author, text, at) in enumerate(said, start=1)
    ]
    async with house.node.process.database.queue() as connection:
        await house.episodes.keep(connection, rows)
    await house.run_jobs()


async def test_whoever_is_named_is_heard_and_not_who_speaks_to_them(
    house: House, recall: Recall
) -> None:
    await keep(
        house,
        [
            (BEN, "Asha, what budget do you want?", MAY),
            (ASHA, "About two lakh, I think", MAY + timedelta(minutes=1)),
            (BEN, "My budget is four lakh, Asha", MAY + timedelta(minutes=2)),
            *((BEN, f"Take {n} is in the can", MAY + timedelta(days=n)) for n in range(1, 9)),
            *((ASHA, f"Tape {n} was fine", MAY + timedelta(days=n)) for n in range(1, 9)),
        ],
    )
    best, *_ = await recall.search(inquiry(house, "What is Asha's budget?"))
    assert best.text == "About two lakh, I think"
    best, *_ = await recall.search(inquiry(house, "What did I say about the budget?"))
    assert best.author == BEN


async def test_a_time_that_is_named_finds_what_was_said_then(house: House, recall: Recall) -> None:
    await keep(
        house,
        [(ASHA, "We cast a dancer", MAY + timedelta(days=30 * month)) for month in range(6)],
    )
    best, *_ = await recall.search(inquiry(house, "Who did we cast in August 2026?"))
    assert best.at.month == 8


@pytest.mark.parametrize(
    ("text", "tells"),
    [
        ("Next Friday, then", (True, False, 1)),
        ("on 3 May, 2 pm", (True, True, 0)),
        ("in 2024", (True, True, 0)),
        ("kal subah", (True, False, 0)),
        ("कल", (True, False, 0)),
        ("two of them", (False, True, 0)),
        ("In the old mill", (False, False, 0)),
        ("Thanks, Asha. Monsoon suits her", (False, False, 0)),
        ('She played in Katha by Nila and in "the Mill"', (False, False, 2)),
    ],
)
async def test_what_kinds_of_answers_it_has_is_read_when_it_is_kept(
    house: House, database_url: str, text: str, tells: tuple[bool, bool, int]
) -> None:
    await keep(house, [(ASHA, text, MAY)])
    [row] = await fetch(database_url, "SELECT has_time, has_number, names FROM episodes")
    assert tuple(row) == tells


async def test_an_answer_to_when_has_a_time_in_it(house: House, recall: Recall) -> None:
    await keep(
        house,
        [
            (BEN, "The audition moved to the mill", MAY),
            *((BEN, f"Take {n} is in the can", MAY + timedelta(days=n)) for n in range(1, 9)),
            (BEN, "The audition moved to Friday", MAY + timedelta(days=9)),
            (BEN, "The audition moved to the hall", MAY + timedelta(days=10)),
        ],
    )
    best, *_ = await recall.search(inquiry(house, "When is the audition?"))
    assert best.text == "The audition moved to Friday"


async def test_neighbours_count_within_their_session_alone(house: House, recall: Recall) -> None:
    """Two answers read the same; one stands after what was asked for, the other a day after it."""
    await keep(
        house,
        [
            (BEN, "Where is the Monsoon Letters audition?", MAY),
            (ASHA, "In the old mill", MAY + timedelta(days=1)),
            (BEN, "Where is the Monsoon Letters audition?", MAY + timedelta(days=9)),
            (ASHA, "In the old mill", MAY + timedelta(days=9, minutes=1)),
        ],
    )
    found = await recall.search(inquiry(house, "Monsoon Letters audition"))
    answers = [episode.at.day for episode in found if episode.author == ASHA]
    assert answers == [12, 4]


# --- who may know -----------------------------------------------------------------------------


async def test_the_database_keeps_scopes_apart_without_a_where(
    house: House, database: Database, database_url: str
) -> None:
    await house.turn(says(ASHA, "Mine", place=Place.DM))
    await house.turn(says(ASHA, "Ours", channel="C3", place=Place.PRIVATE))
    await house.turn(says(ASHA, "Everybody's", channel="C4"))
    await house.run_jobs()
    assert len(await fetch(database_url, "SELECT FROM episodes")) == 6
    for place, seen in ((Place.DM, {"Mine", "Everybody's"}), (Place.PUBLIC, {"Everybody's"})):
        scopes = read_from(says(ASHA, "?", place=place))
        async with database.session(ORG, Access.TEAM, scopes) as connection:
            rows = await connection.fetch("SELECT text FROM episodes WHERE speaker = 'person'")
        assert {row["text"] for row in rows} == seen
    async with database.session(ORG, Access.TEAM) as connection:
        assert not await connection.fetch("SELECT FROM episodes")
        assert await connection.execute("UPDATE episodes SET text = 'x'") == "UPDATE 0"


async def test_what_the_team_was_told_is_not_for_the_community(
    house: House, recall: Recall
) -> None:
    await house.turn(says(ASHA, "Dancers?"))
    await house.run_jobs()
    assert await recall.search(inquiry(house, "Dancers?"))
    assert not await recall.search(inquiry(house, "Dancers?", access=Access.COMMUNITY))


async def test_the_word_index_tells_each_its_own(house: House, database: Database) -> None:
    """It is asked past row-level security, by a function that checks what that would."""
    await house.turn(says(ASHA, "Dancers", place=Place.DM), "")
    await house.turn(says(ASHA, "Dancers"), "")
    await house.run_jobs()
    own, everybodys = read_from(says(ASHA, "?", place=Place.DM))
    words = [term for scope in (own, everybodys) for term in terms(scope, ["dancer"])]

    async def found(access: Access, scopes: Sequence[str], org_id: UUID = ORG) -> int:
        async with database.session(org_id, access, scopes) as connection:
            return len(await connection.fetch("SELECT castmatch_episodes_with($1, $2)", words, 10))

    assert await found(Access.TEAM, [own, everybodys]) == 2
    assert await found(Access.TEAM, [everybodys]) == 1
    assert await found(Access.TEAM, ["person/web/W1/U9"]) == 0
    assert await found(Access.TEAM, []) == 0
    assert await found(Access.COMMUNITY, [own, everybodys]) == 0
    assert await found(Access.TEAM, [own, everybodys], UUID(int=7)) == 0


async def test_who_wants_no_memory_is_given_none(
    house: House, recall: Recall, database_url: str
) -> None:
    await house.turn(says(ASHA, "Dancers?"))
    await house.run_jobs()
    await execute(
        database_url,
        "INSERT INTO memory_choices (org_id, platform, workspace, whose, key, remembers)"
        f" SELECT '{ORG}', 'web', 'W1', 'person', castmatch_person_key('U2'), false",
    )
    assert await recall.search(inquiry(house, "Dancers?", asker=ASHA))
    assert not await recall.search(inquiry(house, "Dancers?", asker=BEN))


# --- large scopes, outages --------------------------------------------------------------------


async def test_a_large_scope_is_searched_as_well(
    house: House, recall: Recall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By words, by meaning, and with neighbours, as a small one is."""
    towns = ["Nashik", "Satara", "Kolhapur", "Solapur", "Thane", "Latur", "Nanded", "Akola"]
    said = [
        (BEN if n % 2 else ASHA, f"Take {n} in {towns[n % 8]}", MAY + timedelta(minutes=n))
        for n in range(120)
    ]
    said[60] = (ASHA, "The choreographer dislikes rain", said[60][2])
    await keep(house, said)
    questions = ["Who dislikes rain?", "someone hates wet weather", "Take 77", "What did Asha say?"]
    whole = [await recall.search(inquiry(house, question)) for question in questions]
    monkeypatch.setattr(episode_search, "WHOLE", 20)
    large = [await recall.search(inquiry(house, question)) for question in questions]
    for one, other in zip(whole[:3], large[:3], strict=True):
        assert one[0] == other[0]
    assert whole[0][0].text == whole[1][0].text == "The choreographer dislikes rain"
    assert whole[2][0].text.startswith("Take 77")


async def test_where_a_large_scope_has_no_vectors_yet_words_that_are_nowhere_find_nothing(
    house: House, recall: Recall, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keep(house, [(ASHA, f"Take {n} in Thane", MAY) for n in range(30)])
    await execute(
        database_url, "UPDATE episodes SET embedder = '', embedding = NULL, tokens = NULL"
    )
    monkeypatch.setattr(episode_search, "WHOLE", 20)
    assert not await recall.search(inquiry(house, "choreographers"))
    assert await recall.search(inquiry(house, "Thane"))


async def test_without_the_database_it_says_so(
    house: House, database_url: str, token_embedder: TokenEmbedder
) -> None:
    await house.turn(says(ASHA, "Dancers?"))
    away = await Database.connect(database_url)
    recall = Recall(EpisodeSearch(away), token_embedder)
    await away.close()
    with pytest.raises(UnavailableError):
        await recall.search(inquiry(house, "Dancers?"))
