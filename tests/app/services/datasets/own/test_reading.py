"""Files as people have them: separators, encodings, workbooks, dates, numbers."""

import io
import shutil
import zipfile

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from app.services.datasets.own import limits, sources, suggested
from app.services.datasets.own.recipe import Column
from runtime.errors import LayerloomError

ROWS = [("2024-01-05", "red", 1.5, "a"), ("2024-02-06", "blue", 2.25, "b"), ("2024-03-07", "red", -3.25, "a")]
NAMES = ("day", "colour", "size", "kind")


def lines(separator: str = ",", decimal: str = ".") -> str:
    rows = [[day, colour, str(size).replace(".", decimal), kind] for day, colour, size, kind in ROWS * 8]
    return "\n".join(separator.join(row) for row in [list(NAMES), *rows]) + "\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("comma.csv", lines().encode()),
        ("tabs.tsv", lines("\t").encode()),
        ("european.csv", lines(";", ",").encode()),
        ("bars.txt", lines("|").encode()),
        ("windows.csv", lines().replace("\n", "\r\n").encode("utf-8-sig")),
        ("utf16.csv", lines().encode("utf-16")),
        ("western.csv", lines().replace("red", "grün").encode("cp1252")),
    ],
)
def test_a_text_is_read_however_it_is_written(own, name, content):
    source = own.read(own.file(name, content))
    facts = {column.name: column for column in source.columns}
    assert list(facts) == list(NAMES)
    assert source.rows == 24
    assert [column.kind for column in source.columns] == ["date", "category", "number", "category"]
    assert (facts["size"].low, facts["size"].high, facts["size"].numbers) == (-3.25, 2.25, 24)
    assert facts["colour"].values[0][0] in {"red", "grün"}
    assert facts["colour"].values[0][1] == 16


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("names", ["a,b", "\na,b", "\n\na,b", ",\na,b", 'a,"b\nof all"'])
def test_names_are_found_under_empty_lines_and_over_several(own, names, end):
    text = f"{names}\n1,2\n3,4\n"
    source = own.table(text.replace("\n", end))
    assert [column.name[0] for column in source.columns] == ["a", "b"]
    assert [(column.low, column.high) for column in source.columns] == [(1, 3), (2, 4)]
    assert source.rows == 2
    # Counted from the row of the names, as cells are.
    with pytest.raises(LayerloomError, match="Row 4 has 3 cells"):
        own.table(f"{text}5,6,7\n".replace("\n", end))


@pytest.mark.parametrize(
    ("rows", "last", "note"),
    [
        (b"1,x\n2,caf\xe9", "café", "Western European"),
        (b"1,x\n2,gr\xfcn\x81\n", "grün\x81", "Latin-1"),
        (b"1,gr\xfcn\n" * 300_000 + b"2,\x9dx\n", "\x9dx", "Latin-1"),
    ],
    ids=["cut", "odd", "late"],
)
def test_a_text_that_is_not_utf_8_is_read_whatever_its_bytes(own, rows, last, note):
    """A sign that is cut off at the end, and bytes that Windows has no signs for, wherever they are."""
    source = own.read(own.file("old.csv", b"a,b\n" + rows))
    assert note in source.notes[0]
    assert last in [text for text, _ in source.column("b").values]


@pytest.mark.parametrize("rows", [1, 100_000])
def test_a_text_of_two_bytes_a_sign_that_was_cut_off_is_refused(own, rows):
    content = ("a,b\n" + "1,2\n" * rows).encode("utf-16")[:-1]
    with pytest.raises(LayerloomError, match="no text in UTF-16; it may have been cut off"):
        own.read(own.file("cut.csv", content))


def test_numbers_too_large_to_compute_with_are_no_numbers(own):
    """Such as programs write where they know nothing: their mean would be infinite."""
    rows = [f"{n / 10},{n % 3}" for n in range(100)] + ["1.7976931348623157e308,1"] * 2
    source = own.table("\n".join(["size,kind", *rows]))
    facts = source.column("size")
    assert (facts.kind, facts.numbers, facts.high) == ("number", 100, 9.9)
    assert facts.not_number == (102, "1.7976931348623157e308")
    recipe = suggested(source)
    columns = {**recipe.columns, "size": Column(kind="number", odd="missing")}
    made = own.made(source, recipe.model_copy(update={"columns": columns}))
    assert len(made.train) + len(made.test) == 100
    assert np.isfinite(made.train.x).all()


@pytest.mark.parametrize(
    ("separator", "cells", "numbers", "mean"),
    [
        (";", ("1.234,5", "900,5", "1.234.567,0", "x"), 3, 412234.0),
        (",", ('"1,234.5"', "900.5", '"1,234,567.0"', "1'000.5"), 4, 309425.625),
        # Whether these are thousands or fractions nobody can tell.
        (";", ("1.234", "0,5", "0,7", "0,125"), 3, 0.441667),
        (",", ('"1,234"', "0.5", '"0,125"', "0.7"), 2, 0.6),
    ],
)
def test_thousands_may_be_apart_where_that_is_plain(own, separator, cells, numbers, mean):
    rows = [f"{cell}{separator}{'uv'[place % 2]}" for place, cell in enumerate(cells * 4)]
    facts = own.table("\n".join([f"a{separator}b", *rows])).columns[0]
    assert facts.numbers == 4 * numbers
    assert facts.mean == pytest.approx(mean, rel=1e-5)


def test_of_a_workbook_any_sheet_can_be_read_and_one_that_cannot_is_passed_over(own):
    book = openpyxl.Workbook()
    book.active.title = "Sums"
    book.active.append(("=1+1",))
    book.create_sheet("Empty")
    for name, value in (("May", 5), ("June", 6)):
        sheet = book.create_sheet(name)
        sheet.append(("month", "kind"))
        for n in range(4):
            sheet.append((value, "xy"[n % 2]))
    path = own.folder / "book.xlsx"
    book.save(path)
    may = own.read(path)
    assert (may.sheet, may.sheets) == ("May", ("Sums", "Empty", "May", "June"))
    assert "'Sums' was passed over" in may.notes[0]
    assert "cell A1 holds a formula" in may.notes[0]
    kept = may.folder / "workbook.xlsx"
    june = own.read(kept, file_name="book.xlsx", sheet="June", replaces=may.id)
    assert june.columns[0].low == 6
    assert may.id not in {source.id for source in sources()}, "nothing was prepared from it"
    with pytest.raises(LayerloomError, match="A1"):
        own.read(june.folder / "workbook.xlsx", file_name="book.xlsx", sheet="Sums")


def test_why_no_sheet_could_be_read_is_said_of_each(own):
    book = openpyxl.Workbook()
    book.active.title = "Sums"
    book.active.append(("=1+1",))
    book.create_sheet("Notes")
    path = own.folder / "sums.xlsx"
    book.save(path)
    with pytest.raises(LayerloomError, match=r"'Sums' .* A1 holds a formula.*'Notes' holds no table.*paste"):
        own.read(path)


def test_sheets_of_the_same_columns_are_versions_of_their_own(own):
    book = openpyxl.Workbook()
    for name, first in (("May", 5), ("June", 600)):
        sheet = book.active if name == "May" else book.create_sheet()
        sheet.title = name
        for row in (("level", "kind"), *((first + n / 8, "xy"[n % 2]) for n in range(40))):
            sheet.append(row)
    path = own.folder / "months.xlsx"
    book.save(path)
    # A version's name has the begin of its title, which is the same for both.
    title = "What was measured in the months of a year"
    may, june = (own.read(path, sheet=name, title=title) for name in ("May", "June"))
    assert own.made(may).train.shown.max() < 11
    assert own.made(june, suggested(may)).train.shown.min() >= 600


def test_a_workbook_and_a_parquet_file_give_what_the_text_gives(own):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(NAMES)
    for row in ROWS * 8:
        sheet.append(row)
    book.create_sheet("Notes").append(["something else"])
    path = own.folder / "book.xlsx"
    book.save(path)
    columns = {name: [row[place] for row in ROWS * 8] for place, name in enumerate(NAMES)}
    pq.write_table(pa.table(columns), own.folder / "table.parquet")
    text, from_book, from_parquet = (
        own.read(file) for file in (own.file("t.csv", lines()), path, own.folder / "table.parquet")
    )
    assert not from_book.notes
    assert "Notes" in from_book.sheets
    for source in (from_book, from_parquet):
        assert [facts.model_dump() for facts in source.columns] == [
            facts.model_dump() for facts in text.columns
        ]


def test_names_that_are_missing_or_double_are_made_plain_and_said(own):
    source = own.table("a,,a\n1,2,x\n3,4,y\n")
    assert [column.name for column in source.columns] == ["a", "column 2", "a (2)"]
    assert len(source.notes) == 2
    numbered = own.table("1,2\n3,4\n")
    assert [column.name for column in numbered.columns] == ["column 1", "column 2"]
    assert numbered.rows == 2


def test_columns_that_teach_nothing_are_found(own):
    rows = "\n".join(f"{n},same,{n % 7},name {n:03d},text of {n} in several words" for n in range(60))
    source = own.table(f"number,constant,value,person,story\n{rows}\n")
    kinds = {column.name: (column.kind, column.why) for column in source.columns}
    assert kinds["number"] == ("ignore", "it numbers the rows")
    assert kinds["constant"][0] == "ignore"
    assert kinds["value"][0] == "category"
    assert kinds["story"][0] == "text"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n3,4,5\n", r"Row 3 has 3 cells, the first row 2: '3,4,5'.*commas.*quotation"),
        ("a,b\n1\n", r"Row 2 has 1 cells, the first row 2"),
        ("", "empty"),
        (",,\n,,\n", "empty"),
        ("a,b\n", "no rows"),
        ('a,b\n1,"2\n' + "3,4\n" * 40_000, "quotation mark"),
        ("a,b\n1,\0\n", "Row 2 holds bytes that are no text"),
    ],
)
def test_a_bad_text_is_refused_with_the_row_and_how_to_mend_it(own, text, said):
    with pytest.raises(LayerloomError, match=said):
        own.table(text)


def test_a_cell_that_is_no_number_is_named_by_row_and_column(own):
    rows = "\n".join(f"{n},{n % 2}" for n in range(1, 60))
    source = own.table(f"size,kind\n{rows}\n12 kg,1\n")
    assert source.column("size").kind == "number"
    assert source.column("size").not_number == (61, "12 kg")
    with pytest.raises(
        LayerloomError, match=r"Row 61, column 'size': '12 kg' is no number\. Count such cells"
    ):
        own.name(source)


def packed(**files: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packing:
        for name, content in files.items():
            packing.writestr(name, content)
    return archive.getvalue()


def arrays(**values: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.savez(file, **values)
    return file.getvalue()


def locked(content: bytes) -> bytes:
    """The archive with the mark of a password on its files."""
    return content.replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00")


def damaged(content: bytes, member: str) -> bytes:
    """The archive with the begin of one of its files struck out, as it is packed."""
    begin = content.index(member.encode()) + len(member)
    return content[:begin] + b"\xff" * 16 + content[begin + 16 :]


def headed(shape: str) -> bytes:
    """The head of an array and nothing behind it."""
    text = f"{{'descr': '<f8', 'fortran_order': False, 'shape': ({shape}".encode()
    return b"\x93NUMPY\1\0" + (1014).to_bytes(2, "little") + text.ljust(1013) + b"\n"


def book_with(text: bytes, other: bytes) -> bytes:
    """A workbook in whose sheet a text is another."""
    book = openpyxl.Workbook()
    for row in (("a", "b"), *((n, n + 1) for n in range(50))):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    with zipfile.ZipFile(file) as archive:
        parts = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    sheet = "xl/worksheets/sheet1.xml"
    assert text in parts[sheet]
    return packed(**parts | {sheet: parts[sheet].replace(text, other)})


def formula() -> bytes:
    book = openpyxl.Workbook()
    for row in (("a", "b"), (1, "=1+1")):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def swelling_picture() -> bytes:
    """A picture whose head says that it is 60,000 by 60,000 points."""
    from PIL import Image

    file = io.BytesIO()
    Image.new("L", (8, 8)).save(file, "BMP")
    head = bytearray(file.getvalue())
    head[18:26] = (60_000).to_bytes(4, "little") * 2
    return bytes(head)


LIE = (
    b"\x93NUMPY\1\0v\0"
    + b"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999,)}".ljust(117)
    + b"\n"
)
"""The head of an array that is much larger than its file."""

HOSTILE = {
    "bomb.zip": (lambda: packed(**{"a/x.png": b"\0" * 30_000_000}), "made to fill a disk"),
    "huge.npz": (lambda: packed(**{"x.npy": b"\0" * 30_000_000}), "broken|magic"),
    "path.zip": (lambda: packed(**{"../../evil.png": b"x"}), "leads out of its folder"),
    "root.zip": (lambda: packed(**{"/etc/evil.png": b"x"}), "leads out of its folder"),
    "drive.zip": (lambda: packed(**{"c:\\evil\\x.png": b"x"}), "leads out of its folder"),
    "secret.zip": (lambda: locked(packed(**{"a/x.png": b"x"})), "password"),
    "swelling.zip": (
        lambda: packed(**{"a/x.bmp": swelling_picture(), "b/y.bmp": swelling_picture()}),
        "at most 50 million",
    ),
    "notpicture.zip": (lambda: packed(**{"a/x.png": b"x", "b/y.png": b"y"}), "'a/x.png' is no picture"),
    "flat.zip": (lambda: packed(**{"x.png": b"x", "y.png": b"y"}), "not in the folder of a class"),
    "one.zip": (lambda: packed(**{"a/b/x.png": b"x", "a/b/y.png": b"y"}), "folder"),
    "none.zip": (lambda: packed(**{"readme.md": b"x"}), "no pictures"),
    "noarchive.zip": (lambda: b"PK\3\4 and nothing else", "broken"),
    "wrongending.zip": (lambda: b"a,b\n1,2\n", "not what its ending says"),
    "packed.csv": (lambda: packed(**{"a.csv": b"a,b\n1,2\n"}), "packed file"),
    "old.xlsx": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "Excel before 2007"),
    "book.xlsx": (lambda: packed(**{"a.txt": b"x"}), "no workbook"),
    "formula.xlsx": (formula, "cell B2 holds a formula, '=1\\+1'"),
    "sheetbomb.xlsx": (lambda: packed(**{"xl/a.xml": b" " * 90_000_000}), "made to fill a disk"),
    "broken.parquet": (lambda: b"PAR1 and nothing", "no Parquet file"),
    "pickled.npz": (lambda: arrays(x=np.array([{}, []], dtype=object), y=np.arange(2)), "pickled"),
    "texts.npz": (lambda: arrays(x=np.array(["a", "b"]), y=np.arange(2)), "no numbers"),
    "liar.npz": (lambda: packed(**{"x.npy": LIE}), "says it has"),
    "cut.npz": (lambda: arrays(x=np.ones(4), y=np.arange(4))[:-40], "broken.*numpy.savez"),
    "damaged.npz": (
        lambda: damaged(packed(**{"x.npy": headed("64,)}") + bytes(512)}), "x.npy"),
        "'x' is bro",
    ),
    "openhead.npz": (lambda: packed(**{"x.npy": headed("(1,")}), "'x' is broken"),
    "endless.npz": (lambda: packed(**{"x.npy": headed(f"{'9' * 320},)}}")}), "says it has"),
    "cut.xlsx": (lambda: formula()[:-40], "broken.*Save it as .xlsx"),
    "head.xlsx": (lambda: book_with(b"<sheetData>", b"<sheetData <"), "'Sheet' is broken.*Save it as"),
    "row.xlsx": (lambda: book_with(b'r="A30"', b'r="30A"'), "'Sheet' is broken.*Save it as"),
    "value.xlsx": (lambda: book_with(b"<v>25</v>", b"<v>x25</v>"), "'Sheet' is broken.*Save it as"),
    "parts.xlsx": (lambda: damaged(formula(), "xl/workbook.xml"), "no workbook that can be read"),
    "code.py": (lambda: b"import os", "is not known"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_or_wrong_file_is_refused_in_words_and_leaves_nothing(own, data_dir, name):
    make, said = HOSTILE[name]
    path = own.file(name, make())
    before = sorted(data_dir.rglob("*"))
    with pytest.raises(LayerloomError, match=said):
        own.read(path)
    assert sorted(data_dir.rglob("*")) == before
    assert sorted(file.name for file in own.folder.iterdir()) == [name]


def test_arrays_that_unpack_to_more_than_the_disk_has_are_refused_before(own, data_dir, monkeypatch):
    path = own.file("zeros.npz", packed(**{"x.npy": headed("5000000,)}") + bytes(40_000_000)}))
    monkeypatch.setattr(limits, "SPARE_DISK", shutil.disk_usage(own.folder).free - 20_000_000)
    with pytest.raises(LayerloomError, match="on the disk"):
        own.read(path)
