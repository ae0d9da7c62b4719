"""One server for all looks: the furnished shop of the access matrix, so that every list has something in it."""
from types import SimpleNamespace

import pytest

from tests.access.shop import shop
from tests.servers import Server


@pytest.fixture(scope="session")
def furnished(tmp_path_factory):
    """A running server of the default size. `.things` are what the rows of the matrix name, `.things["tokens"]` the sign-ins."""
    folder = tmp_path_factory.mktemp("screens")
    made = shop(folder)
    world = SimpleNamespace(store="sqlite", url=made.copy_to(folder), cast=made.cast)
    server = Server(world, folder)
    server.things = made.things
    try:
        yield server.start()
    finally:
        server.close()


@pytest.fixture
def look_as(furnished, new_page):
    """`look_as("gero")`: a page signed in as one role of the matrix."""

    def opened(role, **context):
        page = new_page(furnished, **context)
        token = furnished.things["tokens"].get(role)
        if token:
            page.context.add_cookies([{"name": "switchboard", "value": token, "url": furnished.url, "httpOnly": True, "sameSite": "Lax"}])
        return page

    return opened
