"""A file to rows: each record is a talent, or a line with the reason why not."""

from __future__ import annotations

import io
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.roster import BadRow, ParsedRow, Roster, RosterError, read_roster
from tests.roster.fuzz_csv import check, fuzz

TODAY = date(2026, 11, 23)


def read(text: str | bytes) -> Roster:
    data = text if isinstance(text, bytes) else text.encode()
    return read_roster(io.BytesIO(data), today=TODAY)


def one(text: str) -> ParsedRow:
    [row] = read(text)
    assert isinstance(row, ParsedRow), row
    return row


def reasons(text: str | bytes) -> list[str]:
    return [str(row) for row in read(text) if isinstance(row, BadRow)]


def names(text: str | bytes) -> list[str]:
    return [row.talent.name for row in read(text) if isinstance(row, ParsedRow)]


def test_columns_may_have_many_names() -> None:
    row = one(
        "Full Name,Age range,Languages known,Day rate (INR),Location,Ht,E-Mail,Sex,Dance\n"
        'Meera Rao,24-30,"Marathi, Hindi",15k,bombay,5\'6",m@example.com,F,Kathak\n'
    )
    talent = row.talent
    assert (talent.name, talent.city, talent.height_cm, talent.gender) == (
        "Meera Rao", "Mumbai", 168, "female",
    )  # fmt: skip
    assert talent.playing_age is not None
    assert talent.day_rate is not None
    assert (talent.playing_age.min, talent.day_rate.max) == (24, 15_000)
    assert talent.skills == ("Kathak",)
    assert row.source_key == "email:m@example.com"


@pytest.mark.parametrize(
    ("title", "field"),
    [
        ("LANGUAGES", "languages"), ("languges", "languages"), ("Playing_Age", "playing_age"),
        ("avalability", "available"), ("Dates Available", "available"), ("shehar", "city"),
        ("idiomas", "languages"), ("fee per day", "day_rate"), ("dayRate", "day_rate"),
        ("Height (cm)", "height"), ("Special Skills", "skills"), ("Head-shot", "headshot_url"),
    ],
)  # fmt: skip
def test_misspelt_and_foreign_titles(title: str, field: str) -> None:
    assert read(f"name,{title}\nMeera,\n").columns.places == {"name": (0,), field: (1,)}


def test_ages_may_be_in_two_columns_and_names_too() -> None:
    row = one("First name,Last name,Age from,Age to\nMeera,Rao,24,30\n")
    assert row.talent.name == "Meera Rao"
    assert row.talent.playing_age is not None
    assert (row.talent.playing_age.min, row.talent.playing_age.max) == (24, 30)


def test_unknown_columns_are_reported_and_not_fatal() -> None:
    roster = read("name,Shoe size\nMeera,7\n")
    assert roster.columns.unmapped == ("Shoe size",)
    assert len(list(roster)) == 1


@pytest.mark.parametrize(
    "title",
    ["Aadhaar No.", "adhar card", "PAN", "Passport number", "SSN", "Religion", "caste", "Race",
     "Skin tone", "Complexion", "DOB", "Date of Birth", "Ethnicity", "religon"],
)  # fmt: skip
def test_forbidden_fields_are_never_read(title: str) -> None:
    roster = read(f"name,{title}\nMeera,SECRET 1990-01-02\n")
    assert roster.columns.kept_out == (title,)
    [row] = roster
    assert isinstance(row, ParsedRow)
    assert "SECRET" not in repr(row)
    assert "1990" not in repr(row)


def test_government_ids_in_a_bio_are_left_out_and_said_so() -> None:
    row = one("name,bio\nMeera,Aadhaar 2345 6789 0123 and PAN ABCPE1234F. Rides horses.\n")
    assert "2345" not in repr(row)
    assert "ABCPE1234F" not in repr(row)
    assert "Rides horses" in row.talent.bio
    assert row.notes == ("bio: a government id number is left out",)


@pytest.mark.parametrize(
    "cells",
    ["age\nKid,12", "minor\nKid,yes", "playing age\nKid,8-12", "DOB\nKid,2015-03-01",
     "DOB\nKid,01/03/2015"],
)  # fmt: skip
def test_minors_are_refused_without_consent(cells: str) -> None:
    [reason] = reasons(f"name,{cells}\n")
    assert "under 18" in reason
    assert "guardian" in reason


def test_minors_with_consent_are_marked() -> None:
    row = one("name,age,guardian's consent\nKid,12,yes\n")
    assert (row.minor, row.guardian_consent_on) == (True, TODAY)
    dated = one("name,age,guardian consent\nKid,12,2026-05-01\n")
    assert dated.guardian_consent_on == date(2026, 5, 1)
    assert reasons("name,age,guardian consent\nKid,12,no\n")


def test_adults_who_play_children_are_no_minors() -> None:
    assert one("name,age,playing age\nMeera,19,14-17\n").minor is False
    assert one("name,minor,playing age\nMeera,no,14-17\n").minor is False
    assert one("name,playing age\nMeera,16-22\n").minor is None


def test_bad_rows_name_line_column_and_reason() -> None:
    text = 'name,playing age,Rate\nMeera,24-30,15k\n"As\nha",old,5 per hour\n,24,\n'
    assert reasons(text) == [
        'line 3: playing age: “old” is not an age range: write it like "24-30"; '
        'Rate: “5 per hour” is not a day rate ("per hour")',
        "line 5: name: there is no name",
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(delimiter: str) -> None:
    text = "name,city,skills\nMeera,Pune,Kathak\n".replace(",", delimiter)
    assert one(text).talent.city == "Pune"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(encoding: str) -> None:
    assert names("name,city\nमीरा,पुणे\nJosé,Paris\n".encode(encoding)) == ["मीरा", "José"]


def test_windows_1252_even_among_utf_8() -> None:
    data = "name\nJosé “Pepe”\n".encode("cp1252") + "मीरा\n".encode()
    assert names(data) == ["José “Pepe”", "मीरा"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_and_quoted_newlines(end: str) -> None:
    text = end.join(["name,bio,city", 'Meera,"Two', 'lines, ""quoted"" too",Pune', "Asha,,", ""])
    rows = list(read(text))
    assert [row.line for row in rows] == [2, 4]
    assert isinstance(rows[0], ParsedRow)
    assert rows[0].talent.bio == 'Two\nlines, "quoted" too'


def test_a_quotation_mark_never_closed_costs_one_row() -> None:
    text = 'name,city\nRavi,"Pune\n' + "".join(f"Talent {n},Pune\n" for n in range(700))
    assert len(names(text)) == 700
    assert reasons(text) == ["line 2: a quotation mark is opened and never closed"]


def test_a_stray_quotation_mark_joins_no_two_rows() -> None:
    assert names('name,bio\nRavi,"hello\nMeera,ok\nAsha,"fine"\n') == ["Meera", "Asha"]
    assert names("name,ht\nRavi,5'6\"\nMeera,5'4\"\n") == ["Ravi", "Meera"]


def test_too_many_values_are_no_silent_loss() -> None:
    [reason] = reasons("name,bio\nMeera,tall, funny\n")
    assert "3 values for 2 columns" in reason


def test_lines_above_the_column_names() -> None:
    roster = read("Roster of 2026,,\n,,\nname,city,gender\nMeera,Pune,F\n")
    assert [str(row) for row in roster if isinstance(row, BadRow)] == [
        "line 1: it stands above the column names, so it is not read"
    ]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"), (b"\n\n ,,\n", "No column for the talents' names"),
        (b"city,age\nPune,24\n", "No column for the talents' names"),
        (b"name,city\n", "no talents below"), (b"PK\x03\x04rest", "workbook"),
        (bytes(range(256)) * 9, "not a text file"), (b"%PDF-1.7", "PDF"),
    ],
)  # fmt: skip
def test_a_wholly_wrong_file_gives_one_clear_error(data: bytes, said: str) -> None:
    with pytest.raises(RosterError, match=said):
        read(data)


def test_keys_tell_people_apart() -> None:
    rows = list(
        read(
            "name,email,city\nMeera,agent@example.com,\nAsha,agent@example.com,\n"
            "Ravi,,Pune\nRavi,,Delhi\nRavi,,Delhi\nOvi,,\n"
        )
    )
    assert [row.source_key for row in rows if isinstance(row, ParsedRow)] == [
        "email:agent@example.com name:meera", "email:agent@example.com name:asha",
        "name:ravi city:pune", "name:ravi city:delhi", "name:ovi",
    ]  # fmt: skip
    assert [row.line for row in rows if isinstance(row, BadRow)] == [6]


def test_an_address_that_is_none_is_left_out_with_a_note() -> None:
    row = one("name,headshot,reel\nMeera,IMG_1.jpg,javascript:alert(1)\n")
    assert (row.talent.headshot_url, row.talent.reel_url, len(row.notes)) == ("", "", 2)
    assert one("name,reel\nMeera,example.com/r\n").talent.reel_url == "https://example.com/r"


def test_a_line_longer_than_any_is_a_bad_row() -> None:
    text = "name,bio\nMeera," + "x" * 300_000 + "\nAsha,ok\n"
    assert names(text) == ["Asha"]
    assert [row.line for row in read(text)] == [2, 3]


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    check(data)
    check(b"name,bio\n" + data)


@pytest.mark.no_cover
def test_mangled_rosters() -> None:
    fuzz(1500, seed=7)
