"""As whom the servers run, and that what they and we write belongs to that user."""

from __future__ import annotations

import os
import pwd
import signal
from contextlib import suppress
from pathlib import Path

from db.embedded.folder import DataFolder
from db.embedded.launch import EXIT_REFUSED
from db.embedded.process import launch


def run_as(folder: DataFolder) -> str:
    """The launcher's AS_USER: ourselves, or as root whoever the folder belongs to, so that
    `sudo` once does not lock its owner out."""
    owner = folder.path.stat()
    if os.geteuid() != 0 or owner.st_uid == 0:
        return "self"
    return f"{owner.st_uid}:{owner.st_gid}"


def run_unprivileged_as(folder: DataFolder, program: Path) -> str:
    """The same for `program`, which refuses root: in a user namespace, else as `nobody`, to whom
    the folder then belongs."""
    as_user = run_as(folder)
    if os.geteuid() != 0 or as_user != "self":
        return as_user
    probe = launch(
        [program, "--version"],
        log=folder.logs / "postgres.log",
        death_signal=signal.SIGKILL,
        as_user="namespace",
    )
    if probe.wait_blocking() != EXIT_REFUSED:
        return "namespace"
    nobody = pwd.getpwnam("nobody")
    os.chown(folder.path, nobody.pw_uid, nobody.pw_gid)
    return run_as(folder)


def hand_over(folder: DataFolder, data: Path) -> None:
    """As root: give `data`, and what is ours around it, to whom the folder belongs."""
    if os.geteuid() != 0:
        return
    owner = folder.path.stat()
    paths = [*folder.path.glob("*"), folder.run]
    for top in (data, folder.run, folder.logs):
        for place, folders, files in os.walk(top):
            paths += [Path(place) / name for name in (*folders, *files)]
    for path in paths:
        with suppress(FileNotFoundError):  # the other server is at work beside us
            if path.lstat().st_uid != owner.st_uid:
                os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)
