"""How words and names are compared by us, once they are read: as `castmatch_fold` does it."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """Without case, accents on Latin letters and compatibility forms."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(c for c in decomposed if not "\u0300" <= c <= "\u036f")
    return unicodedata.normalize("NFC", bare).lower()
