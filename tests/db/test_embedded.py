"""The embedded servers: one folder, many processes, and none left behind."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import psutil  # type: ignore[import-untyped] # it ships no types
import pytest

from bot.ports import UnavailableError
from db.embedded import EmbeddedServers, launch
from db.embedded.folder import DataFolder
from db.embedded.postgres import Postgres
from db.migrate import migrate
from db.pool import Database
from tests.conftest import ExpectedLogs
from tests.db.keeping import as_ordinary_user, user_of
from tests.waiting import wait_until

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help is Linux's")
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@pytest.fixture
async def empty_folder(data_dir: Path) -> AsyncIterator[Path]:
    """A place for a data folder of the test's own, with a path short enough for sockets."""
    path = data_dir / f"f{os.urandom(3).hex()}"
    yield path
    await wait_until(lambda: not servers_of(path))
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
async def _made(data_dir: Path) -> Path:
    path = data_dir / "made"
    async with EmbeddedServers(path, durable=False):
        return path


@pytest.fixture
async def folder(empty_folder: Path, _made: Path) -> Path:
    """A data folder of the test's own in which the database has been created."""
    await asyncio.to_thread(shutil.copytree, _made, empty_folder)
    return empty_folder


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


async def test_data_outlives_the_servers(empty_folder: Path) -> None:
    said: list[str] = []
    async with EmbeddedServers(empty_folder, progress=said.append):
        await ask(empty_folder, "CREATE TABLE kept AS SELECT 42 AS answer")
    assert not servers_of(empty_folder)
    async with EmbeddedServers(empty_folder):
        assert await ask(empty_folder, "SELECT answer FROM kept") == 42
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


async def test_many_processes_start_at_once(empty_folder: Path) -> None:
    async with (
        user_of(empty_folder),
        user_of(empty_folder),
        EmbeddedServers(empty_folder, durable=False),
    ):
        assert len(servers_of(empty_folder)) == 2
        assert await ask(empty_folder, "SELECT 1") == 1


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
    before = Postgres(data)
    await before.prepare(None, lambda _: None)
    left = before.launch()
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


async def test_the_pool_outlives_a_crash(folder: Path, expected_logs: ExpectedLogs) -> None:
    expected_logs.expect("embedded_server_ended")
    async with EmbeddedServers(folder, redis=False) as servers:
        await migrate(servers.postgres_url)
        database = await Database.connect(servers.postgres_url)

        async def works() -> bool:
            try:
                async with database.queue() as connection:
                    return bool(await connection.fetchval("SELECT true FROM organisations"))
            except UnavailableError:
                return False

        assert await works()
        crashed = servers_of(folder)["postgres"]
        os.kill(crashed, signal.SIGKILL)
        await wait_until(lambda: servers_of(folder).get("postgres", crashed) != crashed)
        await wait_until(works)
        await database.close()


@pytest.mark.parametrize(
    "content",
    ["", "nonsense\n", pytest.param(f"{os.getpid()}\n/x\n1\n5432\n", id="somebody else's")],
)
async def test_a_pid_file_of_a_dead_server_is_in_nobodys_way(folder: Path, content: str) -> None:
    """Process ids are used again: in a container that was started again, mostly at once."""
    async with EmbeddedServers(folder, redis=False):
        pass
    (folder / "postgres" / "postmaster.pid").write_text(content)
    async with EmbeddedServers(folder, redis=False):
        assert await ask(folder, "SELECT 1") == 1


async def test_a_creation_that_was_cut_off_begins_anew(empty_folder: Path) -> None:
    (empty_folder / "postgres.new" / "base").mkdir(parents=True)
    async with EmbeddedServers(empty_folder, redis=False):
        assert await ask(empty_folder, "SELECT 1") == 1
    assert not (empty_folder / "postgres.new").exists()


async def test_a_path_too_long_for_sockets(empty_folder: Path) -> None:
    deep = empty_folder / ("long " * 15 + "path") / "data, or so"
    async with EmbeddedServers(deep) as servers:
        run = DataFolder(deep).run
        assert run.parent == Path(tempfile.gettempdir())
        assert await ask(deep, "SELECT 1") == 1
        assert str(run) in servers.redis_url
    shutil.rmtree(run)


async def test_letters_beyond_ascii_are_letters(folder: Path) -> None:
    async with EmbeddedServers(folder, redis=False):
        await ask(folder, "CREATE EXTENSION pg_trgm")
        assert await ask(folder, "SELECT similarity('मीरा', 'मीर') > 0.3")
        assert await ask(folder, "SELECT lower('ÀÉÎ') = 'àéî'")


async def test_an_ordinary_user_can_run_it(empty_folder: Path) -> None:
    async with user_of(empty_folder, prefix=as_ordinary_user()) as process:
        assert process.returncode is None
        assert len(servers_of(empty_folder)) == 2


def owners(folder: Path) -> set[int]:
    return {path.lstat().st_uid for path in (folder, *folder.rglob("*"))}


def give_away(folder: Path) -> None:
    """An ordinary user's empty folder in one that they can reach."""
    folder.parent.chmod(0o711)
    folder.mkdir(mode=0o700)
    os.chown(folder, 65534, 65534)


@root_only
async def test_root_runs_it_for_whom_the_folder_belongs_to(empty_folder: Path) -> None:
    """So that `sudo` once does not lock them out; and what earlier roots left is given back."""
    give_away(empty_folder)
    (empty_folder / "VERSION").write_text("1\n")
    for _ in ("created", "started again"):
        async with EmbeddedServers(empty_folder, durable=False):
            for pid in servers_of(empty_folder).values():
                assert psutil.Process(pid).uids().real == 65534
            assert owners(empty_folder) == {65534}
        assert owners(empty_folder) == {65534}


@root_only
async def test_root_makes_the_folder_for_whom_the_one_above_belongs_to(empty_folder: Path) -> None:
    give_away(empty_folder)
    async with EmbeddedServers(empty_folder / "data", redis=False, durable=False):
        assert psutil.Process(servers_of(empty_folder)["postgres"]).uids().real == 65534
    assert owners(empty_folder) == {65534}


@root_only
@linux_only
async def test_root_gives_itself_up_for_nobody_where_namespaces_are_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.parent.chmod(0o711)
    monkeypatch.setattr("db.embedded.identity.EXIT_REFUSED", 0)  # the probe's answer, taken so
    async with EmbeddedServers(folder, redis=False, durable=False):
        assert psutil.Process(servers_of(folder)["postgres"]).uids().real == 65534
    monkeypatch.undo()
    async with EmbeddedServers(folder, redis=False, durable=False):
        assert await ask(folder, "SELECT 1") == 1


@linux_only
def test_a_refused_namespace_is_told_apart(folder: Path) -> None:
    """Inside one with no more of them allowed, asking for another is refused."""
    command = ["sh", "-c", 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"', "sh"]
    inside = ["unshare", "--user", "--map-root-user", *command]
    asked = [sys.executable, "-I", "-S", launch.__file__, str(os.getpid()), "9", "namespace"]
    program = [*inside, *asked, shutil.which("true") or ""]
    done = subprocess.run(program, check=False, capture_output=True, text=True)
    if "unshare" in done.stderr or "/proc/sys" in done.stderr:
        pytest.skip("needs a user namespace to refuse another in")
    assert done.returncode == launch.EXIT_REFUSED
    assert done.stderr.startswith("cannot run as namespace: ")
    assert "\n" not in done.stderr.strip()
