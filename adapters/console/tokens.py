"""What `castmatch tokens` prints."""

from __future__ import annotations

from rich.console import Console


def show_rotation(console: Console, renewed: int, unreadable: int) -> bool:
    """Say how it went, and whether all went well."""
    console.print(f"Encrypted {renewed} anew with the first of TOKEN_KEYS.", markup=False)
    if unreadable:
        console.print(
            f"None of TOKEN_KEYS opens {unreadable} more: they are as they were. Put the key that "
            "was in use back into TOKEN_KEYS, or install the app again where it is missing.",
            markup=False,
            soft_wrap=True,
        )
    return not unreadable
