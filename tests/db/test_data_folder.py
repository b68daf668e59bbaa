"""A data folder that cannot be used: one line each, which says what to do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from db.embedded import (
    AlreadyServingError,
    DataFolderError,
    EmbeddedError,
    EmbeddedServers,
    ServeLock,
    StartError,
)
from tests.db.keeping import ROOT, as_ordinary_user, error_of

pytestmark = pytest.mark.filterwarnings("default::ResourceWarning")


async def refusal(folder: Path, kind: type[EmbeddedError], *, redis: bool = False) -> str:
    with pytest.raises(kind) as raised:
        async with EmbeddedServers(folder, postgres=not redis, redis=redis, durable=False):
            pytest.fail("it started")
    assert "\n" not in str(raised.value)
    return str(raised.value)


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def allowed(prefix: list[str]) -> bool:
    if shutil.which(prefix[0]) is None:
        return False
    return subprocess.run([*prefix, "true"], check=False, capture_output=True).returncode == 0


async def test_that_is_not_needed_is_not_made(tmp_path: Path) -> None:
    async with EmbeddedServers(tmp_path / "unused", postgres=False, redis=False):
        assert names_in(tmp_path) == []


async def test_of_another_layout(tmp_path: Path) -> None:
    (tmp_path / "VERSION").write_text("99\n")
    assert "(version 99, this one uses 1)" in await refusal(tmp_path, DataFolderError)


async def test_of_another_postgres(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("15\n")
    assert "made by Postgres 15" in await refusal(tmp_path, DataFolderError)


async def test_without_a_database_in_it(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    assert "holds no database" in await refusal(tmp_path, DataFolderError)


async def test_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("")
    assert "is a file, not a folder" in await refusal(tmp_path / "x", DataFolderError)
    assert "is a file, not a folder" in await refusal(tmp_path / "x" / "y", DataFolderError)


@pytest.mark.parametrize("exists", [True, False])
async def test_that_is_read_only(tmp_path: Path, exists: bool) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    folder.chmod(0o500)
    place = folder if exists else folder / "below"
    assert "cannot be written to" in await error_of(place, prefix=as_ordinary_user())


@pytest.mark.parametrize("filled", [False, True])
async def test_on_a_full_disk(tmp_path: Path, filled: bool) -> None:
    """A small disk, in a mount namespace of the process alone: too small for a new database, or
    filled up since one was made."""
    disk = tmp_path / "disk"
    disk.mkdir()
    script = f"mount -t tmpfs -o size=64m none {disk}"
    if filled:
        made = tmp_path / "made"
        async with EmbeddedServers(made, redis=False, durable=False):
            pass
        script += f" && cp -r {made}/. {disk} && ! cat /dev/zero 2>/dev/null >{disk}/filler"
    alone = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    if not allowed(alone):
        pytest.skip("needs a mount namespace, which this system refuses")
    error = await error_of(disk, prefix=[*alone, "sh", "-c", f'{script} && exec "$@"', "sh"])
    assert error.startswith(f"The disk that holds {disk} is full: free some space")


async def test_with_a_damaged_database(tmp_path: Path) -> None:
    async with EmbeddedServers(tmp_path, redis=False, durable=False):
        pass
    (tmp_path / "postgres" / "global" / "pg_control").write_bytes(b"")
    said = await refusal(tmp_path, StartError)
    assert said.startswith("Postgres did not start: ")
    assert "pg_control" in said
    assert str(tmp_path / "logs" / "postgres.log") in said


async def test_with_a_damaged_redis(tmp_path: Path) -> None:
    async with EmbeddedServers(tmp_path, postgres=False):
        pass
    manifest = tmp_path / "redis" / "appendonlydir" / "appendonly.aof.manifest"
    manifest.write_text("nonsense\n")
    said = await refusal(tmp_path, StartError, redis=True)
    assert said.startswith("Redis did not start: ")
    assert str(tmp_path / "redis") in said


async def test_with_a_lock_that_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "postgres.lock").mkdir()
    assert "postgres.lock cannot be opened" in await refusal(tmp_path, DataFolderError)


async def test_without_a_server_for_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.machine", lambda: "abacus")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "install redis-server" in await refusal(tmp_path, StartError, redis=True)


def test_a_second_serve_learns_where_the_first_is(tmp_path: Path) -> None:
    first, second = ServeLock(tmp_path), ServeLock(tmp_path)
    first.acquire()
    with pytest.raises(AlreadyServingError, match=f"process {os.getpid()}") as raised:
        second.acquire()
    assert raised.value.address is None
    first.update("http://127.0.0.1:3001")
    with pytest.raises(AlreadyServingError, match=r"at http://127\.0\.0\.1:3001") as raised:
        second.acquire()
    assert raised.value.pid == os.getpid()
    first.release()
    second.acquire()
    second.release()


def test_a_damaged_note_does_not_hide_the_lock(tmp_path: Path) -> None:
    first, second = ServeLock(tmp_path), ServeLock(tmp_path)
    first.acquire()
    (tmp_path / "serve.lock").write_bytes(b"\xff{")
    with pytest.raises(AlreadyServingError, match="another process"):
        second.acquire()
    first.release()


def test_a_lock_is_free_when_its_holder_was_killed(tmp_path: Path) -> None:
    program = (
        "import os, pathlib, signal; from db.embedded import ServeLock;"
        f"ServeLock(pathlib.Path({str(tmp_path)!r})).acquire(); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False)
    assert done.returncode == -9
    lock = ServeLock(tmp_path)
    lock.acquire()
    lock.release()
