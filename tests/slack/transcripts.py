"""Prints the scripted conversations, or one of them, as people see them:

python -m tests.slack.transcripts [--write] [NAME]
"""

from __future__ import annotations

from tests.slack.scripts import SCRIPTS

if __name__ == "__main__":
    SCRIPTS.print()
