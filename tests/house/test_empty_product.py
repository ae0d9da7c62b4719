"""A product without anything in it: every page says what comes next, with a link that whoever reads it may use."""
import re

import pytest
from sqlalchemy import select

from support.database import db
from support.people import sign_ins
from support.people.person import Person
from support.training.skills import Skill
from tests.house.conftest import form

LISTS = ("shop", "staff", "skills", "certificates", "courses", "training", "queues", "calendars", "articles", "dispositions", "replies", "notices", "imports", "mail")
PORTAL = ("/", "/answers", "/products", "/hours", "/contact", "/ask", "/track", "/search?q=parcel")


@pytest.fixture
def shop(empty, client_of):
    """The installation after its first page, with `.client("agent")` and so on; nobody is trained."""
    ruler = client_of(empty)
    assert ruler.post("/setup", data=form(empty)).status_code == 303
    for role in ("agent", "supervisor"):
        assert ruler.post("/admin/staff/new", data={"name": f"Some {role}", "email": f"{role}@kettle.example", "role": role, "locale": "en"}).status_code == 303

    def client(role):
        if role == "administrator":
            return ruler
        one = client_of(empty)
        with empty.app_context():
            person = db.session.scalar(select(Person).where(Person.email == f"{role}@kettle.example"))
            one.set_cookie("switchboard", sign_ins.begin(person, "test")[1])
        return one

    client.app = empty
    return client


def next_steps(page: str) -> list[str]:
    """Where the empty states of a page lead."""
    parts = re.findall(r'<div class="sb-empty">(.*?)</div>\s*(?:</div>|{|<)', page, re.DOTALL)
    return [address.replace("&amp;", "&") for part in parts for address in re.findall(r'href="(/[^"#]*)"', part) if "/static/" not in address]


@pytest.mark.parametrize("role", ["administrator", "supervisor", "agent"])
def test_no_page_of_an_empty_shop_leads_where_one_may_not_go(shop, role):
    client = shop(role)
    for path in ("/tickets", "/board", "/desk", "/desk/reviews", *(f"/admin/{name}" for name in LISTS), "/admin"):
        page = client.get(path)
        assert page.status_code in (200, 403), path
        for address in next_steps(page.text):
            assert client.get(address).status_code == 200, (path, address)


def test_an_administrator_is_led_on_from_everywhere(shop):
    client = shop("administrator")
    for path, address in (("/tickets", "/admin"), ("/board", "/admin/staff"), ("/admin/articles", "/admin/articles/new"), ("/admin/replies", "/admin/replies/new"), ("/admin/dispositions", "/admin/dispositions/new")):
        assert address in next_steps(client.get(path).text), path
    steps = client.get("/admin").text
    assert "Nobody may take work from Questions" in steps and 'href="/admin/certificates"' in steps
    refused = client.get("/desk")
    assert refused.status_code == 403 and "administrators keep the shop in order" in refused.text and "Ask an administrator" not in refused.text


@pytest.mark.parametrize("role", ["agent", "supervisor"])
def test_a_desk_of_somebody_untrained_says_so_until_the_training_is_recorded(shop, role):
    client, ruler = shop(role), shop("administrator")
    page = client.get("/desk").text
    assert "You are not trained for any queue now" in page and ('href="/admin/certificates"' in re.sub(r"<nav.*?</nav>", "", page, flags=re.DOTALL)) == (role == "supervisor")
    with shop.app.app_context():
        person, skill = db.session.scalar(select(Person.id).where(Person.role == role)), db.session.scalar(select(Skill.id).where(Skill.name == "Tea"))
    assert ruler.post("/admin/certificates/new", data={"person_id": person, "skill_id": skill, "level": 3, "since": "", "until": ""}).status_code == 303
    assert "You are not trained" not in client.get("/desk").text
    assert "Nobody may take work" not in ruler.get("/admin").text


def test_nobody_is_given_an_address_that_nobody_set(shop, client_of):
    assert "example.org" not in client_of(shop.app).get("/contact").text
    ruler = shop("administrator")
    body = {"shop_name": "Kettle & Leaf", "zone": "Europe/Vienna", "country": "AT", "language": "en", "currency": "EUR", "mail": "help@kettle.example"}
    before = re.search(r"(\d) of 7 steps", ruler.get("/admin").text).group(1)
    version = re.search(r'name="version" value="(\d+)"', ruler.get("/admin/shop").text).group(1)
    assert ruler.post("/admin/shop", data={**body, "version": version}).status_code == 303
    assert "help@kettle.example" in client_of(shop.app).get("/contact").text
    assert re.search(r"(\d) of 7 steps", ruler.get("/admin").text).group(1) == str(int(before) + 1)


def test_the_portal_of_an_empty_shop_can_be_used(shop, client_of):
    client = client_of(shop.app)
    for path in PORTAL:
        page = client.get(path)
        assert page.status_code == 200, path
        for address in next_steps(page.text):
            assert client.get(address).status_code == 200, (path, address)
