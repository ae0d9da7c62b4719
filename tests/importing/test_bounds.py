"""Small files that would be much work, and files written to break the reader: a sentence or a reject of one row, at once."""
import gzip
import io
import json
import os
import subprocess
import time

import pytest

from support.importing import folders, opening, reading
from support.importing.arriving import prune
from support.importing.rejects import harmless
from tests.importing.made import RETAIL, retail, written
from tests.imports import everything, last_run
from tests.work import work

HEAD = ",".join(RETAIL) + "\n"
ROW = "536365,85123A,HOLDER,6,2010-12-01 08:26:00,2.55,17850,United Kingdom\n"


def upload(client, content: bytes, name: str = "orders.csv", **more):
    data = {"kind": "orders", "source": "there", "file": (io.BytesIO(content), name), **more}
    return client.post("/admin/imports", data=data, content_type="multipart/form-data")


REFUSED = {
    "a first cell of a million": ("x" * 950_000 + "," + HEAD + ROW, "orders.csv", {}, "cannot be read as names"),
    "a long name of a column": ("x" * 300 + "," + HEAD + ROW, "orders.csv", {}, "more than 200 characters"),
    "columns without end": ("," * 900_000 + "\n" + ROW, "orders.csv", {}, "at most 500 can be read"),
    "values without end": ("".join(json.dumps({f"{row}-{n}": 1 for n in range(50)}) + "\n" for row in range(2000)), "orders.jsonl", {}, "more than 500 different values"),
    "empty lines without end": ("\n" * 900_000 + HEAD + ROW, "orders.csv", {}, "empty lines"),
    "empty lines behind the first": (HEAD + "\n" * 900_000 + ROW, "orders.csv", {}, "empty lines"),
    "rows without end, packed": (gzip.compress(HEAD.encode() + b"a\n" * 2_000_000), "orders.csv.gz", {}, "far larger than a packed table"),
    **{f"encoding {name}": (HEAD + ROW, "orders.csv", {"encoding": name}, "no encoding called") for name in ("undefined", "unicode_escape", "utf-7", "idna", "rot13", "zlib", "mbcs", "a\0b")},
}


@pytest.mark.parametrize("what", REFUSED)
def test_DOS_06_an_upload_that_no_table_is_gets_one_sentence_at_once(app, client_of, what):
    content, name, more, why = REFUSED[what]
    arno, before = client_of(app, "arno"), everything(app)
    with work() as spent:
        answer = upload(arno, content if isinstance(content, bytes) else content.encode(), name, **more)
    assert answer.status_code == 422 and why in answer.text
    assert spent.seconds < 5
    after = everything(app)
    assert after == before and list((app.config["SETTINGS"].data_dir / "imports").iterdir()) == []


def test_a_packed_file_has_a_most_whatever_it_is_packed_to(app, client_of, monkeypatch):
    monkeypatch.setattr(opening, "MOST_UNPACKED", 1_000_000)
    table = HEAD + "".join(ROW.replace("536365", str(536_365 + n)) for n in range(20_000))
    assert "far larger than" in upload(client_of(app, "arno"), gzip.compress(table.encode()), "orders.csv.gz").text
    monkeypatch.undo()
    assert upload(client_of(app, "arno"), gzip.compress(table.encode()), "orders.csv.gz").status_code == 303


def test_a_line_that_is_nested_or_named_absurdly_is_rejected_alone(tmp_path):
    lines = ["[" * 970 + "]" * 970, '{"a":' * 970 + "1" + "}" * 970, '{"x":' + "[" * 300 + "]" * 300 + "}", json.dumps({"n" * 100_000: 1}), '{"a":"\\ud800"}', '{"\\ud800":1}']
    good = {"number": "1", "inside": {"mail": "a", "k" * 300: "b"}, "list": [[[1]]] * 60}
    (tmp_path / "x.jsonl").write_text("\n".join([*lines, json.dumps(good)]))
    layout = reading.survey(tmp_path / "x.jsonl").layout
    found = list(reading.rows(tmp_path / "x.jsonl", layout))
    assert [row.problem is None for row in found] == [False] * len(lines) + [True]
    assert "not a JSON object" in found[4].problem and "deep" in found[2].problem and "200 characters" in found[3].problem
    assert layout.header == ("number", "inside", "list", "inside.mail") and "kkk" in found[-1].values["inside"]


@pytest.mark.both_stores
def test_a_file_called_with_a_nul_is_taken_under_the_rest_of_its_name(app, client_of):
    arno = client_of(app, "arno")
    body = b'--x\r\nContent-Disposition: form-data; name="kind"\r\n\r\norders\r\n--x\r\nContent-Disposition: form-data; name="source"\r\n\r\nth\0ere\r\n'
    body += b'--x\r\nContent-Disposition: form-data; name="file"; filename="or\0ders.csv"\r\n\r\n' + (HEAD + ROW).encode() + b"\r\n--x--\r\n"
    answer = arno.post("/admin/imports", data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 303 and "orders.csv" in arno.get("/admin/imports").text


@pytest.mark.parametrize("dates", ["%d%d", "%q", "%", "%Y-%", "%d\0", "%Y-%m-%d %H:%M:%S %Y"])
def test_a_pattern_that_reads_no_day_is_said_to_be_wrong_and_the_page_stays(app, client_of, dates):
    arno = client_of(app, "arno")
    page = upload(arno, (HEAD + ROW).encode()).location
    saved = arno.post(f"{page}/mapping", data={"source": "there", "format_dates": dates})
    assert saved.status_code < 500
    shown = arno.get(page)
    assert shown.status_code == 200 and "pattern such as" in shown.text


@pytest.mark.parametrize("dates", ["%d.%m.%y", "%Y-%m-%dT%H:%M:%S%z", "%d %B %Y %I:%M %p", "%G-W%V-%u", "%Y %j", "%c"])
def test_usual_patterns_are_taken(app, client_of, dates):
    arno = client_of(app, "arno")
    page = upload(arno, (HEAD + ROW).encode()).location
    arno.post(f"{page}/mapping", data={"source": "there", "format_dates": dates})
    assert "pattern such as" not in arno.get(page).text


@pytest.mark.parametrize("cell", ["a;=1+1", "a\t +x", "a|   @x", "a\n-1", "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20x", "x; \uff1d1", "=1", "a\r=1"])
def test_INJ_04_no_cell_becomes_a_formula_by_another_separator_or_a_wide_sign(cell):
    assert harmless(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["-1.5", "+7", "a - b", "a=b", "a;b", "x\ny", "mail@shop.example", "1 | 2"])
def test_usual_cells_stay_as_they_are(cell):
    assert harmless(cell) == cell


def test_INJ_04_the_time_to_look_for_formulas_grows_with_the_cell_only():
    with work() as spent:
        harmless(("; " * 50_000 + " " * 400_000) * 2)
    assert spent.seconds < 1


def test_what_never_arrived_is_thrown_away_a_day_later_and_no_folder_of_a_run(app, imports, tmp_path):
    imports(app, "orders", written(tmp_path / "many.csv", RETAIL, [*retail(20), ("x", "y", "z", "none", "never", "1", "", "")]))
    home = app.config["SETTINGS"].data_dir / "imports"
    kept, old, young, unknown, of_others = home / str(last_run(app).id), home / "arriving-old", home / "arriving-young", home / "7", home / "of somebody else"
    for folder in (old, young, unknown, of_others):
        folder.mkdir(parents=True)
        (folder / "upload").write_text("x")
    for folder in (old, kept, unknown, of_others):
        os.utime(folder, (time.time() - 90_000,) * 2)
    with app.app_context():
        app.extensions["jobs"]["tidy files of imports"].function()
    assert {each.name for each in home.iterdir()} == {kept.name, "7", "arriving-young", "of somebody else"}, "a restored backup may not know of 7"


def test_DOS_06_a_deep_folder_or_one_that_cannot_be_removed_keeps_no_other_from_being_tidied(app, monkeypatch):
    home = app.config["SETTINGS"].data_dir / "imports"
    for name in ("arriving-1", "arriving-2", "arriving-3"):
        (home / name).mkdir(parents=True)
    deep = home / "arriving-1"
    for _level in range(1500):
        deep = deep / "a"
        deep.mkdir()
    for folder in home.iterdir():
        os.utime(folder, (0, 0))
    remove = folders.remove

    def removes(folder):
        if folder.name == "arriving-2":
            raise RecursionError
        remove(folder)

    monkeypatch.setattr(folders, "remove", removes)
    try:
        with app.app_context():
            prune()
        assert [folder.name for folder in home.iterdir()] == ["arriving-2"]
    finally:
        subprocess.run(["rm", "-rf", home], check=True)  # noqa: S607  what a failing test would leave is too deep for pytest
