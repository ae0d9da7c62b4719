"""What a file is, its bytes say; what it may be called; and small pictures of pictures that mean no good."""
import io
import resource
import subprocess
import sys

import pytest
from PIL import Image

from support.files.contents import clean_name
from support.files.small import MOST_PIXELS, MOST_SCANS, NoSmallPicture, small_picture
from tests import pictures
from tests.files import crafted
from tests.files.sending import photo

WINDOWS = b"MZ\x90\x00" + b"\0" * 60 + b"This program cannot be run in DOS mode."
HTML = b"<!doctype html><script>alert(document.cookie)</script>"
NAMES = {
    "../../etc/passwd": "passwd", "/absolute/one.txt": "one.txt", "C:\\Windows\\two.txt": "two.txt", "a\0b.txt": "ab.txt", "\u202egnp.exe": "gnp.exe",
    "CON": "_CON", "nul.txt": "_nul.txt", "": "file", "...": "file", "a\r\nSet-Cookie: x=1.txt": "aSet-Cookie_ x=1.txt", 'say "hi"; now.txt': "say _hi__ now.txt",
    "Über Größe 写真.jpg": "Über Größe 写真.jpg", "  two   blanks .txt": "two blanks .txt",
}


@pytest.mark.parametrize("given", NAMES)
def test_UP_03_a_name_is_cleaned_before_it_is_shown(given):
    assert clean_name(given) == NAMES[given]


def test_UP_03_a_long_name_keeps_its_ending():
    assert len(clean_name("n" * 300 + ".pdf")) == 120 and clean_name("n" * 300 + ".pdf").endswith("….pdf")


ODD = {  # name and content: what it is served as, and whether it is shown in the conversation
    ("photo.png", WINDOWS): ("application/octet-stream", False), ("page.html", HTML): ("application/octet-stream", False),
    ("note.txt", HTML): ("application/octet-stream", False), ("picture.svg", pictures.SCRIPT): ("application/octet-stream", False),
    ("bill.pdf.exe", WINDOWS): ("application/octet-stream", False), ("PHOTO.JPG", photo()): ("image/jpeg", True), ("noending", photo(kind="PNG")): ("image/png", True),
    ("x.html", photo(kind="GIF") + HTML): ("image/gif", True), ("bill.html", b"%PDF-1.7\n" + HTML): ("application/pdf", False), ("cut.jpg", photo()[:300]): ("application/octet-stream", False),
    ("w.webp", photo(kind="WEBP")): ("image/webp", True), ("a.zip", b"PK\x03\x04rest"): ("application/zip", False),
}


@pytest.mark.parametrize(("name", "content"), ODD, ids=lambda value: value if isinstance(value, str) else "")
def test_UP_01_UP_04_XSS_05_XSS_06_only_pictures_are_shown_and_nothing_runs(desk, sender, name, content):
    ticket_id, maja = desk.taken(), sender("maja")
    key = maja.upload(name, content)
    maja.says(f"/questions/{ticket_id}/messages", key)
    kind, is_shown = ODD[name, content]
    for who in ("maja", "ines"):
        answer = desk.client_of(desk.app, who).get(f"/files/{key}")
        assert answer.data == content and answer.content_type == kind
        assert answer.headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer.headers["Content-Security-Policy"] and "script" not in answer.headers["Content-Security-Policy"]
        assert answer.headers["Content-Disposition"].startswith("inline" if is_shown else "attachment")
    page = maja.client.get(f"/questions/{ticket_id}").text
    assert (f'src="/files/{key}/small"' in page) is is_shown
    small = maja.client.get(f"/files/{key}/small")
    assert (small.status_code, small.content_type) == ((200, "image/webp") if is_shown else (404, small.content_type))
    if name == "x.html":
        assert "filename=x.html.gif" in maja.client.get(f"/files/{key}").headers["Content-Disposition"], "saved, it is opened as what it is"


def test_INJ_07_any_name_is_a_well_formed_header_and_survives(desk, sender):
    maja = sender("maja")
    for name, told in (
        ("Größe 写真.bin", "attachment; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%E5%86%99%E7%9C%9F.bin"),
        ('a"b;c\r\nX-Evil: 1.bin', 'attachment; filename="a_b_c X-Evil_ 1.bin"'), ("two words.bin", 'attachment; filename="two words.bin"'),
    ):
        answer = maja.client.get(f"/files/{maja.upload(name, b'words')}")
        disposition = answer.headers["Content-Disposition"]
        assert "X-Evil" not in answer.headers and "\r" not in disposition and disposition.isascii()
        assert disposition.split("; ")[0] == "attachment" and disposition.endswith(told.split("; ", 1)[1]), disposition


def test_a_small_picture_holds_no_place_no_camera_and_stands_upright():
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "ZqCamera", 6  # turned by a quarter
    content = photo(600, 300, exif=exif.tobytes(), comment=b"Zqplace")
    assert b"ZqCamera" in content and b"Zqplace" in content
    small, width, height = small_picture(io.BytesIO(content))
    assert (width, height) == (240, 480) and b"Zq" not in small
    assert not Image.open(io.BytesIO(small)).getexif()


def bombs() -> dict[str, bytes]:
    packed = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(packed, "PNG")
    gif = bytearray(photo(10, 10, "GIF"))
    gif[6:10] = b"\xff\xff\xff\xff"
    side = int(MOST_PIXELS**0.5)
    return {
        "a lying head": pictures.png(told=(60_000, 60_000)), "much packed small": packed.getvalue(), "a lying gif": bytes(gif),
        "the largest we take": photo(side, side, "PNG"), "the largest with a palette": _palette(side), "a large progressive one": photo(side + 100, side, progressive=True),
        "a large plain one": photo(9000, 9000, quality=20), "a scan for each colour": crafted.scan_for_each_colour(10_000, 10_000),
        "thousands of scans": crafted.many_scans(side, side, 2_000), "as many scans as we take": crafted.many_scans(4470, 4470, MOST_SCANS - 1),
        "the largest of several scans": crafted.scan_for_each_colour(4470, 4470, 4), "a large webp": photo(side, side, "WEBP", quality=1, method=0),
        "the largest webp": photo(3464, 3464, "WEBP", quality=1, method=0, lossless=True),
    }


def _palette(side: int) -> bytes:
    written = io.BytesIO()
    Image.new("P", (side, side)).save(written, "PNG", transparency=0)
    return written.getvalue()


def test_UP_05_a_picture_bomb_is_refused_or_made_small_in_two_seconds_and_200_megabytes(tmp_path):
    """Each in a process of its own, which may hold so much memory and compute so long."""
    for name, content in bombs().items():
        file = tmp_path / "bomb"
        file.write_bytes(content)
        limits = lambda: resource.setrlimit(resource.RLIMIT_CPU, (20, 20))  # noqa: E731
        told = subprocess.run([sys.executable, "-c", MEASURE, str(file)], capture_output=True, text=True, preexec_fn=limits, timeout=120)
        assert told.returncode == 0, f"{name}: {told.stderr[-400:]}"
        seconds, megabytes = map(float, told.stdout.split())
        assert seconds < 2 and megabytes < 200, f"{name}: {seconds:.1f} s of computing, {megabytes:.0f} MB more"


MEASURE = """
import re, sys, time
from pathlib import Path
from support.files.small import NoSmallPicture, small_picture
used = lambda: int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024  # what getrusage says begins with the parent's
before, at = used(), time.process_time()
try:
    small_picture(open(sys.argv[1], "rb"))
except NoSmallPicture:
    pass
print(time.process_time() - at, used() - before)
"""


def test_a_bomb_that_is_refused_as_a_picture_is_still_a_download(desk, sender):
    maja, bomb = sender("maja"), pictures.png(told=(60_000, 60_000))
    key = maja.upload("bomb.png", bomb)
    answer = maja.client.get(f"/files/{key}")
    assert answer.content_type == "application/octet-stream" and answer.data == bomb
    with pytest.raises(NoSmallPicture):
        small_picture(io.BytesIO(bomb))
