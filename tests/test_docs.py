"""What the documents say is there is there, and what is there is in the documents."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from typer.main import get_command

from bot.__main__ import app
from bot.metrics import Metrics

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()


def test_the_readme_lists_every_command() -> None:
    top: Any = get_command(app)
    commands = set()
    for name, command in top.commands.items():
        commands |= {f"{name} {sub}" for sub in getattr(command, "commands", ())} or {name}
    listed = re.findall(r"^\| `castmatch ([a-z]+(?: [a-z]+)?)", README, re.MULTILINE)
    assert sorted(listed) == sorted(commands)


def test_operations_lists_every_metric() -> None:
    families = Metrics().registry.collect()
    metrics = {
        f"{family.name}_total" if family.type == "counter" else family.name for family in families
    }
    assert set(re.findall(r"^\| `(castmatch_\w+)`", OPERATIONS, re.MULTILINE)) == metrics


def test_links_between_documents_lead_somewhere() -> None:
    for document in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text()):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_make_targets_that_the_documents_name_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for document in (ROOT / "README.md", ROOT / "CONTRIBUTING.md"):
        for named in re.findall(r"^make ([a-z-]+)", document.read_text(), re.MULTILINE):
            assert named in targets
