"""The embedded servers: one folder, many processes, and none left behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import psutil  # type: ignore[import-untyped] # it ships no types
import pytest

from db.embedded import EmbeddedServers
from db.embedded.folder import DataFolder
from db.embedded.postgres import Postgres
from tests.conftest import ExpectedLogs
from tests.db.keeping import as_ordinary_user, user_of
from tests.waiting import wait_until

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help is Linux's")
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@pytest.fixture
async def folder(data_dir: Path) -> AsyncIterator[Path]:
    """A data folder of the test's own, with a path short enough for sockets."""
    path = data_dir / f"f{os.urandom(3).hex()}"
    yield path
    await wait_until(lambda: not servers_of(path))
    shutil.rmtree(path, ignore_errors=True)


def servers_of(folder: Path) -> dict[str, int]:
    """Process ids by program, of the servers that run on this folder."""
    found = {}
    for process in psutil.process_iter(["cmdline", "ppid"]):
        command = process.info["cmdline"] or [""]
        name = Path(command[0]).name
        if name in ("postgres", "valkey-server") and any(str(folder) in a for a in command):
            found[name] = process.pid
    return found


def in_folder(folder: Path) -> str:
    return Postgres(DataFolder(folder)).url


async def ask(folder: Path, statement: str) -> object:
    connection = await asyncpg.connect(in_folder(folder), timeout=5)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def answers(folder: Path) -> bool:
    try:
        return await ask(folder, "SELECT 1") == 1
    except (OSError, asyncpg.PostgresError):
        return False


async def test_data_outlives_the_servers(folder: Path) -> None:
    said: list[str] = []
    async with EmbeddedServers(folder, progress=said.append):
        await ask(folder, "CREATE TABLE kept AS SELECT 42 AS answer")
    assert not servers_of(folder)
    async with EmbeddedServers(folder):
        assert await ask(folder, "SELECT answer FROM kept") == 42
    assert said == [
        "Starting Redis…",
        "Creating the database (first start only)…",
        "Starting Postgres…",
    ]


async def test_only_sockets_that_only_we_can_reach(folder: Path) -> None:
    async with EmbeddedServers(folder) as servers:
        assert (folder / "run").stat().st_mode & 0o077 == 0
        for pid in servers_of(folder).values():
            assert psutil.Process(pid).net_connections("inet") == []
        assert await ask(folder, "SHOW jit") == "off"
        assert await ask(folder, "SHOW fsync") == "on"
        assert servers.redis_url.startswith("unix:///")


@pytest.mark.parametrize("only", ["postgres", "redis"])
async def test_one_without_the_other(folder: Path, only: str) -> None:
    async with EmbeddedServers(folder, postgres=only == "postgres", redis=only == "redis") as s:
        assert len(servers_of(folder)) == 1
        with pytest.raises(ValueError, match="without"):
            _ = s.redis_url if only == "postgres" else s.postgres_url


async def test_a_second_process_joins(folder: Path) -> None:
    async with user_of(folder):
        before = servers_of(folder)
        async with EmbeddedServers(folder, progress=pytest.fail):
            assert servers_of(folder) == before
            assert await ask(folder, "SELECT 1") == 1
        assert servers_of(folder) == before


async def test_many_processes_start_at_once(folder: Path) -> None:
    async with user_of(folder), user_of(folder), EmbeddedServers(folder, durable=False):
        assert len(servers_of(folder)) == 2
        assert await ask(folder, "SELECT 1") == 1


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
async def test_who_stays_takes_over(folder: Path, how: signal.Signals) -> None:
    async with user_of(folder) as owner, EmbeddedServers(folder, durable=False):
        await ask(folder, "CREATE TABLE kept AS SELECT 42 AS answer")
        before = servers_of(folder)
        owner.send_signal(how)
        await wait_until(
            lambda: (
                set(servers_of(folder).values()).isdisjoint(before.values())
                and len(servers_of(folder)) == 2
            )
        )
        await wait_until(lambda: answers(folder))
        assert await ask(folder, "SELECT answer FROM kept") == 42
    assert not servers_of(folder)


@linux_only
async def test_a_killed_process_leaves_no_server(folder: Path) -> None:
    async with user_of(folder) as owner:
        assert len(servers_of(folder)) == 2
        owner.kill()
        await wait_until(lambda: not servers_of(folder), seconds=5)


async def test_a_start_right_after_a_kill(folder: Path) -> None:
    async with user_of(folder) as owner:
        await ask(folder, "CREATE TABLE kept AS SELECT 42 AS answer")
        owner.kill()
        await owner.wait()
        async with EmbeddedServers(folder, durable=False):
            assert await ask(folder, "SELECT answer FROM kept") == 42


async def test_what_an_owner_without_the_kernels_help_left_is_replaced(folder: Path) -> None:
    """As after a kill on a system that does not tell children: servers run, nobody keeps them."""
    async with EmbeddedServers(folder):
        pass
    data = DataFolder(folder)
    left = Postgres(data).launch()
    await wait_until(lambda: answers(folder))
    note = {"pid": 1, "server_pid": left.pid}
    (folder / "postgres.lock").write_text(json.dumps(note))
    async with EmbeddedServers(folder):
        assert left.exit_code is not None
        assert servers_of(folder)["postgres"] != left.pid


@pytest.mark.parametrize("program", ["postgres", "valkey-server"])
async def test_a_crashed_server_is_started_again(
    folder: Path, program: str, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("embedded_server_ended")
    async with EmbeddedServers(folder):
        crashed = servers_of(folder)[program]
        os.kill(crashed, signal.SIGKILL)
        await wait_until(lambda: servers_of(folder).get(program, crashed) != crashed)
        await wait_until(lambda: answers(folder))


@pytest.mark.parametrize("content", ["", "nonsense\n", f"{os.getpid()}\n/x\n1\n5432\n"])
async def test_a_pid_file_of_a_dead_server_is_in_nobodys_way(folder: Path, content: str) -> None:
    """Process ids are used again: in a container that was started again, mostly at once."""
    async with EmbeddedServers(folder, redis=False):
        pass
    (folder / "postgres" / "postmaster.pid").write_text(content)
    async with EmbeddedServers(folder, redis=False):
        assert await ask(folder, "SELECT 1") == 1


async def test_a_creation_that_was_cut_off_begins_anew(folder: Path) -> None:
    (folder / "postgres.new" / "base").mkdir(parents=True)
    async with EmbeddedServers(folder, redis=False):
        assert await ask(folder, "SELECT 1") == 1
    assert not (folder / "postgres.new").exists()


async def test_a_path_too_long_for_sockets(folder: Path) -> None:
    deep = folder / ("long " * 15 + "path") / "data, or so"
    async with EmbeddedServers(deep) as servers:
        run = DataFolder(deep).run
        assert run.parent == Path(folder).parent.parent
        assert await ask(deep, "SELECT 1") == 1
        assert str(run) in servers.redis_url
    shutil.rmtree(run)


async def test_letters_beyond_ascii_are_letters(folder: Path) -> None:
    async with EmbeddedServers(folder, redis=False):
        await ask(folder, "CREATE EXTENSION pg_trgm")
        assert await ask(folder, "SELECT similarity('मीरा', 'मीर') > 0.3")
        assert await ask(folder, "SELECT lower('ÀÉÎ') = 'àéî'")


async def test_an_ordinary_user_can_run_it(folder: Path) -> None:
    async with user_of(folder, prefix=as_ordinary_user()) as process:
        assert process.returncode is None
        assert len(servers_of(folder)) == 2


@root_only
@linux_only
async def test_root_gives_itself_up_for_nobody_where_namespaces_are_refused(folder: Path) -> None:
    """The same steps that are taken then, and back again when they are allowed."""
    data = DataFolder(folder)
    data.prepare()
    folder.parent.chmod(0o711)
    postgres = Postgres(data, durable=False)
    postgres.__dict__["_as_user"] = "65534:65534"  # what it finds out where they are refused
    await postgres.prepare(None, lambda _: None)
    process = postgres.launch()
    try:
        await postgres.wait_until_up(process, lambda _: None)
        assert psutil.Process(process.pid).uids().real == 65534
    finally:
        await process.stop(postgres.stop_steps)
    async with EmbeddedServers(folder, redis=False, durable=False):
        assert psutil.Process(servers_of(folder)["postgres"]).uids().real == 0
        assert await ask(folder, "SELECT 1") == 1
