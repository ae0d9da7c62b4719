"""The logo of the shop: what may be uploaded, how it is served, where it stands."""
import io
import re
import tracemalloc

import pytest
from sqlalchemy import select

from support.database import db
from support.events import Event
from support.settings import Settings, SettingsError
from support.shop import LARGEST_LOGO, ShopRow, picture
from tests import pictures
from tests.pictures import chunk, jpeg, png, webp
from tests.work import takes_less, work
from wsgi import create_app

FACE = "/admin/shop/face"


def version(client) -> str:
    return re.search(r'name="version" value="(\d+)"', client.get(FACE).text).group(1)


def save(client, content: bytes | None = None, name: str = "logo.png", **fields):
    """Fill in the page as a browser does."""
    body = {"version": version(client), "colour": "", **fields}
    if content is not None:
        body["logo"] = (io.BytesIO(content), name)
    return client.post(FACE, data=body)


def stored(app) -> bytes | None:
    with app.app_context():
        return db.session.scalar(select(ShopRow.logo))


@pytest.mark.parametrize(("content", "kind"), [(png(), "image/png"), (jpeg(), "image/jpeg"), (webp(), "image/webp")], ids=["png", "jpeg", "webp"])
def test_XSS_06_UP_04_a_logo_is_shown_on_the_portal_and_served_as_what_it_is(any_app, client_of, content, kind):
    arno, anybody = client_of(any_app, "arno"), client_of(any_app)
    assert save(arno, content, "anything.txt").status_code == 303
    address = re.search(r'<img class="sb-logo[^"]*" src="(/logo\?v=\w+)"', anybody.get("/").text).group(1)
    answer = anybody.get(address)
    assert (answer.status_code, answer.content_type) == (200, kind)
    assert answer.headers["X-Content-Type-Options"] == "nosniff" and "immutable" in answer.headers["Cache-Control"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"] and "sandbox" in answer.headers["Content-Security-Policy"]
    assert anybody.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert anybody.get("/logo").headers["Cache-Control"] == "no-cache"
    assert "/logo" not in client_of(any_app, "ines").get("/desk").text


def test_nothing_but_the_picture_is_kept(app, client_of):
    arno, secret = client_of(app, "arno"), b"52.5200N 13.4050E <script>alert(1)</script>"
    for content in (png(extra=chunk(b"tEXt", secret) + chunk(b"eXIf", secret)) + secret, jpeg(note=secret) + secret, webp(note=secret) + secret):
        assert secret in content
        assert save(arno, content).status_code == 303
        assert secret not in stored(app) and picture.read(stored(app)).content == stored(app)


@pytest.mark.parametrize(("content", "sentence"), [
    (b"only words", "This is no picture"),
    (b"", "This is no picture"),
    (pictures.SCRIPT, "SVG file can carry programs"),
    (b"<?xml version='1.0'?>" + pictures.SCRIPT, "SVG file can carry programs"),
    (b"GIF89a" + bytes(100), "This is no picture"),
    (b"\x89PNG\r\n\x1a\n" + pictures.SCRIPT, "damaged"),
    (png()[:-20], "damaged"),
    (png().replace(b"IDAT", b"IDAX"), "damaged"),
    (png()[:-1] + b"?", "damaged"),
    (png(told=(64, 60)), "damaged"),
    (png(20_000, 20, told=(20_000, 20_000)), "2000 pixels"),
    (png(told=(20_000, 20_000)), "2000 pixels"),
    (png(told=(2_000, 2_000)), "damaged"),
    (png(told=(0, 64)), "damaged"),
    (jpeg(30_000, 30_000), "2000 pixels"),
    (jpeg()[:-2], "damaged"),
    (jpeg()[:40], "damaged"),
    (b"\xff\xd8\xff", "damaged"),
    (webp(16_000, 16_000), "2000 pixels"),
    (webp()[:30], "damaged"),
    (b"RIFF\xff\xff\xff\xffWEBPVP8 ", "damaged"),
    (b"RIFF\x04\x00\x00\x00WEBP", "damaged"),
    (png() + bytes(LARGEST_LOGO), "larger than 300 kB"),
    (bytes(10_000_000), "larger than 300 kB"),
], ids=lambda value: value if isinstance(value, str) else None)
def test_XSS_05_UP_01_UP_05_what_is_no_logo_is_refused_at_its_field_and_changes_nothing(app, client_of, content, sentence):
    arno = client_of(app, "arno")
    answer = save(arno, content, colour="#0a6b4f")
    error = re.search(r'id="f-logo-error">(.*?)</p>', answer.text, re.DOTALL)
    assert answer.status_code == 422 and sentence in error.group(1)
    assert 'value="#0a6b4f"' in answer.text  # what was typed beside it stays
    assert stored(app) is None and client_of(app).get("/logo").status_code == 404


def test_UP_05_a_picture_that_lies_about_its_size_costs_next_to_nothing():
    """400 million pixels in a few kilobytes: found out by the head; and one with a small head, before it is unpacked."""
    bombs = [png(told=(20_000, 20_000)), png(2_000, 20_000, told=(2_000, 2_000), colour=0), png(1, 4_000_000, told=(64, 64), colour=0)]
    bombs.append(png(1, 50_000_000, told=(64, 64), colour=0))  # a hundred million bytes behind a small head
    def refuse_all(_number) -> None:
        for bomb in bombs:
            with pytest.raises(picture.NoPicture):
                picture.read(bomb)

    assert takes_less(0.05, refuse_all)
    tracemalloc.start()
    refuse_all(0)
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_UP_02_one_byte_decides(app, client_of):
    arno = client_of(app, "arno")
    bare = len(png(extra=chunk(b"tEXt", b"")))
    fits, not_so = (png(extra=chunk(b"tEXt", b"x" * (size - bare))) for size in (LARGEST_LOGO, LARGEST_LOGO + 1))
    assert (len(fits), len(not_so)) == (LARGEST_LOGO, LARGEST_LOGO + 1)
    assert save(arno, not_so).status_code == 422 and stored(app) is None
    assert save(arno, fits).status_code == 303 and stored(app)
    assert not [path for path in app.config["SETTINGS"].data_dir.rglob("*logo*")]


@pytest.mark.parametrize("name", ["../../../etc/passwd", "C:\\CON", "a\0b.png", "x" * 300, "logo.php.png", "<script>.png"])
def test_UP_03_the_name_of_the_file_means_nothing(app, client_of, name):
    arno = client_of(app, "arno")
    assert save(arno, png(), name).status_code == 303
    assert client_of(app).get("/logo").content_type == "image/png"
    assert name not in arno.get(FACE).text


def test_UP_06_a_hundred_thousand_parts_are_refused_at_once(app, client_of):
    arno = client_of(app, "arno")
    body = b"".join(b'--x\r\nContent-Disposition: form-data; name="n%d"\r\n\r\n1\r\n' % n for n in range(100_000)) + b"--x--\r\n"
    with work() as spent:
        answer = arno.post(FACE, data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code in (413, 422) and spent.seconds < 3
    assert arno.post(FACE, data={"version": version(arno), "colour": "x" * 3_000_000}).status_code in (413, 422)


def test_no_cut_or_changed_byte_makes_a_failure():
    for content in (png(20, 10), jpeg(note=b"x" * 30), webp(note=b"x" * 30)):
        for at in range(len(content)):
            for odd in (content[:at], content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1:], content[:at] + b"\xff" + content[at:]):
                try:
                    assert picture.read(odd).content
                except picture.NoPicture:
                    pass


def test_a_logo_can_be_replaced_and_removed_and_the_story_names_no_content(app, client_of):
    arno, anybody = client_of(app, "arno"), client_of(app)
    save(arno, png(64, 64))
    first = anybody.get("/").text
    save(arno, png(300, 60))
    second = anybody.get("/").text
    assert 'alt=""' in first and re.search(r'alt="Tarn &amp; Thistle"|alt="Switchboard"', second)  # a wide one says the name itself
    in_tabs = re.compile(r'<link rel="(?:apple-touch-)?icon" href="/logo\?v=')
    assert len(in_tabs.findall(first)) == 2 and not in_tabs.findall(second)  # only a square one stands there
    with app.app_context():
        assert [event.data["fields"] for event in db.session.scalars(select(Event).where(Event.kind == "shop.changed"))][-1] == ["logo"]
    assert save(arno, remove="yes").status_code == 303
    assert "/logo" not in anybody.get("/").text and anybody.get("/logo").status_code == 404


def test_two_administrators_do_not_overwrite_each_other(app, client_of):
    arno = client_of(app, "arno")
    seen = version(arno)
    assert save(arno, png()).status_code == 303
    assert arno.post(FACE, data={"version": seen, "colour": "#123456"}).status_code == 409
    assert "/face.css" not in client_of(app).get("/").text


def test_a_logo_by_the_settings_wins_and_the_page_says_so(settings, world, tmp_path, client_of):
    file = tmp_path / "logo.png"
    file.write_bytes(png(200, 50))
    made = create_app(Settings.from_env({}, mode="test", secret_key="k" * 40, data_dir=tmp_path, database_url=world.url, shop_logo=str(file)))
    made.extensions["cast"] = world.cast
    assert client_of(made).get("/logo").content_type == "image/png"
    page = client_of(made, "arno").get(FACE).text
    assert "SHOP_LOGO" in page and 'type="file"' not in page


@pytest.mark.parametrize(("content", "words"), [(None, "cannot be read"), (b"text", "no PNG, JPEG or WebP"), (png() + bytes(LARGEST_LOGO), "larger than 300 kB")])
def test_a_setting_that_names_no_logo_stops_the_start_with_a_sentence(tmp_path, content, words):
    file = tmp_path / "logo.png"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsError, match=words):
        create_app(Settings.from_env({}, mode="test", secret_key="k" * 40, data_dir=tmp_path, shop_logo=str(file)))
