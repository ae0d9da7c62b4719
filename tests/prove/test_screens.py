"""The look at every page in English, in German and from right to left, in both themes, wide and on a phone."""
from types import SimpleNamespace

import pytest
from sqlalchemy import update

from support.database import db
from support.people import Person
from support.web import mirrored
from tests.access.shop import shop
from tests.screens.conftest import look_as
from tests.screens.looks import LOOKS, faults
from tests.screens.pages_to_see import sights
from tests.servers import Server

__all__ = ["look_as"]
pytestmark = pytest.mark.browser
PIECES = 4


@pytest.fixture(scope="module", params=[pytest.param(code, marks=pytest.mark.xdist_group(code)) for code in ("en", "de", mirrored.CODE)])
def furnished(request, tmp_path_factory):
    """The server of the short runs, with everybody reading one language."""
    folder = tmp_path_factory.mktemp(f"screens-{request.param}")
    made = shop(folder)
    world = SimpleNamespace(store="sqlite", url=made.copy_to(folder), cast=made.cast)
    server = Server(world, folder, shop_languages=request.param)
    server.things = made.things
    with server.app.app_context():
        db.session.execute(update(Person).values(locale=request.param))
        db.session.commit()
    try:
        yield server.start()
    finally:
        server.close()


@pytest.mark.parametrize("piece", range(PIECES))
def test_every_page_is_whole_in_every_language_theme_and_width(furnished, look_as, piece):
    found, seen = [], {}
    for sight in sorted(sights(), key=str)[piece::PIECES]:
        if sight.role not in seen:
            seen[sight.role] = look_as(sight.role, reduced_motion="reduce")
        found += [f"{sight}: {fault}" for fault in faults(seen[sight.role], furnished, sight, tuple(LOOKS))]
    assert not found, "\n".join(found)
