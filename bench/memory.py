"""The product's own recall over conversations whose questions have known answers.

    python -m bench.memory FILE [--json OUT] [--others 1000000] [--fit]
    python bench/memory.py FILE [...]

What it does is told in bench/memory_run.py.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

if __name__ == "__main__":
    # Python puts this script's folder first, where this file would pass for the package `memory`.
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    from bench.memory_run import main

    asyncio.run(main())
