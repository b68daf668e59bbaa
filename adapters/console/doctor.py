"""How `castmatch doctor` shows what it found."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape

from bot.doctor import Finding, State

_MARKS = {State.WORKS: "[green]✓[/]", State.NOT_SET: "[dim]–[/]", State.FAILS: "[red]✗[/]"}


def show_findings(console: Console, findings: Sequence[Finding]) -> bool:
    """Print a line for each part and what to do for what fails; whether nothing fails."""
    width = max(len(finding.part) for finding in findings)
    for finding in findings:
        console.print(
            f"{_MARKS[finding.state]} {finding.part:<{width}}  {escape(finding.said)}",
            soft_wrap=True,
        )
        if finding.remedy:
            console.print(f"  {'':<{width}}  → {escape(finding.remedy)}", soft_wrap=True)
    return all(finding.state is not State.FAILS for finding in findings)
