"""Where the bytes lie: a folder, or a bucket of any S3-compatible store. Both keep named blobs and know nothing of people.

Names are made by us; a blob is written whole or not at all, and never changed.
"""
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import unquote, urlsplit

import urllib3
from minio import Minio
from minio.error import MinioException, S3Error

from support.errors import NotFound, Unavailable

NAME = re.compile(r"(parts/[0-9a-f]{32}/[0-9]{12}-[0-9a-f]{8}|parts/written/\w+|[0-9a-f]{32}(-small)?)")
S3_TIMES = urllib3.Timeout(connect=5, read=30)


class Store(Protocol):
    """What a place for blobs can do. Everything may raise Unavailable."""

    def put(self, name: str, content: BinaryIO, size: int) -> None:
        """Keep these bytes under this name, whole and lasting when it returns."""

    def open(self, name: str) -> BinaryIO:
        """The bytes, to read and close; NotFound if there are none."""

    def delete(self, name: str) -> None:
        """Remove it; nothing happens if there is none."""

    def parts_before(self, instant: datetime) -> Iterator[str]:
        """Names of the parts of uploads that were written before this instant."""


class Folder:
    """Blobs as files, spread over 256 folders; only this program may read them, and nobody run them."""

    def __init__(self, home: Path):
        self.home = home

    def _path(self, name: str) -> Path:
        _demand(name)
        return self.home / name if name.startswith("parts/") else self.home / name[:2] / name

    def put(self, name: str, content: BinaryIO, size: int) -> None:
        path = self._path(name)
        with _disk():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            half = self.home / "parts" / "written"  # what a process that dies leaves here is old one day, as a part is
            half.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.NamedTemporaryFile(dir=half, delete=False) as file:
                try:
                    shutil.copyfileobj(content, file, 1 << 20)
                    file.flush()
                    os.fsync(file.fileno())
                    os.replace(file.name, path)
                except BaseException:
                    Path(file.name).unlink(missing_ok=True)
                    raise

    def open(self, name: str) -> BinaryIO:
        try:
            return open(self._path(name), "rb")
        except FileNotFoundError:
            raise NotFound() from None
        except OSError as error:
            raise Unavailable() from error

    def delete(self, name: str) -> None:
        path = self._path(name)
        with _disk():
            path.unlink(missing_ok=True)
            if name.startswith("parts/"):
                try:
                    path.parent.rmdir()
                except OSError:
                    pass  # other parts are still there, or it went with another one

    def parts_before(self, instant: datetime) -> Iterator[str]:
        for path in sorted(self.home.glob("parts/*/*")):
            if path.stat().st_mtime < instant.timestamp() and NAME.fullmatch(name := str(path.relative_to(self.home))):
                yield name


class Bucket:
    """Blobs in a bucket that exists already; its lifetime, copies and backup are the bucket's own affair."""

    def __init__(self, client: Minio, bucket: str):
        self.client, self.bucket = client, bucket

    def put(self, name: str, content: BinaryIO, size: int) -> None:
        _demand(name)
        with _s3():
            self.client.put_object(self.bucket, name, content, size)

    def open(self, name: str) -> BinaryIO:
        _demand(name)
        with _s3():
            return self.client.get_object(self.bucket, name)

    def delete(self, name: str) -> None:
        _demand(name)
        with _s3():
            self.client.remove_object(self.bucket, name)

    def parts_before(self, instant: datetime) -> Iterator[str]:
        with _s3():
            for found in self.client.list_objects(self.bucket, prefix="parts/", recursive=True):
                if found.last_modified.astimezone(UTC) < instant and NAME.fullmatch(found.object_name):
                    yield found.object_name


def store_for(settings) -> Store:
    """The store that FILES_URL names; nothing is asked of it yet."""
    if settings.files_url == "folder:":
        return Folder(settings.data_dir / "files")
    address = urlsplit(settings.files_url)
    client = Minio(
        address.netloc.rpartition("@")[2], access_key=unquote(address.username), secret_key=unquote(address.password),
        secure=address.scheme == "s3", region=address.fragment or "us-east-1",
        http_client=urllib3.PoolManager(timeout=S3_TIMES, maxsize=20, retries=urllib3.Retry(2, backoff_factor=0.2, status_forcelist=(500, 502, 503, 504))),
    )
    return Bucket(client, address.path.strip("/"))


def _demand(name: str) -> None:
    if not NAME.fullmatch(name):
        raise ValueError("a blob's name is made by us")


@contextmanager
def _disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:  # full, gone, or not ours
        raise Unavailable() from error


@contextmanager
def _s3() -> Iterator[None]:
    try:
        yield
    except S3Error as error:
        raise (NotFound() if error.code == "NoSuchKey" else Unavailable()) from error
    except (MinioException, urllib3.exceptions.HTTPError, OSError) as error:
        raise Unavailable() from error
