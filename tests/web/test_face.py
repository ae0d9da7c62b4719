"""The portal in the shop's colour: whatever colour that is, everything on it stays readable."""
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.settings import Settings, SettingsError
from support.shop import colour

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@settings(max_examples=400, deadline=None)
@given(COLOURS)
def test_words_in_any_colour_can_be_read_in_both_themes(chosen):
    made = colour.accents(chosen)
    for theme, grounds in enumerate((colour.LIGHT, colour.DARK)):
        look = {token: pair[theme] for token, pair in made.items()}
        for ground in (*grounds, look["accent-tint"]):
            assert colour.contrast(look["accent"], ground) >= 4.5
            assert colour.contrast(look["accent-strong"], ground) >= 7
            assert colour.contrast(look["focus"], ground) >= 3
        for fill in ("accent-fill", "accent-fill-hover"):
            assert colour.contrast(look["on-accent"], look[fill]) >= 4.5
        assert colour.contrast(look["check"], "#ffffff") >= 4.5  # the tick in it is white
        assert colour.contrast(look["accent-edge"], grounds[0]) >= 3
        assert colour.contrast(look["accent-tint"], colour.QUIET[grounds]) >= 4.5


def test_a_colour_that_can_be_read_stays_as_the_shop_chose_it():
    assert colour.accents("#0A6B4F")["accent-fill"] == ("#0a6b4f", "#0a6b4f")
    assert colour.accents("#ffd400")["accent-fill"][0] == "#ffd400"
    assert colour.accents("#ffd400")["on-accent"][0] == colour.INK


@settings(max_examples=200, deadline=None)
@given(COLOURS)
def test_what_is_told_to_have_changed_has_changed_and_nothing_else(chosen):
    made, told = colour.accents(chosen), colour.changes(chosen)
    for token in ("accent", "accent-fill"):
        assert (token in told) == (set(made[token]) != {chosen})
    if "accent-fill" in told:
        assert max(colour.contrast(chosen, words) for words in ("#ffffff", colour.INK)) < 4.5


def test_a_colour_that_is_none_stops_the_start():
    with pytest.raises(SettingsError, match="SHOP_COLOUR"):
        Settings.from_env({}, mode="test", secret_key="k" * 40, shop_colour="green; } body { display: none")


@pytest.mark.parametrize("settings", [{"shop_colour": "#ffd400"}], indirect=True)
def test_the_portal_wears_the_colour_by_a_stylesheet_that_may_be_kept(app, client_of):
    client = client_of(app)
    page = client.get("/").text
    address = page.partition('href="/face.css')[2].partition('"')[0]
    answer = client.get(f"/face.css{address}")
    assert "--sb-accent-fill:light-dark(#ffd400,#ffd400)" in answer.text
    assert answer.headers["Content-Type"].startswith("text/css") and "immutable" in answer.headers["Cache-Control"]
    assert client.get("/face.css", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert "/face.css" not in client_of(app, "ines").get("/desk").text


def test_a_shop_without_a_colour_keeps_the_products_own(app, client_of):
    assert "/face.css" not in client_of(app).get("/").text
    assert client_of(app).get("/face.css").text == ""
