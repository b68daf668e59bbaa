"""Throws mangled files at the roster reader: nothing may crash, and no record may get lost.

python -m tests.roster.fuzz_csv 34000
"""

from __future__ import annotations

import io
import sys
from datetime import date
from random import Random

from bot.roster import RosterError, read_roster
from bot.roster.records import read_lines, split_records

TODAY = date(2026, 11, 23)

_SEEDS = (
    'id,name,playing age,languages,height\n1,Meera Rao,24-30,"Marathi (native), Hindi",5\'6"\n'
    '2,"Asha ""Ash"" Pai",mid 20s,Urdu/Hindi,168 cm\n\n3,Ravi,25+,,1.68m\n',
    "Full Name;Day Rate (INR);Available;Credits\n"
    "Ravi;15k-25k;1-14 Dec 2026;Paper Kites (thief, 2021)\n"
    "मीरा;1.5 lakh;any time;\nJosé;negotiable;2026-12-01..2026-12-14; Tin Ferry\n",
    "artist\tbio\tDOB\tAadhaar no\tminor\tguardian consent\n"
    'Zoya\t"Two\nlines, one ""quote"""\t01/01/2012\t2345 6789 0123\tyes\t2026-01-01\n',
    "name,skills,union,gender,email\r\n"
    'Ovi,"horse riding, kathak (12 yrs)",CINTAA,F,o@example.com\r\n',
    "name\nOne\nTwo\nTwo\n",
)
_SPICE = (
    b'"', b'""', b",", b";", b"\t", b"|", b"\n", b"\r", b"\r\n", b"\x00", b"\xff\xfe",
    b"\xef\xbb\xbf", b"\xe9", b"\xf0\x9f\x8e\xac", b"'", b"9" * 40, b"(", b")", b"-", b"..",
    b"\x1a", b"\xed\xa0\x80", "५’६”".encode(), "½".encode(), "²".encode(), "१-२".encode(),
    b"2026-02-31", b"1e999", b"\x0b\x0c\x85", "\u2028\u2029\u0085".encode(), b"0-0",
    b"99999999999999999999-1", b"http://[", b"00/00/0000", b"31 Feb", b"a" * 300,
)  # fmt: skip
_ENCODINGS = ("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1")


def mangled(draw: Random) -> bytes:
    """A roster with a few things wrong, or noise."""
    if draw.random() < 0.05:
        return draw.randbytes(draw.randint(0, 200))
    text = draw.choice(_SEEDS)
    if draw.random() < 0.3:
        lines = text.splitlines(keepends=True)
        draw.shuffle(lines)
        text = "".join(lines)
    data = bytearray(text.encode(draw.choice(_ENCODINGS), errors="replace"))
    for _ in range(draw.randint(0, 6)):
        at = draw.randrange(len(data) + 1)
        match draw.randrange(4):
            case 0:
                data[at:at] = draw.choice(_SPICE)
            case 1:
                del data[at : at + draw.randint(1, 12)]
            case 2:
                data[at : at + 1] = draw.randbytes(1)
            case _:
                data[at:at] = data[at : at + draw.randint(1, 40)]
    return bytes(data)


def check(data: bytes) -> None:
    """Read one file and account for each of its records and, in them, for each letter."""
    try:
        roster = read_roster(io.BytesIO(data), today=TODAY)
    except RosterError as error:
        if not str(error).endswith("."):
            raise
        return
    rows = list(roster)
    lines = list(read_lines(io.BytesIO(data)))
    records = list(split_records(lines, roster.delimiter))
    after = 0
    for record in records:
        assert record.line == after + 1, "a line belongs to no record"
        after = record.end_line
        if not record.problem:
            said = "".join(lines[record.line - 1 : record.end_line])
            assert _letters(said) == _letters("".join(record.cells)), (said, record.cells)
    assert after == len(lines), "the last lines belong to no record"
    expected = [r.line for r in records if not r.is_blank and r.line != roster.header_line]
    assert [row.line for row in rows] == expected, "a record is neither parsed nor reported"
    assert roster.records == len(expected)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def fuzz(n: int, seed: int = 0) -> None:
    """Check `n` mangled files; the failing one is in the error."""
    draw = Random(seed)
    for number in range(n):
        data = mangled(draw)
        try:
            check(data)
        except Exception as error:
            raise AssertionError(f"input {number} of seed {seed}: {data!r}") from error


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 34_000
    fuzz(count)
    sys.stdout.write(f"{count:,} files: no crash, no loss\n")
