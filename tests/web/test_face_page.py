"""The page where an administrator chooses the colour: looked at before it is kept, with a sentence on what was done for reading."""
import re

import pytest
from sqlalchemy import select

from support.database import db
from support.shop import ShopRow, colour

FACE = "/admin/shop/face"


def choose(client, text):
    version = re.search(r'name="version" value="(\d+)"', client.get(FACE).text).group(1)
    return client.post(FACE, data={"version": version, "colour": text})


@pytest.mark.parametrize(("text", "kept"), [("#0A6B4F", "#0a6b4f"), ("0a6b4f", "#0a6b4f"), (" #fa0 ", "#ffaa00")])
def test_a_colour_is_kept_however_it_is_written_and_the_portal_wears_it(any_app, client_of, text, kept):
    arno = client_of(any_app, "arno")
    assert choose(arno, text).status_code == 303
    assert f"--sb-accent-fill:light-dark({kept},{kept})" in client_of(any_app).get("/face.css").text
    assert kept in arno.get("/admin/shop").text
    assert choose(arno, "").status_code == 303
    assert client_of(any_app).get("/face.css").text == ""


@pytest.mark.parametrize("text", ["green", "#12345", "#12345g", "#0a6b4f; } body { display: none", "<script>alert(1)</script>"])
def test_what_is_no_colour_is_told_at_its_field_and_stays_typed(app, client_of, text):
    answer = choose(client_of(app, "arno"), text)
    assert answer.status_code == 422 and re.search(r'id="f-colour-error">.*six digits', answer.text, re.DOTALL)
    assert "<script>alert" not in answer.text
    assert client_of(app).get("/face.css").text == ""


@pytest.mark.parametrize(("chosen", "sentence"), [
    ("#f0e000", "White words cannot be read well on #f0e000, so words on buttons are dark. Links on light pages use #"),
    ("#0a6b4f", "Buttons use #0a6b4f as it is, with white words. Links on dark pages use #"),
    ("#777777", "Links use #"),
    ("#7a7a7a", "On #7a7a7a neither white nor dark words can be read well, so buttons use #"),
])
def test_a_look_says_what_was_changed_so_that_everything_can_be_read_and_keeps_nothing(app, client_of, chosen, sentence):
    arno = client_of(app, "arno")
    page = arno.get(FACE, query_string={"colour": chosen}).text
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))
    assert sentence in words
    for fill in colour.accents(chosen)["accent-fill"]:
        assert f'fill="{fill}"' in page
    assert client_of(app).get("/face.css").text == ""


@pytest.mark.parametrize("settings", [{"shop_colour": "#0a6b4f"}], indirect=True)
def test_a_colour_by_the_settings_is_told_and_not_asked(app, client_of):
    arno = client_of(app, "arno")
    assert "SHOP_COLOUR" in arno.get(FACE).text and 'name="colour"' not in arno.get(FACE).text
    assert choose(arno, "#ff0000").status_code == 303
    assert "#0a6b4f" in client_of(app).get("/face.css").text
    with app.app_context():
        assert db.session.scalar(select(ShopRow.colour)) is None
