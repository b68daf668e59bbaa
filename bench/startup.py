"""From an empty folder to an answered question: where the time goes.

Copies the tracked files into an empty folder, creates the environment, installs, starts the
server, asks a question over the page's WebSocket, and does the last two again on the same data.

    .venv/bin/python bench/startup.py [--json FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import websockets
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parent.parent
QUESTION = "women 24-30 in Pune who speak Marathi"
READY_SECONDS = 120


def main() -> None:
    arguments = argparse.ArgumentParser(description="From an empty folder to an answered question")
    arguments.add_argument("--json", type=Path, help="also write the figures to this file")
    options = arguments.parse_args()
    figures = measure()
    table = Table("step", "seconds", title="From an empty folder to an answered question")
    for step, seconds in figures.items():
        table.add_row(step, f"{seconds:.1f}")
    Console().print(table)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2))


def measure() -> dict[str, float]:
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="castmatch-bench-") as name:
        folder = Path(name) / "castmatch"
        _copy_tracked_files(folder)
        with _timed(figures, "create the environment"):
            subprocess.run(["make", "-s", ".venv/bin/python"], cwd=folder, check=True)
        with _timed(figures, "install the packages"):
            subprocess.run(["make", "-s", ".venv/.installed"], cwd=folder, check=True)
        for start in ("first", "second"):
            with (
                _serving(folder, figures, f"{start} start") as address,
                _timed(figures, f"{start} question"),
            ):
                asyncio.run(_ask(address))
    figures["first answer, in all"] = sum(list(figures.values())[:4])
    return figures


@contextmanager
def _timed(figures: dict[str, float], step: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    figures[step] = time.perf_counter() - began


def _copy_tracked_files(folder: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)


@contextmanager
def _serving(folder: Path, figures: dict[str, float], step: str) -> Iterator[str]:
    """`castmatch serve` in that folder, timed until it says that it is ready; its address."""
    log = folder / "serve.log"
    began = time.perf_counter()
    with log.open("w") as output:
        server = subprocess.Popen(
            [".venv/bin/castmatch", "serve"],
            cwd=folder,
            stderr=output,
            env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")},
        )
    try:
        while not (ready := re.search(r"ready: (http://\S+)", log.read_text())):
            if server.poll() is not None or time.perf_counter() - began > READY_SECONDS:
                sys.exit(f"The server did not start:\n{log.read_text()}")
            time.sleep(0.02)
        figures[step] = time.perf_counter() - began
        yield ready[1]
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=10)


async def _ask(address: str) -> None:
    """Ask on a new conversation's socket, and return when the reply with its talents is whole."""
    hello = {"type": "hello", "v": 1, "conversation": _new_id(), "person": _new_id()}
    async with (
        asyncio.timeout(READY_SECONDS),
        websockets.connect(
            f"{address.replace('http', 'ws', 1)}/ws", origin=websockets.Origin(address)
        ) as socket,
    ):
        await socket.send(json.dumps(hello))
        await socket.send(json.dumps({"type": "send", "id": _new_id(), "text": QUESTION}))
        async for frame in socket:
            for turn in json.loads(frame).get("turns", ()):
                if turn["phase"] == "ended":
                    if not any(page.get("cards") for page in turn["pages"]):
                        sys.exit(f"The answer has no talents: {turn}")
                    return


def _new_id() -> str:
    return secrets.token_urlsafe(16)


if __name__ == "__main__":
    main()
