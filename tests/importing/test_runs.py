"""Runs: killed and taken up again, stopped, tried, started from a page, looked at by administrators only."""
import io
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from support import importing
from support.database import db
from support.errors import IllegalMove, NotAllowed, NotFound
from support.importing import ImportRun, Mapping, folders
from support.importing.running import run as work_at
from support.orders import Order, OrderLine
from tests.importing.killed import killed_behind
from tests.importing.made import RETAIL, retail, written
from tests.imports import everything, last_run
from tests.kb.bringing import jsonl, record


def test_an_import_killed_in_the_middle_goes_on_and_ends_as_if_nothing_had_been(any_app, imports, figures, tmp_path):
    rows = retail(30_000)
    rows[::5000] = [("x", "y", "z", "none", "never", "1", "", "")] * len(rows[::5000])
    path = written(tmp_path / "many.csv", RETAIL, rows)
    reached = killed_behind(any_app, 4000, "orders", path)
    assert reached < len(rows), "it was not killed in the middle"
    said = imports(any_app, "orders", path)
    assert f"Going on behind row {reached:,}" in said
    run = last_run(any_app)
    assert (run.state, run.position, run.created, run.unchanged, run.rejected) == ("done", len(rows), len(rows) - 7, 0, 7)
    with any_app.app_context():
        assert len(run.rejects_path.read_text().splitlines()) == 8, "each reject stands there once"
    assert figures(any_app, "--source", "online_retail")["All lines"]["lines"] == len(rows) - 7


@pytest.fixture
def uploaded(app, person, tmp_path):
    """A run of 6,500 lines brought by an administrator."""
    path = written(tmp_path / "many.csv", RETAIL, retail(6500))
    with app.app_context():
        return importing.upload(person(app, "arno"), "orders", "old shop.csv", io.BytesIO(path.read_bytes())).id


def test_from_upload_to_report_as_the_pages_do_it(app, person, uploaded):
    arno = person(app, "arno")
    with app.app_context():
        seen = importing.preview(arno, uploaded)
        assert seen.problems == [] and len(seen.raws) == 10 and not any(cell.problem for row in seen.cells for cell in row)
        before = everything(app)
        importing.start(arno, uploaded, dry=True)
        assert importing.run_waiting() == 1
        trial = importing.find(arno, uploaded)
        assert trial.state == "done" and trial.dry and trial.created == trial.rows and everything(app) == before
        importing.start(arno, uploaded, dry=False)
        importing.run_waiting()
        done = importing.find(arno, uploaded)
        assert done.state == "done" and not done.dry and done.created == done.rows and done.share == 1
        with pytest.raises(IllegalMove):
            importing.start(arno, uploaded, dry=False)
        assert [run.id for run in importing.list_runs(arno, {"kind": "orders", "state": "done"})] == [uploaded]
        assert list(importing.saved_mappings("orders")) == ["online_retail", "scms"]


def test_a_stopped_run_keeps_what_it_has_and_goes_on(app, person, uploaded):
    arno = person(app, "arno")
    with app.app_context():
        importing.start(arno, uploaded, dry=False)
        work_at(uploaded, lambda run: importing.stop(arno, run.id))
        stopped = importing.find(arno, uploaded)
        assert stopped.state == "stopped" and 0 < stopped.position < stopped.rows
        with pytest.raises(IllegalMove):
            importing.set_mapping(arno, uploaded, Mapping("orders"))
        with pytest.raises(IllegalMove):
            importing.start(arno, uploaded, dry=True)  # a trial would forget what is stored
        importing.start(arno, uploaded, dry=False)
        importing.run_waiting()
        done = importing.find(arno, uploaded)
        assert done.state == "done" and done.created == done.rows


def test_a_process_that_is_asked_to_end_gives_the_run_back_behind_its_batch(app, person, uploaded):
    arno = person(app, "arno")
    asked = iter([False, False, True])
    with app.app_context():
        importing.start(arno, uploaded, dry=False)
        importing.run_waiting(lambda: next(asked, True))
        left = importing.find(arno, uploaded)
        assert left.state == "running" and 0 < left.position < left.rows and not left.is_held
        assert importing.run_waiting() == 1, "another one goes on at once"
        done = importing.find(arno, uploaded)
        assert done.state == "done" and done.created == done.rows


def test_two_processes_never_work_at_the_same_run(app, person, uploaded):
    arno = person(app, "arno")
    with app.app_context():
        importing.start(arno, uploaded, dry=False)
        refused = []

        def meanwhile(run):
            with pytest.raises(IllegalMove) as error:
                work_at(run.id)
            refused.append(error)
            assert importing.run_waiting() == 0

        work_at(uploaded, meanwhile)
        assert refused and importing.find(arno, uploaded).state == "done"


@pytest.mark.parametrize("dry", [False, True], ids=["stored", "trial"])
def test_a_process_that_slept_past_its_lease_stores_nothing_more(any_app, person, clock, monkeypatch, tmp_path, dry):
    """Another one has stored the same rows meanwhile and died: nothing may count twice, and none be left out for it."""
    path, arno = written(tmp_path / "many.csv", RETAIL, retail(6500)), person(any_app, "arno")
    importer, slept = type(any_app.extensions["importing"]["orders"]), []
    prepare = importer.prepare

    def die(run):
        raise KeyboardInterrupt

    def sleepy(self, rows, run):
        if not slept:
            slept.append(True)
            clock.move(121)
            with pytest.raises(KeyboardInterrupt):
                work_at(run.run_id, die)
        return prepare(self, rows, run)

    monkeypatch.setattr(importer, "prepare", sleepy)
    with any_app.app_context():
        run_id = importing.upload(arno, "orders", "old shop.csv", io.BytesIO(path.read_bytes())).id
        importing.start(arno, run_id, dry=dry)
        with pytest.raises(IllegalMove) as refused:
            work_at(run_id)
        assert "Another process" in str(refused.value.sentence)
        left = importing.find(arno, run_id)
        assert (left.state, left.position, left.created) == ("running", 2000, 2000)
        clock.move(121)
        importing.run_waiting()
        done = importing.find(arno, run_id)
        assert (done.state, done.position, done.created) == ("done", done.rows, done.rows)
        stored = db.session.scalar(select(func.count()).select_from(OrderLine).join(Order).where(Order.source == "online_retail"))
        assert stored == (0 if dry else done.rows)


def test_a_file_that_has_changed_is_not_gone_on_with(app, person, uploaded):
    arno = person(app, "arno")
    with app.app_context():
        importing.start(arno, uploaded, dry=False)
        with open(importing.find(arno, uploaded).path, "ab") as file:
            file.write(b"more\n")
        importing.run_waiting()
        failed = importing.find(arno, uploaded)
        assert failed.state == "failed" and "has changed" in failed.error and failed.created == 0


@pytest.mark.parametrize("settings", [{"shop_languages": ("de", "en")}], indirect=True)
def test_commands_speak_one_language_with_their_report(app, imports, monkeypatch, rejected, tmp_path):
    path, importer = written(tmp_path / "many.csv", RETAIL, [*retail(2500), ("short", "row")]), type(app.extensions["importing"]["orders"])
    (tmp_path / "latin.toml").write_bytes("kind = “orders” ü".encode("utf-16"))
    assert "Es gibt keinen Import von „wine“. Es gibt: articles, orders, tickets." in imports(app, "wine", path, fails=True)
    assert "„x“ fehlt das =" in imports(app, "orders", path, "--set", "x", fails=True)
    assert "Die Datei der Zuordnung ist kein Text in UTF-8." in imports(app, "orders", path, "--mapping", tmp_path / "latin.toml", fails=True)
    said = imports(app, "orders", path, "--set", "sku=None", fails=True)
    assert "Die Zuordnung passt nicht zu dieser Datei:" in said and "Felder von orders:" in said and "order_number (nötig): text" in said
    with monkeypatch.context() as breaking:
        load = importer.load
        breaking.setattr(importer, "load", lambda self, rows, run: load(self, rows, run) if rows[0].line < 2000 else 1 / 0)
        assert "Hinter Zeile 2.000 ist etwas schiefgegangen" in imports(app, "orders", path, fails=True)
    said = imports(app, "orders", path)
    assert "Weiter hinter Zeile 2.000, wo dieser Import unterbrochen wurde." in said and "Der Import ist fertig." in said
    assert list(rejected(app).values()) == ["Die Zeile hat 2 Spalten statt 8."]
    assert "# online_retail (mitgeliefert)" in app.test_cli_runner().invoke(args=["mappings", "orders"]).output
    imports(app, "articles", jsonl(tmp_path / "help.jsonl", record("one.md", summary="x" * 1001), *[record("one.md")] * 2), "--source", "old")
    assert list(rejected(app).values()) == [
        "Zusammenfassung: Der Text ist 1.001 Zeichen lang, höchstens 1.000 passen.", "Der Pfad „one.md“ stand schon in Zeile 2.",
    ]


def cut(whole: bytes) -> bytes:
    return whole[:whole.index(b"\n", len(whole) // 2) + 1]


def cut_in_a_line(whole: bytes) -> bytes:
    return cut(whole)[:-20]


def other(whole: bytes) -> bytes:
    return whole.replace(b",4.25,", b",9.99,")


@pytest.mark.parametrize("changed", [cut, cut_in_a_line, other])
def test_nothing_is_stored_of_a_file_that_is_changed_while_it_is_read(app, imports, monkeypatch, tmp_path, changed):
    rows = retail(6500)
    path, importer = written(tmp_path / "many.csv", RETAIL, rows), type(app.extensions["importing"]["orders"])
    whole, prepare = path.read_bytes(), importer.prepare

    def meanwhile(self, batch, run):
        prepare(self, batch, run)
        if path.read_bytes() == whole and last_run(app).position:
            path.write_bytes(changed(whole))

    with monkeypatch.context() as at_work:
        at_work.setattr(importer, "prepare", meanwhile)
        said = imports(app, "orders", path, fails=True)
    failed = last_run(app)
    assert (failed.state, failed.position, failed.rejected) == ("failed", importer.batch, 0)
    assert f"was changed while it was read: {importer.batch:,} of {failed.rows:,} rows came" in said
    path.write_bytes(whole)
    assert f"Going on behind row {importer.batch:,}" in imports(app, "orders", path)
    done = last_run(app)
    assert (done.id, done.state, done.created, done.rejected) == (failed.id, "done", len(rows), 0)
    with app.app_context():
        prices = db.session.scalars(select(OrderLine.unit_price).join(Order).where(Order.source == "online_retail")).all()
    assert Counter(map(float, prices)) == Counter(float(row[5]) for row in rows)


def test_an_unreadable_upload_leaves_nothing(app, person):
    arno = person(app, "arno")
    with app.app_context():
        with pytest.raises(importing.Unreadable):
            importing.upload(arno, "orders", "x.csv", io.BytesIO(b"PK\x03\x04 and more"))
        folder = app.config["SETTINGS"].data_dir / "imports"
        assert list(folder.iterdir()) == [] and not db.session.scalars(select(ImportRun)).all()


def test_a_row_the_database_refuses_is_rejected_alone(app, person, uploaded, monkeypatch, rejected):
    importer = app.extensions["importing"]["orders"]
    load = type(importer).load

    def fussy(self, rows, run):
        outcome = load(self, rows, run)
        if any(row.line == 3000 for row in rows):
            with db.session.begin_nested():
                db.session.execute(importing.ImportRun.__table__.insert().values(id=run.run_id))
        return outcome

    monkeypatch.setattr(type(importer), "load", fussy)
    with app.app_context():
        importing.start(person(app, "arno"), uploaded, dry=False)
        importing.run_waiting()
        done = db.session.get(ImportRun, uploaded)
        assert (done.state, done.rejected, done.created) == ("done", 1, done.rows - 1)
    assert "cannot keep this row" in rejected(app)[3000]


@pytest.mark.parametrize("fault", [UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed"), ValueError("odd"), RecursionError()], ids=lambda fault: type(fault).__name__)
def test_a_row_that_nothing_can_write_is_rejected_alone(app, imports, monkeypatch, rejected, tmp_path, fault):
    importer = type(app.extensions["importing"]["orders"])
    monkeypatch.setattr(importer, "batch", 20)
    load = importer.load

    def fussy(self, rows, run):
        if any(row.line == 30 for row in rows):
            raise fault
        return load(self, rows, run)

    monkeypatch.setattr(importer, "load", fussy)
    imports(app, "orders", written(tmp_path / "some.csv", RETAIL, retail(50)))
    done = last_run(app)
    assert (done.state, done.rejected, done.created, done.position) == ("done", 1, done.rows - 1, done.rows)
    assert list(rejected(app)) == [30]


def test_what_goes_wrong_inside_is_told_without_the_inside(app, person, uploaded, monkeypatch):
    def broken(self, rows, run):
        raise LookupError("inside")

    monkeypatch.setattr(type(app.extensions["importing"]["orders"]), "load", broken)
    with app.app_context():
        importing.start(person(app, "arno"), uploaded, dry=False)
        importing.run_waiting()
        failed = db.session.get(ImportRun, uploaded)
        assert failed.state == "failed" and "behind row 0" in failed.error and "Error" not in failed.error and "inside" not in failed.error


@pytest.mark.parametrize("who, refusal", [("maja", NotFound), ("ines", NotAllowed), ("hanna", NotAllowed)])
def test_imports_are_for_administrators(app, person, uploaded, who, refusal):
    asker = person(app, who)
    with app.app_context():
        for act in (lambda: importing.find(asker, uploaded), lambda: importing.start(asker, uploaded, True), lambda: importing.list_runs(asker, {}), lambda: importing.stop(asker, uploaded),
                    lambda: importing.upload(asker, "orders", "x.csv", io.BytesIO(b"a,b\n1,2\n")), lambda: importing.discard(asker, uploaded), lambda: importing.preview(asker, uploaded),
                    lambda: importing.set_mapping(asker, uploaded, Mapping("orders"))):
            with pytest.raises(refusal):
                act()


def test_a_draft_can_be_forgotten_with_its_file(app, person, uploaded):
    with app.app_context():
        folder = Path(importing.find(person(app, "arno"), uploaded).path).parent
        importing.discard(person(app, "arno"), uploaded)
        assert not folder.exists() and db.session.get(ImportRun, uploaded) is None


@pytest.mark.both_stores
def test_a_number_is_never_given_again_nor_what_lies_under_it(app, imports, person, tmp_path):
    arno, content = person(app, "arno"), written(tmp_path / "some.csv", RETAIL, retail(20)).read_bytes()
    with app.app_context():
        first, second = (importing.upload(arno, "orders", "some.csv", io.BytesIO(content)).id for _time in range(2))
        importing.discard(arno, second)
        third = importing.upload(arno, "orders", "some.csv", io.BytesIO(content)).id
        assert third not in (first, second)
        importing.discard(arno, third)
        for left in range(1, 10):
            (folders.of_run(third + left) / "broken-links.csv").parent.mkdir(parents=True)
            (folders.of_run(third + left) / "broken-links.csv").write_text("of another")
    imports(app, "orders", tmp_path / "some.csv")
    with app.app_context():
        assert last_run(app).id > third and not last_run(app).folder.exists()


def test_a_mapping_survives_being_written_and_read(app):
    with app.app_context():
        for mapping in importing.ready_mappings("orders").values():
            assert Mapping.from_toml(mapping.to_toml()) == mapping
        odd = Mapping("orders", "x", {"title": 'A "quoted"\ncolumn \\ = #'}, {"currency": "€"}, only={"St[at]us": ("a", "b")}, skip={"ü": ("",)})
        assert Mapping.from_toml(odd.to_toml()) == odd


def test_only_and_skip_leave_rows_out(app, imports, tmp_path):
    path = written(tmp_path / "many.csv", RETAIL, retail(300))
    mapping = tmp_path / "part.toml"
    with app.app_context():
        text = importing.ready_mappings("orders")["online_retail"].to_toml()
    mapping.write_text(text + '\n[only]\nCountry = ["EIRE", "Germany"]\n[skip]\nCustomerID = [""]\n')
    imports(app, "orders", path, "--mapping", mapping)
    run = last_run(app)
    assert run.left_out > 0 and run.left_out + run.created == run.rows
