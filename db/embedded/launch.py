"""Starts one server so that it cannot outlive us, and never as root.

Run as a script, in its own short-lived interpreter, with only the standard library:

    python -I -S launch.py PARENT_PID SIGNAL AS_USER PROGRAM [ARGUMENT…]

It becomes PROGRAM, which gets SIGNAL when the thread that started it ends, however it ends
(Linux; elsewhere the next start replaces what is left). AS_USER is one of

- `self`: as whoever we are;
- `namespace`: as an ordinary user of a new user namespace that maps to whoever we are, so that
  Postgres, which refuses root, runs on files that we own;
- `UID:GID`: as that user (for root, where the others cannot be).
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
INNER_ID = 1000
EXIT_REFUSED = 97
"""The exit code for "this way of giving up root is not possible here"."""


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def enter_user_namespace() -> None:
    """Become an ordinary user inside, still ourselves outside. `OSError` where refused."""
    uid, gid = os.geteuid(), os.getegid()
    if _libc().unshare(CLONE_NEWUSER) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{INNER_ID} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{INNER_ID} {gid} 1")


def become(uid: int, gid: int) -> None:
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def die_with_parent(parent: int, signal_number: int) -> None:
    """Ask the kernel for the signal. After every change of user, as each one clears it."""
    if sys.platform != "linux":
        return
    if _libc().prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    if os.getppid() != parent:  # it ended before we asked
        sys.exit(0)


def main(arguments: list[str]) -> None:
    parent, signal_number, as_user, program = arguments[:4]
    try:
        if as_user == "namespace":
            enter_user_namespace()
        elif as_user != "self":
            become(*map(int, as_user.split(":")))
    except OSError as error:
        sys.stderr.write(f"cannot run as {as_user}: {error}\n")
        sys.exit(EXIT_REFUSED)
    die_with_parent(int(parent), int(signal_number))
    try:
        os.execv(program, arguments[3:])  # noqa: S606 - the program and arguments are ours
    except OSError as error:
        sys.exit(f"cannot run {program}: {error.strerror}")


if __name__ == "__main__":
    main(sys.argv[1:])
