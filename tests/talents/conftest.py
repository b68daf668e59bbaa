"""What the tests of the talent search share."""

from __future__ import annotations

import pytest

from memory.embedder import LocalEmbedder


@pytest.fixture(scope="session")
def embedder() -> LocalEmbedder:
    """The model of the installation, loaded once."""
    return LocalEmbedder()
