"""Both places for files do the same: a folder, and a bucket of a real server that speaks S3."""
import io
from datetime import timedelta
from pathlib import Path

import pytest

from support.clock import now
from support.errors import NotFound, Unavailable
from support.files.stores import Bucket, Folder, store_for
from tests.files.sending import photo
from tests.worlds import settings_for

KEY, PART = "0123456789abcdef" * 2, f"parts/{'a' * 32}/000000000000-0badcafe"


def bucket_settings(folder: Path, s3: str):
    settings = settings_for(folder, files_url=f"s3+http://key:secret@{s3}/shop-files")
    client = store_for(settings).client
    if not client.bucket_exists("shop-files"):
        client.make_bucket("shop-files")
    return settings


@pytest.fixture(params=["folder", "bucket"])
def place(request, tmp_path):
    if request.param == "folder":
        return store_for(settings_for(tmp_path))
    return store_for(bucket_settings(tmp_path, request.getfixturevalue("s3")))


def test_what_is_put_can_be_had_replaced_and_deleted(place):
    for content in (b"first", b"x" * 3_000_000):
        place.put(KEY, io.BytesIO(content), len(content))
        with place.open(KEY) as found:
            assert found.read() == content
    place.delete(KEY)
    place.delete(KEY)
    with pytest.raises(NotFound):
        place.open(KEY)


def test_parts_are_listed_by_age(place):
    place.put(PART, io.BytesIO(b"x"), 1)
    place.put(KEY, io.BytesIO(b"x"), 1)
    real = now() + timedelta(days=8)  # the clock of the tests stands in the shop's hours
    assert list(place.parts_before(real)) == [PART] and list(place.parts_before(real - timedelta(days=3000))) == []
    place.delete(PART)
    place.delete(KEY)


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a" * 31, KEY + "/..", f"{KEY}\0", "parts/x", KEY.upper()])
def test_UP_03_no_name_but_ours_reaches_a_store(place, name):
    for act in (lambda: place.open(name), lambda: place.delete(name), lambda: place.put(name, io.BytesIO(b""), 0)):
        with pytest.raises(ValueError):
            act()


def test_files_in_a_folder_are_read_by_this_program_alone_and_a_cut_write_leaves_nothing(tmp_path):
    place = Folder(tmp_path / "files")
    place.put(KEY, io.BytesIO(b"x"), 1)
    [file] = [path for path in place.home.rglob("*") if path.is_file()]
    assert file.stat().st_mode & 0o177 == 0

    class Cut(io.BytesIO):
        def read(self, size=-1):
            raise OSError("no space left")

    with pytest.raises(Unavailable):
        place.put("f" * 32, Cut(b"xx"), 2)
    assert [path for path in place.home.rglob("*") if path.is_file()] == [file]


def test_a_store_that_does_not_answer_is_said_to_be_unavailable(tmp_path):
    gone = store_for(settings_for(tmp_path, files_url="s3+http://key:secret@127.0.0.1:9/bucket"))
    with pytest.raises(Unavailable):
        gone.put(KEY, io.BytesIO(b"x"), 1)


def test_a_conversation_carries_its_files_in_a_bucket(desk, sender, s3, tmp_path, blobs):
    desk.app.extensions["files"] = store_for(bucket_settings(tmp_path, s3))
    assert isinstance(desk.app.extensions["files"], Bucket)
    ticket_id, maja, film = desk.taken(), sender("maja"), bytes(range(256)) * 6000
    keys = [maja.upload("photo.jpg", photo()), maja.upload("film.bin", film)]
    assert maja.says(f"/questions/{ticket_id}/messages", *keys).status_code == 303
    ines = desk.client_of(desk.app, "ines")
    assert [ines.get(f"/files/{key}").data for key in keys] == [photo(), film] and ines.get(f"/files/{keys[0]}/small").status_code == 200
    assert blobs() == []
    names = {found.object_name for found in desk.app.extensions["files"].client.list_objects("shop-files", recursive=True)}
    assert names == {keys[0], f"{keys[0]}-small", keys[1]}
