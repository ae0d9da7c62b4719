"""Hostile files: one clear sentence each, and nothing has happened."""
import gzip
import os
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from support.importing import reading
from support.importing.opening import Unreadable
from support.importing.rejects import harmless
from tests.importing.made import RETAIL, written
from tests.imports import everything, last_run, order_of

HEAD = ",".join(RETAIL) + "\n"
ROW = "536365,85123A,HOLDER,6,2010-12-01 08:26:00,2.55,17850,United Kingdom\n"


def zipped(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("inner.csv", HEAD + ROW)


def cut_off(path):
    path.write_bytes(gzip.compress((HEAD + ROW * 5000).encode())[:300])


HOSTILE = {
    "wrong encoding": (lambda path: path.write_bytes((HEAD + ROW * 200).encode() + b"536366,A,caf\xe9,1,2010-12-01,1,,\n"), "not in the encoding utf-8"),
    "binary": (lambda path: path.write_bytes(b"\x7fELF\x01\x00\x00\x00" + bytes(range(128)) * 20), "bytes that are not text"),
    "a zip named csv": (zipped, "ZIP archive or an Excel workbook"),
    "a cut-off archive": (cut_off, "damaged or was cut off"),
    "an open quotation mark": (lambda path: path.write_text(HEAD + '536365,"A' + ROW * 20_000), "never closed"),
    "a column twice": (lambda path: path.write_text(HEAD.replace("Country", "Quantity") + ROW), "“Quantity” twice"),
    "missing columns": (lambda path: path.write_text("InvoiceNo,Description\n1,x\n"), "Nothing gives the field “quantity”"),
    "no rows": (lambda path: path.write_text(HEAD), "no rows"),
    "nothing": (lambda path: path.write_text(""), "is empty"),
    "an unknown encoding": (lambda path: path.write_text(HEAD + ROW), "no encoding called"),
    "a folder": (lambda path: path.mkdir(), "is a folder"),
    "no file": (lambda path: None, "There is no file"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_an_unreadable_file_gets_one_sentence_and_changes_nothing(app, imports, tmp_path, what):
    make, sentence = HOSTILE[what]
    path, before = tmp_path / "hostile.csv", everything(app)
    make(path)
    said = imports(app, "orders", path, *(["--encoding", "klingon"] if what == "an unknown encoding" else []), fails=True)
    assert sentence in said and "Traceback" not in said, said
    assert everything(app) == before


def test_a_file_or_folder_whose_name_is_no_text_gets_a_sentence_or_the_rest_of_its_name(any_app, imports, tmp_path):
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\n"))
    odd.mkdir()
    (odd / "orders.csv").write_text(HEAD + ROW)
    (odd / "one.md").write_text("Words")
    assert "The name of the file is not text in UTF-8. Rename it." in imports(any_app, "orders", odd / "orders.csv", fails=True)
    imports(any_app, "articles", odd.rename(os.fsdecode(os.fsencode(tmp_path) + b"/he\xfflp\x1b")), "--source", "there")
    assert last_run(any_app).file_name == "help"


@pytest.mark.parametrize("packed", [False, True])
def test_a_line_of_a_gigabyte_is_refused_with_bounded_memory(app, imports, tmp_path, packed):
    path, piece = tmp_path / "long.csv", b"x" * 2**24
    packed_piece = gzip.compress(piece, 1)
    with open(path, "wb") as file:
        file.write(gzip.compress(HEAD.encode() + b'1,"') if packed else HEAD.encode() + b'1,"')
        for _piece in range(64 if packed else 4):  # a packed file may be made of packed pieces; unpacked it is a gigabyte
            file.write(packed_piece if packed else piece)
    with app.app_context():
        tracemalloc.start()
        with pytest.raises(Unreadable) as refused:
            reading.survey(path)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert "longer than 1,000,000 characters" in str(refused.value.sentence) and peak < 60_000_000
    assert "longer than" in imports(app, "orders", path, fails=True)


@pytest.mark.parametrize("text, encoding", [
    ((HEAD + ROW).replace("\n", "\r"), "utf-8"), ((HEAD + ROW).replace("\n", "\r\n"), "utf-8-sig"), ((HEAD + ROW).replace(",", ";"), "utf-16"),
    ((HEAD + ROW).replace(",", "\t") + "\n\n", "utf-8"),
], ids=["CR only", "mark and CRLF", "UTF-16 with semicolons", "tabs and empty lines"])
def test_what_is_only_written_otherwise_is_read(app, imports, tmp_path, text, encoding):
    path = tmp_path / "other.csv"
    path.write_bytes(text.encode(encoding))
    imports(app, "orders", path)
    assert (last_run(app).rows, last_run(app).created) == (1, 1)


def test_a_file_in_the_encoding_of_windows_is_read_when_it_is_named(app, imports, tmp_path):
    path = tmp_path / "windows.csv"
    path.write_bytes((HEAD + ROW.replace("HOLDER", "Café “Crème” €")).encode("cp1252"))
    assert "cp1252" in imports(app, "orders", path, fails=True)
    imports(app, "orders", path, "--encoding", "cp1252")
    assert order_of(app, "536365").lines[0].title == "Café “Crème” €"


def test_INJ_04_torn_rows_are_rejected_and_formulas_are_harmless_in_the_rejects(app, imports, rejected, tmp_path):
    path = tmp_path / "torn.csv"
    path.write_text(HEAD + ROW + "536366,A\n" + "=cmd|' /C calc'!A0,+A,@SUM(1),x,-1,-2.5,,\n" + ROW.strip() + ",one,more\n")
    imports(app, "orders", path)
    said = rejected(app)
    assert "2 columns instead of 8" in said[3] and "not a number" in said[4] and "10 columns" in said[5]
    with app.app_context():
        text = last_run(app).rejects_path.read_text()
    assert "'=cmd" in text and "'+A" in text and "'@SUM(1)" in text and "-2.5" in text and "'-2.5" not in text
    assert harmless("-1,000.5") == "-1,000.5" and harmless("-1+1") == "'-1+1"


def test_json_lines_are_read_and_a_line_that_is_none_is_rejected(app, imports, rejected, tmp_path):
    path = tmp_path / "orders.jsonl"
    path.write_text('{"order_number": 5, "quantity": 2, "unit_price": 1.655, "title": "Tent", "placed_at": "2020-01-02T10:00:00Z", "currency": "EUR"}\n\nnonsense\n[1]\n')
    imports(app, "orders", path, "--source", "json")
    assert set(rejected(app)) == {3, 4} and order_of(app, "5").placed_at.hour == 10


def test_dates_in_five_forms_are_taken_where_they_cannot_be_misread_and_rejected_where_they_can(app, imports, rejected, tmp_path):
    header = ("order_number", "quantity", "unit_price", "title", "placed_at", "currency")
    days = ("2011-12-31", "31.12.2011", "12/31/2011", "31-Dec-11", "20111231", "04/05/2011", "31/31/2011", "2011-02-30", "soon")
    path = written(tmp_path / "days.csv", header, [(f"d{n}", "1", "2", "Tent", day, "EUR") for n, day in enumerate(days)])
    imports(app, "orders", path, "--source", "days")
    said = rejected(app)
    assert set(said) == {7, 8, 9, 10} and "could be two days" in said[7] and all("is not a date" in said[line] for line in (8, 9, 10))
    with app.app_context():
        zone = app.config["SETTINGS"].zone
    assert {order_of(app, f"D{n}").placed_at.astimezone(zone).date().isoformat() for n in range(5)} == {"2011-12-31"}


def test_decimal_commas_are_read_when_the_mapping_says_so(app, imports, rejected, tmp_path):
    mapping = tmp_path / "mine.toml"
    columns = ("order_number", "quantity", "unit_price", "title", "placed_at")
    mapping.write_text('kind = "orders"\nsource = "komma"\n[columns]\n' + "".join(f'{name} = "{name}"\n' for name in columns) + '[constants]\ncurrency = "EUR"\n[format]\ndecimal = ","\ndates = "dmy"\n')
    path = written(tmp_path / "komma.csv", columns, [("1", "1", "1.234,5", "Tent", "04/05/2011"), ("2", "1", "12.34", "Tent", "04/05/2011")])
    imports(app, "orders", path, "--mapping", mapping)
    order = order_of(app, "1")
    assert str(order.total.normalize()) == "1234.5" and order.placed_at.month == 5
    assert "not a number" in rejected(app)[3]


@pytest.mark.parametrize("text, sentence", [
    ("kind = ", "not TOML"), ('kind = "articles"', "not for orders"), ('kind = "orders"\n[colums]\na = "b"', "“colums”"), ('kind = "orders"\n[format]\nzone = "Mars/Base"', "no time zone"),
    ('kind = "orders"\nsource = "Ä"', "Name the source"), ('kind = "orders"\n[columns]\nnonsense = "InvoiceNo"', "no field “nonsense”"),
])
def test_a_mapping_that_cannot_work_says_why(app, imports, tmp_path, text, sentence):
    (tmp_path / "bad.toml").write_text(text)
    assert sentence in imports(app, "orders", written(tmp_path / "a.csv", RETAIL, [ROW.strip().split(",")]), "--mapping", tmp_path / "bad.toml", fails=True)
