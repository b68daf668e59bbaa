from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.folders import server_folder


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder of this test's own, with a path short enough for sockets."""
    with server_folder("castmatch-process-") as path:
        yield path
