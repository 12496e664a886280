"""Importing contacts from CSV files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from engine.audience import contact_import
from engine.audience.contact_import import BadRow, NotAContactFile, import_contacts
from engine.audience.segments import NotAList, create_segment, members
from engine.store.batch import News
from engine.store.database import Database
from engine.store.tables import contact, import_run

NOW = 1_740_992_400_000
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file of these lines."""

    def lines(*listed: str, encoding: str = "utf-8") -> Path:
        file = tmp_path / "contacts.csv"
        file.write_bytes("\n".join(listed).encode(encoding, "surrogateescape"))
        return file

    return lines


def people(database: Database) -> dict[str, dict[str, object]]:
    """What is known of each contact, by email or external id."""
    with database.read() as connection:
        rows = connection.execute(select(contact)).mappings()
        return {row["external_id"] or row["email"]: dict(row) for row in rows}


def test_known_columns_are_checked_and_the_others_become_attributes(database: Database, write: Write) -> None:
    """Known columns are brought to one spelling; other columns become attributes of the type that they look like."""
    file = write(
        "external_id,Email,phone,first_name,timezone,locale,orders,vip,score,zip,city:text",
        'u1, Anna@Example.com ,+39 320 000-0001,Anna,Europe/Rome,it_IT,12,TRUE,1.5,00123,"7"',
        "u2,,,,,,,,,,",
    )

    report = import_contacts(database, file, NOW)

    anna, other = people(database)["u1"], people(database)["u2"]
    assert (report.accepted, report.rejected) == (2, 0)
    assert (anna["email"], anna["phone"], anna["locale"]) == ("anna@example.com", "+393200000001", "it-IT")
    assert anna["attributes"] == {"orders": 12, "vip": True, "score": 1.5, "zip": "00123", "city": "7"}
    assert (other["email"], other["attributes"]) == (None, {})


def test_bad_rows_are_told_of_by_line_and_the_good_ones_kept(database: Database, write: Write) -> None:
    """A row with a fault is left out with its line, the field, what is wrong and what to do; the others come in."""
    file = write(
        "external_id,email,phone,timezone",
        "u1,a@example.com,,",
        "u2,not an address,,",
        "u3,,320 1234567,",
        "u4,,,Europe/Roma",
        ",,,Europe/Rome",
        '"u5","b@example.com"',
        "u1,c@example.com,,",
        "u6,d@example.com,,,extra",
        "null,,,",
    )

    report = import_contacts(database, file, NOW)

    assert sorted(people(database)) == ["u1", "u5"]
    assert (report.accepted, report.rejected) == (2, 7)
    told = {row.line: row.reason for row in report.bad_rows}
    assert told == {
        3: 'email: "not an address" is no email address. Write one like anna@example.com.',
        4: 'phone: "320 1234567" is no phone number with its country. '
        "Write + and the country, for example +39 320 000 0001.",
        5: 'timezone: "Europe/Roma" is no time zone. Write a name like Europe/Rome.',
        6: "The row names nobody. Fill in external_id, email or phone.",
        8: 'The external_id "u1" stood in line 2 already. Keep one of the two.',
        9: "The row has 5 cells, and the header 4. Put quotes around a cell that holds the delimiter.",
        10: 'external_id: "null" stands for nobody in particular. Give the id of one person, or none.',
    }


def test_lines_are_counted_as_an_editor_does(database: Database, write: Write) -> None:
    """A row that spans lines counts as many, and a reason names the line where its row begins."""
    file = write("external_id,note", 'u1,"two\nlines"', "anonymous,x", "u3,y")

    report = import_contacts(database, file, NOW)

    assert [row.line for row in report.bad_rows] == [4]
    assert people(database)["u1"]["attributes"] == {"note": "two\nlines"}


@pytest.mark.parametrize("rows", [50, 5_000])
def test_a_stray_quote_costs_its_own_row_alone(database: Database, write: Write, rows: int) -> None:
    """Opened, and never closed: the row is told of, and all others come in."""
    lines = [f"u{number},u{number}@x.com,Rome" for number in range(rows)]
    lines[1] = 'u1,u1@x.com,"Rome'

    report = import_contacts(database, write("external_id,email,city", *lines), NOW)

    assert (report.accepted, report.rejected) == (rows - 1, 1)
    assert [(row.line, row.cells) for row in report.bad_rows] == [(3, ("u1", "u1@x.com", '"Rome'))]
    assert "A quote is opened in this line" in report.bad_rows[0].reason


@pytest.mark.parametrize("later", ['u4,"Milan"', '"u4",Milan', 'u4,"Mi ""lan"""'])
def test_a_stray_quote_is_not_closed_by_a_later_one(database: Database, write: Write, later: str) -> None:
    """A quoted cell of a row below does not end the one above."""
    file = write("external_id,city", "u1,Rome", 'u2,"Rome', "u3,Rome", later, "u5,Rome")

    report = import_contacts(database, file, NOW)

    assert sorted(people(database)) == ["u1", "u3", "u4", "u5"]
    assert [row.line for row in report.bad_rows] == [3]


def test_rows_that_were_left_out_are_mended_and_sent_again(database: Database, write: Write) -> None:
    """Where they stood and why they were left out becomes nobody's attribute, and is no column of the next such file."""
    file = write(
        "external_id,email,wend line,wend reason",
        "u1,a@example.com,3,email: wrong",
        "u2,still wrong,4,email: wrong",
    )

    report = import_contacts(database, file, NOW)

    assert people(database)["u1"]["attributes"] == {}
    assert report.columns == ("external_id", "email")
    assert [(row.line, row.cells) for row in report.bad_rows] == [(3, ("u2", "still wrong"))]


def test_text_that_is_not_utf8_spoils_its_row_alone(database: Database, tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are told of, and the rows around them come in; a byte order mark is no part of a name."""
    file = tmp_path / "mixed.csv"
    file.write_bytes(
        b"\xef\xbb\xbfexternal_id;first_name\r\nu1;Zo\xc3\xab\r\nu2;Zo\xeb\r\nu3;\x00\r\nu4;Ann\r\n"
    )

    report = import_contacts(database, file, NOW)

    assert sorted(people(database)) == ["u1", "u4"]
    assert people(database)["u1"]["first_name"] == "Zoë"
    assert [row.line for row in report.bad_rows] == [3, 4]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("", "The file is empty. Its first line names the columns."),
        (
            "name,city",
            "No column of the header names a person. Call one of them external_id, email or phone.",
        ),
        ("email,email", 'The column "email" stands twice in the header. Rename one of the two.'),
        ("email,,city", "Column 2 of the header has no name. Name it, or remove it."),
        ("email,pr\udce9nom", "The file is not text in UTF-8. Save it as CSV in UTF-8."),
        ("e\x00m\x00a\x00i\x00l\x00", "The file is not text in UTF-8. Save it as CSV in UTF-8."),
        (
            'external_id,"favourite\ntoy",email',
            "A quote is opened in the header that is not closed behind its name. Write all names of columns in one line.",
        ),
    ],
)
def test_a_header_that_makes_no_sense_stops_the_file(
    sqlite: Database, write: Write, header: str, said: str
) -> None:
    """A file whose header does not say whom its rows are about is refused, with what to do."""
    with pytest.raises(NotAContactFile) as refused:
        import_contacts(sqlite, write(header, "x,y,z"), NOW)

    assert str(refused.value) == said


def test_a_segment_is_filled_and_tells_of_those_who_came_in(database: Database, write: Write) -> None:
    """The contacts of good rows become members of the list, and those who were not in it yet are news, once."""
    heard: list[News] = []

    def tell(connection: Connection, news: Sequence[News]) -> None:
        heard.extend(news)

    file = write("email", "a@example.com", "bad", "b@example.com")
    import_contacts(database, file, NOW, segment="Spring", tell=tell)
    report = import_contacts(database, file, NOW, segment="Spring", tell=tell)

    with database.read() as connection:
        inside = members(connection, "Spring", now=NOW)
    assert len(inside) == 2
    assert report.segment is not None
    assert [(one.contact, one.name, one.properties) for one in heard] == [
        (who, "segment.entered", {"segment": "Spring"}) for who in inside
    ]


def test_a_segment_of_another_kind_is_not_filled_by_hand(database: Database, write: Write) -> None:
    """A segment by tag keeps to its tag."""
    with database.write() as connection:
        create_segment(connection, "Active", now=NOW, tag="active")

    with pytest.raises(NotAList, match="Choose another name"):
        import_contacts(database, write("email", "a@example.com"), NOW, segment="Active")


class Crash(BaseException):
    """The process dies."""


def test_an_import_that_was_broken_off_goes_on_behind_its_last_page(
    database: Database, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second run of the same file writes only what the first did not commit, and tells of all bad rows."""
    monkeypatch.setattr(contact_import, "PAGE", 10)
    file = write(
        "external_id,n", "anonymous,0", *(f"u{number},{number}" for number in range(1, 35)), "null,0"
    )

    def die(done: int) -> None:
        if done > 21:
            raise Crash

    with pytest.raises(Crash):
        import_contacts(database, file, NOW, segment="All", progress=die)
    with database.read() as connection:
        before = connection.execute(select(import_run)).one()
        kept = len(connection.execute(select(contact.c.id)).all())
    lines: list[int] = []
    report = import_contacts(database, file, NOW + 1, segment="All", progress=lines.append)

    made = {name: person["created_at"] for name, person in people(database).items()}
    assert (before.lines_done, before.finished, kept) == (31, False, 29)
    assert {name for name, at in made.items() if at == NOW} == {f"u{number}" for number in range(1, 30)}
    assert len(made) == 34
    assert (report.resumed, report.accepted, report.rejected) == (True, 34, 2)
    assert [row.line for row in report.bad_rows] == [2, 37]
    assert lines == [11, 21, 31, 37]


def test_a_file_that_is_imported_again_updates_its_contacts(database: Database, write: Write) -> None:
    """The same file again makes no contact twice, and brings back what has changed meanwhile."""
    file = write("email,city", "a@example.com,Rome")
    import_contacts(database, file, NOW)
    import_contacts(database, write("email,city", "A@EXAMPLE.COM,Milan"), NOW)
    report = import_contacts(database, write("email,city", "a@example.com,Rome"), NOW)

    assert report.accepted == 1
    assert not report.resumed
    assert [person["attributes"] for person in people(database).values()] == [{"city": "Rome"}]


def test_a_report_tells_of_no_more_bad_rows_than_anyone_reads(
    sqlite: Database, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All bad rows are counted; only the first ones are kept, so that a wrong file does not fill the memory."""
    monkeypatch.setattr(contact_import, "MOST_TOLD", 3)
    report = import_contacts(sqlite, write("email", *(["wrong"] * 5)), NOW)

    assert report.rejected == 5
    assert report.bad_rows == [
        BadRow(line, 'email: "wrong" is no email address. Write one like anna@example.com.')
        for line in (2, 3, 4)
    ]
