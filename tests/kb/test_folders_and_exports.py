"""Folders of Markdown, on disk or as a ZIP, with their pictures; and the way out again, exactly as it came in."""
import io
import json
import os
import shutil
import threading
import time
import zipfile

import pytest
from sqlalchemy import select

from kb import articles, markdown, pictures
from kb.importing import ArticleImporter, folder
from kb.model import Article
from support.database import db, transaction
from support.importing import ImportRun, arriving, run_waiting
from support.importing import packed as archives
from support.importing.arriving import prune
from tests.imports import last_run
from tests.kb.bringing import article, exported, files, jsonl, packed, paths, png, record, unpacked
from tests.work import work


@pytest.fixture
def bring(app, imports):
    """`bring(path, …)`: import this file or folder under the name “there”."""
    return lambda path, *words, **options: imports(app, "articles", path, "--source", "there", *words, **options)


def test_front_matter_in_several_forms(app, bring, tmp_path):
    bring(files(tmp_path / "in", {
        "Plain/no-head.md": "# The heading\n\nWords.\n",
        "tags.md": "---\ntitle: 'A: b'\ntags:\n  - one\n  - two, three\ndescription: >\n  Two\n  lines\ncategory: Pumps\nms.date: 2021-03-01\nlang: de\n---\n\nWords.\n",
        "commas.md": "---\ntitle: no\nkeywords: one, two\ndate: 2021-03-01T10:00:00Z\nstate: internal\n---\nWords.\n",
        "windows.md": b"\xef\xbb\xbf---\r\ntitle: W\xc3\xb6rter\r\n---\r\n\r\nOne\r\nTwo\r\n",
        "rule.md": "Words\n\n---\n\nmore\n---\n", "nothing/in/name.md": "Just words", "kept.md": "---\nid: other/place.md\ntitle: Kept\nsection: ''\n---\nx\n",
    }))
    assert paths(app) == {"Plain/no-head.md", "tags.md", "commas.md", "windows.md", "rule.md", "nothing/in/name.md", "other/place.md"}
    tags, commas, windows = article(app, "tags.md"), article(app, "commas.md"), article(app, "windows.md")
    assert (tags.title, tags.labels, tags.summary.strip(), tags.category, tags.language, tags.origin.updated) == ("A: b", ["one", "two, three"], "Two lines", "Pumps", "de", "2021-03-01")
    assert (commas.title, commas.labels, commas.origin.updated, commas.state) == ("no", ["one", "two"], "2021-03-01T10:00:00Z", "internal")
    assert (windows.title, windows.body) == ("Wörter", "One\r\nTwo")
    assert (article(app, "Plain/no-head.md").title, article(app, "Plain/no-head.md").category) == ("The heading", "Plain")
    assert article(app, "rule.md").body == "Words\n\n---\n\nmore\n---" and article(app, "nothing/in/name.md").title == "name"
    assert article(app, "other/place.md").category == ""


def test_files_that_cannot_be_used_are_named_with_the_reason_and_the_others_come_in(app, bring, rejected, tmp_path):
    (tmp_path / "secret.md").write_text("zanzibarquartz")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "x.md").write_text("zanzibarquartz")
    source = files(tmp_path / "in", {
        "good.md": "Words", "latin.md": "Größe".encode("latin-1"), "half.md": "---\ntitle: [a\n---\nx", "bomb.md": "---\na: &a [x]\nb: *a\n---\nx", "list.md": "---\n- a\n---\nx",
        "large.md": "x" * 1_000_001, "nul.md": "a\0b", ".git/x.md": "hidden", "notes.txt": "no article", "code.md": "---\ntitle: !!python/object/apply:os.system [id]\n---\nx",
    })
    os.symlink(tmp_path / "secret.md", source / "link.md")
    os.symlink(tmp_path / "outside", source / "linked")
    os.symlink("/etc/hostname", source / "shown.png")
    os.mkfifo(source / "pipe.md")
    os.close(os.open(os.fsencode(source) + b"/\xff.md", os.O_CREAT))
    said = bring(source)
    assert paths(app) == {"good.md", "nul.md", "code.md"} and article(app, "code.md").title == "id"
    wrong = " ".join(rejected(app).values())
    for reason in ("not text in UTF-8", "not front matter", "larger than 1,000,000", "a link to another place", "no plain file"):
        assert reason in wrong, reason
    assert wrong.count("a link to another place") == 2 and wrong.count("not front matter") == 3, wrong
    assert "9  rejected" in said, said
    with app.app_context():
        assert not db.session.scalar(select(Article.id).where(Article.body.contains("zanzibarquartz")))


def test_an_empty_folder_is_said_to_be_one(app, bring, tmp_path):
    assert "There is no Markdown file" in bring(files(tmp_path / "in", {"a.txt": "x"}), fails=True)


def test_a_folder_that_is_imported_again_meanwhile_takes_nothing_from_the_import_that_reads_it(app, bring, monkeypatch, tmp_path):
    source = files(tmp_path / "in", {f"{n:03}.md": f"![x](a.png) {'Words ' * 300}" for n in range(160)} | {"a.png": png()})
    prepare, second = ArticleImporter.prepare, []

    def meanwhile(self, rows, run):
        prepare(self, rows, run)
        if not second:
            second.append(True)
            for n in range(20, 160):
                (source / f"{n:03}.md").unlink()
            (source / "a.png").unlink()
            other = threading.Thread(target=bring, args=[source])
            other.start()
            other.join()

    monkeypatch.setattr(ArticleImporter, "prepare", meanwhile)
    bring(source)
    with app.app_context():
        first, other = db.session.scalars(select(ImportRun).order_by(ImportRun.id))
        assert (first.state, first.position, first.created + first.unchanged) == ("done", 160, 160) and (other.state, other.position) == ("done", 20)
        assert first.file_name == "in" and first.things["pictures shown"] == 160
    assert len(paths(app)) == 160


def test_two_commands_that_find_half_a_gathered_folder_both_go_on(app, bring, monkeypatch, tmp_path):
    source = files(tmp_path / "in", {"one.md": "Words"})
    bring(source)
    [gathered] = (app.config["SETTINGS"].data_dir / "imports").glob("gathered-*")
    (gathered / arriving.ROWS).write_text("")
    digest = arriving._digest

    def digest_while_another_throws_it_away(place):
        found = digest(place)
        if place == gathered:
            shutil.rmtree(gathered)
        return found

    monkeypatch.setattr(arriving, "_digest", digest_while_another_throws_it_away)
    bring(source)
    assert last_run(app).unchanged == 1 and [each.name for each in gathered.parent.glob("[ag]*")] == [gathered.name]


def test_half_a_gathered_folder_is_replaced_by_the_whole(app, bring, tmp_path):
    source = files(tmp_path / "in", {"one.md": "Words"})
    bring(source)
    [gathered] = (app.config["SETTINGS"].data_dir / "imports").glob("gathered-*")
    (gathered / arriving.ROWS).write_text("")
    bring(source)
    assert last_run(app).unchanged == 1 and [each.name for each in gathered.parent.glob("[ag]*")] == [gathered.name]


@pytest.mark.parametrize("done", [True, False])
def test_what_was_gathered_of_a_folder_is_thrown_away_when_its_import_is_done_for_a_day(app, bring, monkeypatch, tmp_path, done):
    source = files(tmp_path / "in", {f"{n}.md": "Words" for n in range(60)})
    with monkeypatch.context() as breaking:
        if not done:
            breaking.setattr(ArticleImporter, "load", lambda self, rows, run: 1 / 0)
        bring(source, fails=not done)
    [gathered] = (app.config["SETTINGS"].data_dir / "imports").glob("gathered-*")
    with app.app_context():
        prune()
        assert gathered.exists(), "it is young"
        os.utime(gathered, (0, 0))
        prune()
    assert gathered.exists() == (not done)
    bring(source)
    assert len(paths(app)) == 60 and last_run(app).position == 60


def test_what_was_gathered_for_an_import_that_failed_is_kept_for_a_month_also_by_another_way_to_it(app, bring, clock, monkeypatch, tmp_path):
    with monkeypatch.context() as breaking:
        breaking.setattr(ArticleImporter, "load", lambda self, rows, run: 1 / 0)
        bring(files(tmp_path / "in", {"one.md": "Words"}), fails=True)
    home = app.config["SETTINGS"].data_dir / "imports"
    [gathered] = home.glob("gathered-*")
    unknown = home / "gathered-unknown"
    unknown.mkdir()
    with app.app_context(), transaction() as session:
        run = session.scalar(select(ImportRun))
        run.path = f"/mounted/elsewhere/{gathered.name}/{arriving.ROWS}"
    for days, left in ((29, {gathered.name, unknown.name}), (31, {gathered.name})):
        for each in (gathered, unknown):
            os.utime(each, (time.time() - days * 86_400,) * 2)
        with app.app_context():
            prune()
        assert {each.name for each in home.glob("gathered-*")} == left, "files know the machine's time, runs the product's"
    clock.move(31 * 86_400)
    with app.app_context():
        prune()
    assert not gathered.exists()


def test_pictures_come_along_when_they_are_there_and_are_pictures(app, bring, client_of, tmp_path):
    text = "![small](media/small.png) ![far](../far.jpg) ![large](media/large.png) ![drawing](media/drawing.svg) ![text](media/text.png) ![no](media/no.png) ![out](../../etc/x.png) [as a link](media/small.png)"
    bring(files(tmp_path / "in", {
        "help/one.md": text, "help/two.md": "No picture", "help/hidden.md": "---\nstate: internal\n---\n![x](media/own.png)", "help/media/small.png": png(), "far.jpg": b"\xff\xd8\xff\xe0jpeg",
        "help/media/large.png": png(filling=pictures.LARGEST), "help/media/drawing.svg": "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        "help/media/text.png": "<html><script>alert(1)</script>", "help/media/unused.png": png(3), "help/media/own.png": png(4),
    }))
    nobody, slug = client_of(app), article(app, "help/one.md").slug
    shown = nobody.get(f"/answers/{slug}").text
    address = f"/answers/{slug}/pictures/help/media/small.png"
    assert f'<img src="{address}" alt="small" loading="lazy">' in shown and f'<a href="{address}"' in shown and f"/answers/{slug}/pictures/far.jpg" in shown
    for words in ("large", "drawing", "text", "no", "out"):
        assert f"image not included: {words}" in shown, words
    answer = nobody.get(address)
    assert answer.data == png() and answer.mimetype == "image/png" and answer.headers["X-Content-Type-Options"] == "nosniff"
    other, hidden = article(app, "help/two.md").slug, article(app, "help/hidden.md").slug
    for path in (f"{slug}/pictures/help/media/unused.png", f"{other}/pictures/help/media/small.png", f"{slug}/pictures/../../secret_key", f"{hidden}/pictures/help/media/own.png"):
        assert nobody.get(f"/answers/{path}").status_code in (301, 308, 404), path
    assert client_of(app, "ines").get(f"/answers/{hidden}/pictures/help/media/own.png").data == png(4)
    assert last_run(app).things["pictures shown"] == 3 and last_run(app).things["pictures not there"] == 5


def upload(client, content: bytes, kind: str = "articles", name: str = "help.zip"):
    return client.post("/admin/imports", data={"kind": kind, "source": "there", "file": (io.BytesIO(content), name)}, content_type="multipart/form-data")


def test_a_zip_of_markdown_comes_in_by_the_page_as_the_folder_does(app, client_of):
    arno = client_of(app, "arno")
    brought = upload(arno, packed({"help/one.md": "# One\n\n![x](a.png) [two](two.md)", "help/two.md": "# Two\n\nWords.", "help/a.png": png(), "__MACOSX/x": "?"}))
    assert brought.status_code == 303, brought.text
    assert "One" in arno.get(brought.location).text
    assert arno.post(f"{brought.location}/start").status_code == 303
    with app.app_context():
        run_waiting()
    assert paths(app) == {"help/one.md", "help/two.md"}
    shown = client_of(app).get(f"/answers/{article(app, 'help/one.md').slug}").text
    assert "/pictures/help/a.png" in shown and f"/answers/{article(app, 'help/two.md').slug}" in shown
    assert "1</span> picture shown" in arno.get(f"{brought.location}/progress").text


def _link() -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        entry = zipfile.ZipInfo("link.md")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    return into.getvalue()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (packed({"../up.md": "x"}), "outside of it"), (packed({"a/../../up.md": "x"}), "outside of it"), (packed({"/etc/cron.d/x.md": "x"}), "outside of it"),
        (packed({"..\\up.md": "x"}), "outside of it"), (packed({"C:\\x.md": "x"}), "outside of it"), (packed({"a.md": "x"})[:-30], "damaged"), (b"PK\x03\x04 no archive", "damaged"),
        (packed({"a.md": "x" * 30_000_000}), "larger than"), (packed({f"{n}.md": "x" for n in range(300)}), "more than"), (packed({"a.txt": "x"}), "no Markdown file"), (_link(), "no Markdown file"),
        (packed({"a": "x", "a/b.md": "x"}), "cannot be files"), (packed({"x" * 290 + ".md": "x"}), "cannot be files"),
        (packed({"a/" * 1600 + "x.md": "x"}), "too deep"), (packed({"a/" * depth + "x.md": "x" for depth in (1, 400, 800, 1200, 1600)}), "too deep"), (packed({"a/" * 30 + "x.md": "x"}), "too deep"),
        (packed({"a.md": "x", "é" * 100 + "/" + "é" * 100 + "/" + "é" * 100 + ".png": png()}), "too long a name"),
    ],
    ids=range(17),
)
def test_UP_07_a_hostile_archive_is_refused_in_a_sentence_and_leaves_nothing(app, client_of, content, why, monkeypatch):
    monkeypatch.setattr(archives, "MOST_BYTES", 20_000_000)
    monkeypatch.setattr(archives, "MOST_FILES", 200)
    answer = upload(client_of(app, "arno"), content)
    assert answer.status_code == 422 and why in answer.text
    home = app.config["SETTINGS"].data_dir
    assert list((home / "imports").iterdir()) == [] and not (home.parent / "up.md").exists()


def test_folders_up_to_the_deepest_come_in_and_deeper_ones_are_named(app, client_of, bring, rejected, tmp_path):
    deepest, deeper, long = "a/" * 29 + "x.md", "b/" * 30 + "x.md", "/".join(["c" * 200] * 2) + "/x.md"
    bring(files(tmp_path / "in", {"one.md": "x", deepest: "x", deeper: "x", long: "x"}))
    assert paths(app) == {"one.md", deepest} and last_run(app).rejected == 2
    assert any("too deep or has too long a name" in each for each in rejected(app).values())
    assert upload(client_of(app, "arno"), packed({deepest: "x", "a" * 200 + "/" + "a" * 96 + ".md": "x"})).status_code == 303


def test_what_goes_out_lies_no_deeper_than_what_may_come_in(app, bring, client_of, tmp_path):
    bring(jsonl(tmp_path / "in.jsonl", record("a/" * 30 + "x.md"), record("/".join(["b" * 149] * 2), title="Long"), record("one.md")))
    out = exported(app, client_of(app, "arno"), format="folder")
    assert len(paths(app)) == 3 and sum(name.startswith("other/") for name in unpacked(out)) == 2
    assert upload(client_of(app, "arno"), out).status_code == 303


def test_a_picture_whose_name_no_disk_takes_counts_as_not_there(app, tmp_path):
    source, into = files(tmp_path / "in", {"one.md": "![x](a/b.png) ![y](c.png)", "/".join(["a" * 90] * 3) + "/b.png": png(), "c.png": png()}), tmp_path
    while len(str(into)) < 3900:
        into = into / ("d" * min(200, 3900 - len(str(into))))
        into.mkdir()
    with app.app_context():
        beside = folder.pictures_beside(folder.gather(source, into / "rows.jsonl"))
    assert [each.name for each in beside.rglob("*.png")] == ["c.png"]


def _flagged(name: bytes) -> bytes:
    """An archive whose one name claims to be UTF-8."""
    made = packed({"ab.md": "x"}).replace(b"ab.md", name)
    local, central = made.find(b"PK\x03\x04") + 6, made.find(b"PK\x01\x02") + 8
    return b"".join(bytes([byte | 8]) if at in (local + 1, central + 1) else bytes([byte]) for at, byte in enumerate(made))


def _flipped(method: int) -> bytes:
    """An archive with a wrong byte amid what is packed."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", method) as archive:
        archive.writestr("a.md", os.urandom(3000).hex())
    made = bytearray(into.getvalue())
    made[len(made) // 2] ^= 0xFF
    made[60] ^= 0xFF
    return bytes(made)


DAMAGED = {"lzma": _flipped(zipfile.ZIP_LZMA), "bzip2": _flipped(zipfile.ZIP_BZIP2), "deflate": _flipped(zipfile.ZIP_DEFLATED), "no utf-8": _flagged(b"\xff\xff.md")}


@pytest.mark.parametrize("what", DAMAGED)
def test_UP_07_an_archive_damaged_inside_is_refused_in_a_sentence(app, client_of, what):
    answer = upload(client_of(app, "arno"), DAMAGED[what])
    assert answer.status_code == 422 and "The archive is damaged" in answer.text
    assert list((app.config["SETTINGS"].data_dir / "imports").iterdir()) == []


def test_UP_07_the_list_of_an_archive_is_not_read_when_it_is_too_long(app, client_of, monkeypatch):
    content = packed({f"{n}.md": "" for n in range(30_000)})
    monkeypatch.setattr(zipfile.ZipFile, "infolist", lambda _archive: pytest.fail("it was read"))
    answer = upload(client_of(app, "arno"), content)
    assert answer.status_code == 422 and "more than 20,000 files" in answer.text


def test_DOS_06_front_matter_that_nobody_writes_rejects_that_file_alone(app, bring, rejected, tmp_path):
    bring(files(tmp_path / "in", {
        "good.md": "Words", "half.md": '---\ntitle: "\\ud800"\n---\nx', "huge.md": '---\ntitle: "\\UFFFFFFFF"\n---\nx', "beyond.md": '---\ntitle: "\\U00110000"\n---\nx',
        "deep.md": "---\na: " + "[" * 2000 + "]" * 2000 + "\n---\nx", "long.md": "---\n" + "".join(f"a{n}: [b, c]\n" for n in range(4000)) + "---\nx",
    }))
    wrong = list(rejected(app).values())
    assert paths(app) == {"good.md"} and len(wrong) == 5
    assert sum("not front matter" in each for each in wrong) == 4 and sum("longer than 5,000 characters" in each for each in wrong) == 1


SLOW = {
    "heading": "# a" + " " * 1500 + "b", "marks": "# a" + " #" * 20_000 + "b", "headings": "# \n" * 20_000, "spaces": "a" + " " * 60_000 + "b", "lines": "a" + " \n" * 5_900 + "b",
    "tabs": "> " + "\t" * 60_000 + "b", "code": "    a" + " " * 60_000 + "\n" * 5_000 + "b",
}


@pytest.mark.parametrize("what", SLOW)
def test_DOS_01_no_markdown_file_takes_seconds(tmp_path, what):
    file = files(tmp_path, {"a.md": SLOW[what]}) / "a.md"
    with work() as spent:
        made = folder.record(file, "a.md")
        markdown.plain(made["body"])
    assert spent.seconds < 2


@pytest.mark.parametrize(("text", "title"), [
    ("# One #\n", "One"), ("#One\n\n# Two ##  \r\nx", "Two"), ("x\n#\tTab", "Tab"), ("## Lower\n", "a"), ("#\n# \n# #\nx", "a"), ("x # no", "a"), ("# a  b", "a  b"),
])
def test_the_first_heading_is_the_title_of_a_file_that_has_none(tmp_path, text, title):
    assert folder.record(files(tmp_path, {"a.md": text}) / "a.md", "a.md")["title"] == title


def test_DOS_06_a_picture_named_a_thousand_times_is_read_once(app, bring, monkeypatch, tmp_path):
    read, reads = pictures.read, []
    monkeypatch.setattr(pictures, "read", lambda path: reads.append(path.name) or read(path))
    body = "\n\n".join(f"![x]({'./' * n}a.png)" for n in range(300))
    source = files(tmp_path / "in", {"one.md": body, "two.md": body, "a.png": png()})
    bring(source)
    assert reads.count("a.png") <= 2, "once for the folder, once for the run"
    assert last_run(app).things["pictures shown"] == 600
    reads.clear()
    bring(source, "--dry-run")
    assert reads.count("a.png") <= 2


def test_orders_take_no_archive(app, client_of):
    answer = upload(client_of(app, "arno"), packed({"a.md": "x"}), kind="orders", name="orders.xlsx")
    assert answer.status_code == 422 and "Excel" in answer.text


ODD = [
    record("a/one.md", "    code first\n\n[two](../two.md)\n\n ", section="Pumps", summary="Short: “yes”", labels=["a, b", "c"], updated="03/01/2021", topic="how-to", source="Maker", licence="CC BY 4.0"),
    record("two.md", "Body with \u2028 line \u0085 and \ufeff marks\r\nand Windows ends\r\n", labels=["#no", "- x", "null", "1e3", "ja: nein"]),
    record("de/eins.md", "Wörter 退款 🙂", language="de", translation_of="a/one.md"),
    record("draft.md", "---\ntitle: no head\n---\n", state="draft"), record("A/ONE.md", "Same name in other letters", state="internal"),
    record("no extension", "\n\nSpace around \\ \"quoted\"\t\n"), record("deep/" * 9 + "x.md", "deep"), record("con: <odd>?.md", "odd name"), record("two.md/three.md", "below a file"),
]


@pytest.mark.both_stores
def test_json_lines_go_out_as_they_came_in(app, bring, client_of, tmp_path):
    path = jsonl(tmp_path / "in.jsonl", *ODD)
    bring(path)
    assert last_run(app).created == len(ODD)
    assert exported(app, client_of(app, "arno")) == path.read_bytes()


def test_a_folder_goes_out_as_it_came_in_to_the_byte(app, bring, client_of, imports, tmp_path):
    arno = client_of(app, "arno")
    bring(jsonl(tmp_path / "in.jsonl", *ODD))
    out = unpacked(exported(app, arno, format="folder")) | {"pic/a.png": png()}
    out["two.md"] = out["two.md"].replace(b"Body with", b"![a](pic/a.png) Body with")
    assert "A/ONE.md" in out and sum(name.startswith("other/") for name in out) == 3
    imports(app, "articles", files(tmp_path / "again", out), "--source", "second")
    assert last_run(app).rejected == 0
    assert unpacked(exported(app, arno, "second", format="folder")) == out
    by_path = {json.loads(line)["id"]: line for line in exported(app, arno, "second").splitlines() if b"pic/a.png" not in line}
    assert {**by_path} == {json.loads(line)["id"]: line for line in exported(app, arno).splitlines() if json.loads(line)["id"] != "two.md"}
    target = tmp_path / "by command"
    done = app.test_cli_runner().invoke(args=["export", "articles", str(target), "--source", "second"])
    assert done.exit_code == 0, done.output
    assert {path.relative_to(target).as_posix(): path.read_bytes() for path in target.rglob("*") if path.is_file()} == out
    assert app.test_cli_runner().invoke(args=["export", "articles", str(target)]).exit_code == 1, "nothing is overwritten"
    assert app.test_cli_runner().invoke(args=["export", "articles", str(tmp_path / "x"), "--source", "nobody"]).exit_code == 1


def test_a_folder_written_by_another_system_is_the_same_from_the_second_time_on(app, bring, client_of, imports, tmp_path):
    arno = client_of(app, "arno")
    bring(files(tmp_path / "in", {"x.md": "# Heading\r\n\r\nText", "y/z.md": "---\ntags: a, b\nauthor: somebody\n---\n\n\nText\n\n"}))
    first = unpacked(exported(app, arno, format="folder"))
    imports(app, "articles", files(tmp_path / "again", first), "--source", "second")
    assert unpacked(exported(app, arno, "second", format="folder")) == first


@pytest.mark.both_stores
def test_everything_goes_out_in_one_file_that_another_shop_can_take(app, bring, client_of, imports, person, tmp_path):
    arno = client_of(app, "arno")
    bring(jsonl(tmp_path / "in.jsonl", record("index.md", "[x](where-is-my-parcel.md)"), record("where-is-my-parcel", "Theirs")))
    imports(app, "articles", jsonl(tmp_path / "in.jsonl", record("index.md", "Another, [x](sub/y.md)"), record("sub/y.md")), "--source", "second")
    with app.app_context():
        first = articles.find(person(app, "arno"), "where-is-my-parcel")
        articles.write(person(app, "arno"), title="Wo ist es?", body="Da.", language="fr", state="draft", translation_of=first.slug)
    everything = exported(app, arno, "")
    with app.app_context():
        count = len(db.session.scalars(select(Article.id)).all())
    ids = [json.loads(line)["id"] for line in everything.splitlines()]
    assert len(set(ids)) == len(ids) == count and {"where-is-my-parcel", "there/where-is-my-parcel", "there/index.md", "index.md", "sub/y.md"} <= set(ids)
    assert {"id": "wo-ist-es", "translation_of": "where-is-my-parcel", "state": "draft"}.items() <= next(json.loads(line) for line in everything.splitlines() if b'"wo-ist-es"' in line).items()
    (tmp_path / "all.jsonl").write_bytes(everything)
    imports(app, "articles", tmp_path / "all.jsonl", "--source", "moved")
    assert last_run(app).rejected == 0 and last_run(app).things.get("translations without original") is None
    assert exported(app, arno, "moved") == everything


@pytest.mark.parametrize("key", [None, "maja", "ines", "hanna"])
def test_only_administrators_download(app, client_of, key):
    for query in ("", "?format=folder", "?source=there"):
        assert client_of(app, key).get(f"/admin/articles/export{query}").status_code in (302, 303, 403, 404)
    assert client_of(app, "arno").get("/admin/articles/export?source=nobody").status_code == 404
