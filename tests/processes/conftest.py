from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder of this test's own, with a path short enough for sockets."""
    path = Path(tempfile.mkdtemp(prefix="castmatch-process-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)
