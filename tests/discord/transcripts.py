"""Prints the scripted conversations, or one of them, as people see them:

python -m tests.discord.transcripts [--write] [NAME]
"""

from __future__ import annotations

from tests.discord.scripts import SCRIPTS

if __name__ == "__main__":
    SCRIPTS.print()
