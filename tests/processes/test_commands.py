"""The command line as a person or a script uses it."""

from __future__ import annotations

import json
import os
import signal
import socket
from pathlib import Path

from tests.processes.castmatch import run, serving
from tests.waiting import wait_until

ROLE = "women 24-30 in Pune who speak Marathi"


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def server_pids(folder: Path) -> list[int]:
    """The embedded servers that the folder's locks name."""
    notes = [json.loads(lock.read_text() or "{}") for lock in folder.glob("*.lock")]
    return [int(note["server_pid"]) for note in notes if "server_pid" in note]


async def test_a_roster_from_file_to_answer(folder: Path) -> None:
    roster = folder / "roster.csv"
    roster.write_text(
        "Full Name,Age range,Gender,Languages known,Location\n"
        "Asha Invented,24-30,F,Marathi,Pune\n"
        ",20-30,F,Hindi,Pune\n"
    )
    # one server for all of these commands, as a person would have
    async with serving(folder, SAMPLE_ROSTER="false"):
        dry = await run(folder, "talent", "import", str(roster), "--dry-run")
        assert "1 would be new" in dry.out
        assert "Nothing was written" in dry.out
        imported = await run(folder, "talent", "import", str(roster))
        assert imported.code == 2
        assert "line 3: Full Name" in imported.out
        assert "1 new" in imported.out
        again = await run(folder, "talent", "import", str(roster))
        assert "0 new, 0 updated, 1 unchanged" in again.out

        found = await run(folder, "talent", "search", ROLE, "--json", SAMPLE_ROSTER="false")
        answer = json.loads(found.out)
        assert answer["query"]["filters"]["languages"] == ["Marathi"]
        assert answer["relaxed"] == []
        (match,) = answer["matches"]
        assert match["name"] == "Asha Invented"
        assert "speaks Marathi" in match["reasons"]

        shown = await run(folder, "talent", "show", match["id"], "--json", SAMPLE_ROSTER="false")
        assert json.loads(shown.out)["city"] == "Pune"
        nobody = await run(folder, "talent", "show", "nobody", SAMPLE_ROSTER="false")
        assert nobody.code == 1
        assert "There is no talent nobody" in nobody.err


async def test_what_was_understood_needs_no_server(folder: Path) -> None:
    parsed = await run(folder, "talent", "search", ROLE, "--parse-only")
    assert json.loads(parsed.out) == {
        "filters": {
            "genders": ["female"],
            "playing_age": {"min": 24, "max": 30},
            "languages": ["Marathi"],
            "cities": ["Pune"],
        },
        "text": "",
    }
    assert not (folder / "VERSION").exists()


async def test_a_file_that_is_not_there(folder: Path) -> None:
    ended = await run(folder, "talent", "import", str(folder / "none.csv"))
    assert ended.code == 1
    assert ended.err.strip() == f"{folder / 'none.csv'} cannot be read: No such file or directory."


async def test_a_wrong_setting_is_one_line(folder: Path) -> None:
    ended = await run(folder, "serve", PORT="none")
    assert ended.code == 1
    assert "PORT" in ended.err
    assert ended.err.count("\n") == 1


async def test_a_whole_chat_through_a_pipe_leaves_no_server(folder: Path) -> None:
    ended = await run(folder, "chat", says=f"{ROLE}\nonly those under 27\n")
    assert ended.code == 0
    assert ended.out.count("offline responder") == 1
    assert "speaks Marathi" in ended.out
    assert "\x1b" not in ended.out
    assert not [pid for pid in server_pids(folder) if is_alive(pid)]


async def test_the_doctor_says_that_all_is_well(folder: Path) -> None:
    ended = await run(folder, "doctor")
    assert ended.code == 0, ended.out
    for part in ("Python", "Postgres 18", "Valkey", "bge-small", "ANTHROPIC_API_KEY is not set"):
        assert part in ended.out


async def test_the_doctor_says_what_to_do(folder: Path) -> None:
    away = "redis://127.0.0.1:9/0"
    ended = await run(folder, "doctor", REDIS_URL=away, SAMPLE_ROSTER="false")
    assert ended.code == 1
    assert "check REDIS_URL" in ended.out


async def test_a_second_server_says_so_and_a_taken_port_is_passed_over(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        async with serving(folder, PORT=str(port), SAMPLE_ROSTER="false") as server:
            assert not server.address.endswith(f":{port}")
            assert f"Port {port} is taken" in server.log
            second = await run(folder, "serve", PORT=str(port))
            assert second.code == 1
            assert server.address in second.err
            assert second.err.count("\n") == 1


async def test_sigterm_and_ctrl_c_end_it_cleanly(folder: Path) -> None:
    for how in (signal.SIGTERM, signal.SIGINT):
        async with serving(folder, SAMPLE_ROSTER="false") as server:
            pids = server_pids(folder)
            assert len(pids) == 2
            assert await server.end(how) == 0
            assert not [pid for pid in pids if is_alive(pid)]
            assert "Traceback" not in server.log


async def test_kill_9_leaves_no_server_behind(folder: Path) -> None:
    async with serving(folder, SAMPLE_ROSTER="false") as server:
        pids = server_pids(folder)
        assert len(pids) == 2
        await server.end(signal.SIGKILL)
    await wait_until(lambda: not [pid for pid in pids if is_alive(pid)], seconds=20)
