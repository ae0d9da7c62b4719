"""A shop in which Maja has asked and Ines answers, and who uploads there; the store as a folder or as a bucket of a real server."""
import pytest
from moto.server import ThreadedMotoServer

from support import files
from tests.files.sending import Sender


@pytest.fixture(scope="module")
def s3():
    """A server that speaks the protocol of S3."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield "{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def sender(desk):
    """`sender("maja")` uploads as one of the cast."""
    return lambda key=None: Sender(desk.client_of(desk.app, key))


@pytest.fixture
def blobs(desk):
    """`blobs()`: the names of all that lies in the folder of files."""
    home = desk.app.config["SETTINGS"].data_dir / "files"
    return lambda: sorted(str(path.relative_to(home)) for path in home.rglob("*") if path.is_file())


@pytest.fixture
def kept(desk):
    """`kept(key)`: the bytes of a file in the store."""

    def read(key: str) -> bytes:
        with desk.app.app_context(), files.store().open(key) as content:
            return content.read()

    return read
