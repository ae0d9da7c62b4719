"""How public pages show up where their address is shared, and that nothing of others does."""
import re
import struct

import pytest

from kb.model import Article
from support.database import transaction
from support.shop import THE_ROW, ShopRow
from tests.pictures import png

BASE = "https://help.example.org"
SETTINGS = [{"base_url": BASE, "shop_name": "Tarn & Thistle"}]


def card(client, path, base=BASE) -> dict:
    page = client.get(path, base_url=base).text
    return {name: text.replace("&amp;", "&") for name, text in re.findall(r'<meta (?:property|name)="((?:og|twitter):[^"]+|description)" content="([^"]*)">', page)}


@pytest.mark.parametrize("settings", SETTINGS, indirect=True)
@pytest.mark.parametrize("path", ["/", "/answers", "/answers?category=Delivery", "/products", "/hours", "/contact"])
def test_public_pages_say_what_they_are_with_whole_addresses(app, client_of, path):
    told = card(client_of(app), path)
    assert told["og:site_name"] == "Tarn & Thistle" and told["og:title"] and told["og:description"] == told["description"]
    assert told["og:url"] == BASE + path.partition("?")[0]
    assert told["og:image"].startswith(f"{BASE}/static/img/card.png?v=") and told["twitter:card"] == "summary_large_image"
    picture = client_of(app).get(told["og:image"], base_url=BASE)
    assert picture.status_code == 200 and struct.unpack(">II", picture.data[16:24]) == (1200, 630)


@pytest.mark.parametrize("settings", SETTINGS, indirect=True)
def test_an_article_shows_its_title_and_what_it_says(app, client_of):
    told = card(client_of(app), "/answers/where-is-my-parcel")
    assert (told["og:type"], told["og:title"]) == ("article", "Where is my parcel?")
    assert told["og:description"] and len(told["og:description"]) <= 205 and not re.search(r"[*#\[\]]|&lt;", told["og:description"])
    with app.app_context(), transaction() as session:
        session.query(Article).filter_by(slug="where-is-my-parcel").update({"summary": 'Look into "Orders" <script>alert(1)</script>'})
    page = client_of(app).get("/answers/where-is-my-parcel", base_url=BASE).text
    assert 'content="Look into &#34;Orders&#34; alert(1)"' in page


def test_what_is_not_for_everybody_has_no_card(app, client_of):
    with app.app_context(), transaction() as session:
        session.query(Article).filter_by(slug="where-is-my-parcel").update({"state": "internal"})
    own = "http://localhost"
    assert client_of(app, "ines").get("/answers/where-is-my-parcel").status_code == 200
    assert "og:title" not in card(client_of(app, "ines"), "/answers/where-is-my-parcel", own)
    for key, path in ((None, "/answers/where-is-my-parcel"), ("maja", "/orders"), ("maja", "/orders/TT-204817"), ("maja", "/account"), (None, "/sign-in"), (None, "/search?q=parcel")):
        assert not [name for name in card(client_of(app, key), path, own) if name.startswith("og:")], path


@pytest.mark.parametrize("settings", SETTINGS, indirect=True)
def test_a_shop_with_a_logo_is_known_by_it(app, client_of):
    with app.app_context(), transaction() as session:
        session.get(ShopRow, THE_ROW).logo = png(300, 100)
    told = card(client_of(app), "/")
    assert told["og:image"].startswith(f"{BASE}/logo?v=") and told["og:image:width"] == "300"
    assert client_of(app).get(told["og:image"], base_url=BASE).content_type == "image/png"
