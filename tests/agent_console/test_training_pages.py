"""Administration of skills, certificates and queues: what it shows, what it changes, who is let in."""
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from support import routing, training
from support.clock import now
from support.database import db, transaction
from support.people.person import Person
from support.routing.models import Queue
from support.training.models import Certificate, Skill


def the(app, key):
    return app.extensions["cast"][key]


def skill_id(app, slug):
    with app.app_context():
        return db.session.scalar(select(Skill.id).where(Skill.slug == slug))


def queue(app, slug):
    with app.app_context():
        found = db.session.scalar(select(Queue).where(Queue.slug == slug))
        return found.id, {need.skill_id: (need.min_level, need.required) for need in found.needs}


def crowd(app, people, skills):
    """So many agents more, each with a certificate of level 2 in every one of the skills."""
    with app.app_context(), transaction() as session:
        added = [Person(role="agent", name=f"Person {n:03}", email=f"p{n}@crowd.example", locale="en", created_at=now()) for n in range(people)]
        session.add_all(added)
        session.flush()
        session.add_all(
            Certificate(person_id=one.id, skill_id=skill, level=2, valid_from=now(), created_at=now(), attested_by_id=the(app, "hanna"))
            for one in added for skill in skills
        )


@pytest.fixture
def arno(app, client_of):
    return client_of(app, "arno")


PAGES = ("/admin/skills", "/admin/skills/new", "/admin/certificates", "/admin/certificates/new", "/admin/queues", "/admin/queues/new")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_a_title_and_one_heading(arno, path):
    page = arno.get(path)
    assert page.status_code == 200
    assert page.text.count("<h1") == 1 and "<title>" in page.text
    assert " style=" not in page.text and "<script>" not in page.text


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("key", ["ines", "maja"])
def test_az08_agents_and_customers_are_refused(app, client_of, key, path):
    assert client_of(app, key).get(path).status_code in (403, 404)


def test_a_supervisor_looks_at_certificates_but_changes_none(app, client_of):
    hanna = client_of(app, "hanna")
    page = hanna.get("/admin/certificates")
    assert page.status_code == 200 and "Record training" not in page.text
    path = f"/admin/certificates/{the(app, 'ines')}/{skill_id(app, 'orders')}"
    assert "/revocation" not in hanna.get(path).text
    assert hanna.post(path, data={"level": 5}).status_code in (403, 404)


def test_the_table_says_lapsed_and_lapsing_in_words_and_shape(arno):
    text = arno.get("/admin/certificates").text
    assert 'sb-skill--gone' in text and "lapsed" in text
    assert 'sb-skill--soon' in text and "lapses" in text
    assert "1 certificate lapses within 30 days" in text and "Lena Brandt, Orders" in text
    assert re.search(r"Lena Brandt, Orders, level </span>3</b><span><svg.*?</svg> lapses</span><span[^>]*>in 10 days</span>", text)


def rows(page):
    """The people of the table, from the top."""
    return re.findall(r'<th scope="row" class="sb-first">.*?<a class="sb-link sb-strong sb-any"[^>]*>(.*?)</a>', page)


def columns(page):
    return re.findall(r'<th scope="col"[^>]*><a class="sb-sort"[^>]*>([^<]+)', page)


def test_the_table_is_narrowed_by_skill_language_and_queue(app, arno):
    payments, polish = skill_id(app, "payments"), skill_id(app, "polish")
    assert rows(arno.get(f"/admin/certificates?skill={payments}").text) == ["Lena Brandt", "Mirela Georgescu", "Tomasz Wolny"]
    assert rows(arno.get(f"/admin/certificates?skill={payments}&language={polish}").text) == ["Tomasz Wolny"]
    team = arno.get(f"/admin/certificates?team={queue(app, 'orders')[0]}").text
    assert "Jonas Feld" in rows(team) and "Priya Raman" not in rows(team), "his lapsed certificate still makes him one of them"
    assert columns(team) == ["Person", "Orders", "English", "French", "German", "Polish"]
    nobody = arno.get(f"/admin/certificates?skill={payments}&q=zeppelin").text
    assert "Nobody fits" in nobody and "Show all" in nobody


def test_a_lapsed_certificate_is_no_reason_to_be_found(app, arno):
    assert "Jonas Feld" not in rows(arno.get(f"/admin/certificates?skill={skill_id(app, 'orders')}").text)


def test_people_are_sorted_by_level_and_skills_by_kind_and_name(app, arno):
    orders = skill_id(app, "orders")
    page = arno.get(f"/admin/certificates?sort=skill-{orders}&order=desc").text
    assert rows(page)[:2] == ["Ines Duarte", "Tomasz Wolny"] and 'aria-sort="descending"' in page
    assert columns(page) == ["Person", "Orders", "Payments", "Products", "Returns", "English", "French", "German", "Polish"]
    assert rows(arno.get("/admin/certificates").text) == sorted(rows(page))
    assert rows(arno.get("/admin/certificates?sort=skill-999&team=nonsense&skill=x").text) == sorted(rows(page)), "nonsense changes nothing"


PANEL = {"Turbo-Frame": "certificate"}


def test_a_field_opens_beside_the_table_and_says_who_attested_it_until_when(app, arno, client_of):
    path = f"/admin/certificates/{the(app, 'ines')}/{skill_id(app, 'orders')}"
    panel = arno.get(path, headers=PANEL).text
    assert panel.lstrip().startswith("<turbo-frame") and "<h1" not in panel and "<html" not in panel
    assert re.search(r"Level 5</span>.*until .*, attested by Hanna", panel, re.S) and "Take back" in panel
    looked = client_of(app, "hanna").get(path, headers=PANEL).text
    assert "attested by Hanna" in looked and "<form" not in looked


def test_a_grant_beside_the_table_renews_the_field_and_the_count_in_place(app, arno):
    orders, mirela = skill_id(app, "orders"), the(app, "mirela")
    last = (now() + timedelta(days=5)).date()
    answer = arno.post(f"/admin/certificates/{mirela}/{orders}", data={"level": "4", "until": last.isoformat()}, headers=PANEL)
    assert answer.mimetype == "text/vnd.turbo-stream.html"
    assert f'target="field-{mirela}-{orders}"' in answer.text and f'target="cover-{orders}"' in answer.text and 'target="certificate"' in answer.text
    assert re.search(rf'id="field-{mirela}-{orders}"[^>]* autofocus>.*?</span>4</b>.*?in 5 days', answer.text), "the keyboard goes on where it was"
    with app.app_context():
        assert training.level(mirela, orders, now()) == 4
        held = training.held_by(mirela, orders)[0]
        assert held.attested_by_id == the(app, "arno")
    taken = arno.post(f"/admin/certificates/{held.id}/revocation", headers=PANEL)
    assert "Taken back" in taken.text and re.search(rf'id="field-{mirela}-{orders}"[^>]*>.*?none </span>–</b>', taken.text)


def test_the_panel_proposes_a_last_day_that_makes_sense(app, arno):
    def proposed(person, skill):
        return re.search(r'type="date" value="([^"]*)"', arno.get(f"/admin/certificates/{the(app, person)}/{skill_id(app, skill)}", headers=PANEL).text).group(1)

    in_a_year = (now() + timedelta(days=365)).date().isoformat()
    assert proposed("lena", "orders") == proposed("jonas", "orders") == proposed("mirela", "orders") == in_a_year, "lapses, has lapsed, is new"
    assert proposed("ines", "orders") == (now() + timedelta(days=330)).date().isoformat(), "a better level keeps the end"
    assert proposed("mirela", "german") == proposed("ines", "german") == ""


def test_a_wrong_day_beside_the_table_is_told_there(app, arno):
    path = f"/admin/certificates/{the(app, 'mirela')}/{skill_id(app, 'orders')}"
    answer = arno.post(path, data={"level": "4", "until": "2020-01-01"}, headers=PANEL)
    assert answer.status_code == 422 and "Choose a last day from today on" in answer.text and "<html" not in answer.text
    assert 'value="2020-01-01"' in answer.text


def test_a_full_house_fits_on_pages_and_takes_as_many_statements(app, arno, count_statements):
    arno.get("/admin/certificates")
    with count_statements(app) as little:
        arno.get("/admin/certificates")
    with app.app_context(), transaction() as session:
        added = [Skill(slug=f"more-{n}", name=f"Skill {n:02}", kind="product") for n in range(32)]
        session.add_all(added)
        session.flush()
        numbers = [skill.id for skill in added]
    crowd(app, 200, numbers[::4])
    with count_statements(app) as much:
        page = arno.get("/admin/certificates").text
    assert much.total <= little.total
    assert page.count('id="field-') == 50 * 40 and "Page 1 of 5" in page
    with count_statements(app) as narrowed:
        first = rows(arno.get(f"/admin/certificates?sort=skill-{numbers[0]}&order=desc&skill={numbers[0]}").text)
    assert narrowed.total <= little.total and len(first) == 50 and all(name.startswith("Person ") for name in first)


def test_granting_gives_a_level_until_the_end_of_the_last_day(app, arno):
    last = (now() + timedelta(days=90)).date()
    path = f"/admin/certificates/{the(app, 'mirela')}/{skill_id(app, 'orders')}"
    answer = arno.post(path, data={"level": "4", "until": last.isoformat()})
    assert answer.status_code == 303
    with app.app_context():
        assert training.level(the(app, "mirela"), skill_id(app, "orders"), now()) == 4
    assert "Level 4 counts now" in arno.get(path).text


def test_taking_back_ends_it(app, arno):
    with app.app_context():
        held = db.session.scalar(select(Certificate.id).where(Certificate.person_id == the(app, "ines"), Certificate.skill_id == skill_id(app, "orders")))
    assert arno.post(f"/admin/certificates/{held}/revocation").status_code == 303
    with app.app_context():
        assert training.level(the(app, "ines"), skill_id(app, "orders"), now()) == 0
    assert "Taken back" in arno.get(f"/admin/certificates/{the(app, 'ines')}/{skill_id(app, 'orders')}").text


def test_a_day_in_the_past_is_told_at_its_field_and_nothing_typed_is_lost(app, arno):
    page = arno.post("/admin/certificates/new", data={"person_id": the(app, "mirela"), "skill_id": skill_id(app, "orders"), "level": 3, "until": "2020-01-01"})
    assert page.status_code == 422
    assert "Choose a last day from today on" in page.text and 'value="2020-01-01"' in page.text


def test_a_skill_is_added_found_and_retired(app, arno):
    assert arno.post("/admin/skills/new", data={"name": "Stoves and gas", "kind": "product", "active": "yes"}).status_code == 303
    assert "Stoves and gas" in arno.get("/admin/skills?q=stoves").text
    assert "No skill fits" in arno.get("/admin/skills?q=zeppelin").text
    arno.post(f"/admin/skills/{skill_id(app, 'stoves-and-gas')}", data={"name": "Stoves and gas", "kind": "product"})
    assert "Stoves and gas" in arno.get("/admin/skills?state=retired").text
    assert "Stoves and gas" not in arno.get("/admin/certificates").text


@pytest.mark.parametrize("sent, sentence", [
    ({"name": "", "kind": "subject"}, "Fill this in."),
    ({"name": "orders", "kind": "subject"}, "There is a skill of this name already"),
    ({"name": "Danish", "kind": "language"}, "Give the code of the language"),
    ({"name": "Deutsch", "kind": "language", "language_code": "DE"}, "Another skill stands for this language"),
])
def test_a_wrong_skill_says_what_is_wrong(arno, sent, sentence):
    page = arno.post("/admin/skills/new", data=sent)
    assert page.status_code == 422 and sentence in page.text


def qualifying(page):
    """The parts of the preview by their heading, without marks: {"Free now": "Ines Duarte, …"}."""
    parts = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page[page.index('id="qualify"'):] if 'id="qualify"' in page else page, re.S)
    return {plain(name): plain(text) for name, text in parts}


def plain(html):
    return " ".join(re.sub(r"<[^>]+>", "", html).split())


def test_a_queue_shows_who_qualifies_now_and_who_lacks_only_a_little(app, arno):
    page = arno.get(f"/admin/queues/{queue(app, 'orders')[0]}").text
    parts = qualifying(page)
    able = f"{parts.get('Free now', '')} {parts.get('Qualify, not free now', '')}"
    assert "Ines Duarte" in able and "Tomasz Wolny" in able and "Jonas Feld" not in able
    assert "Jonas Feld: Orders, level 3 lapsed on" in parts["Lack only a little"]
    assert "people qualify" in page


def test_the_preview_follows_the_form_and_saves_nothing(app, arno):
    number, needs = queue(app, "orders")
    orders, products = skill_id(app, "orders"), skill_id(app, "products")
    parts = qualifying(arno.get(f"/admin/queues/qualifying?skill_{orders}=required-5").text)
    assert "Tomasz Wolny: Orders, level 4, asked for is 5" in parts["Lack only a little"]
    both = qualifying(arno.get(f"/admin/queues/qualifying?skill_{orders}=required-5&skill_{products}=required-1").text)
    assert "Tomasz" not in both["Lack only a little"], "he was never trained for products"
    assert "Ines Duarte" in f"{both.get('Free now')} {both.get('Qualify, not free now')}"
    assert queue(app, "orders") == (number, needs)


def test_what_is_welcome_rules_nobody_out(app, arno):
    orders, payments = skill_id(app, "orders"), skill_id(app, "payments")
    alone = arno.get(f"/admin/queues/qualifying?skill_{orders}=required-2").text
    assert qualifying(arno.get(f"/admin/queues/qualifying?skill_{orders}=required-2&skill_{payments}=preferred-5").text) == qualifying(alone)


def test_the_preview_tells_who_lacks_only_the_language(app, arno):
    page = arno.get(f"/admin/queues/qualifying?skill_{skill_id(app, 'orders')}=required-2").text
    lines = re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', page, re.S)
    told = {plain(name): [plain(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", cells, re.S)] for name, cells in lines}
    assert "Tomasz Wolny" in told["Polish"][0] and "Ines Duarte" in told["Polish"][1]
    assert "Ines Duarte" in told["German"][0] and "Tomasz Wolny" in told["German"][1]


def test_the_preview_sees_a_certificate_lapse(app, arno, client_of, clock):
    path = f"/admin/queues/qualifying?skill_{skill_id(app, 'orders')}=required-2"
    able = qualifying(arno.get(path).text)
    assert "Lena Brandt" in f"{able.get('Free now')} {able.get('Qualify, not free now')}"
    clock.move(12 * 86_400)
    assert "Lena Brandt: Orders, level 3 lapsed on" in qualifying(client_of(app, "arno").get(path).text)["Lack only a little"]


def test_the_preview_says_who_is_free_by_the_rules_of_the_dispatcher(app, arno):
    path, ines = f"/admin/queues/qualifying?skill_{skill_id(app, 'orders')}=required-2", the(app, "ines")
    with app.app_context():
        person = db.session.get(Person, ines)
        routing.choose_presence(person, "break")
    assert "Ines Duarte (On break)" in qualifying(arno.get(path).text)["Qualify, not free now"]
    with app.app_context():
        person = db.session.get(Person, ines)
        routing.choose_presence(person, "available")
        routing.heartbeat(person)
    assert "Ines Duarte" in qualifying(arno.get(path).text)["Free now"]


def test_without_a_script_a_button_shows_it_and_keeps_what_was_typed(app, arno):
    number, needs = queue(app, "orders")
    orders = skill_id(app, "orders")
    sent = {"name": "Not saved yet", "priority": "2", "target_seconds": "60", "ring_seconds": "30", "position": "1", f"skill_{orders}": "required-5", "look": "yes"}
    page = arno.post(f"/admin/queues/{number}", data=sent)
    assert page.status_code == 200 and 'value="Not saved yet"' in page.text
    assert "level 4, asked for is 5" in qualifying(page.text)["Lack only a little"]
    assert queue(app, "orders") == (number, needs)
    assert "Save queue" in page.text and page.text.index("Save queue") < page.text.index("Who would qualify"), "Enter in a field saves"


def test_the_preview_takes_as_many_statements_with_more_people(app, arno, count_statements):
    path = f"/admin/queues/qualifying?skill_{skill_id(app, 'orders')}=required-5"
    arno.get(path)
    with count_statements(app) as little:
        arno.get(path)
    crowd(app, 12, [skill_id(app, "orders")])
    arno.get(path)  # who is trained for what is in memory again
    with count_statements(app) as much:
        assert "Person 003" in arno.get(path).text
    assert much.total <= little.total


def test_a_queue_is_changed_with_its_skills(app, arno):
    number, needs = queue(app, "orders")
    orders, products = skill_id(app, "orders"), skill_id(app, "products")
    sent = {
        "name": "Orders and delivery", "public": "yes", "active": "yes", "priority": 1, "target_seconds": 90, "ring_seconds": 20, "position": 0,
        f"skill_{orders}": "required-4", f"skill_{products}": "preferred-3",
    }
    assert arno.post(f"/admin/queues/{number}", data=sent).status_code == 303
    assert queue(app, "orders") == (number, {orders: (4, True), products: (3, False)}), "the slug stays, tickets name it"
    assert needs == {orders: (2, True)}


def test_a_ring_nobody_can_reach_is_refused(app, arno):
    number, needs = queue(app, "returns")
    sent = {"name": "Returns", "priority": 2, "target_seconds": 120, "ring_seconds": 4, "position": 1}
    page = arno.post(f"/admin/queues/{number}", data=sent)
    assert page.status_code == 422 and "Use a number from 10 to 120." in page.text
    assert queue(app, "returns")[1] == needs


def test_a_new_queue_takes_work(app, arno):
    sent = {"name": "Schools and clubs", "public": "yes", "active": "yes", "priority": 3, "target_seconds": 600, "ring_seconds": 30, "position": 9}
    assert arno.post("/admin/queues/new", data=sent).status_code == 303
    listed = arno.get("/admin/queues?q=schools").text
    assert "Schools and clubs" in listed and "nothing but the language" in listed


@pytest.mark.parametrize("path", ["/admin/queues", "/admin/skills", "/admin/certificates"])
def test_lists_take_as_many_statements_with_more_rows(app, arno, count_statements, path):
    arno.get(path)
    with count_statements(app) as little:
        arno.get(path)
    for number in range(6):
        arno.post("/admin/skills/new", data={"name": f"Skill {number}", "kind": "subject", "active": "yes"})
        sent = {"name": f"Queue {number}", "public": "yes", "active": "yes", "priority": 3, "target_seconds": 600, "ring_seconds": 30, "position": 9}
        arno.post("/admin/queues/new", data=sent)
    arno.get(path)  # what is kept in memory is read anew once
    with count_statements(app) as much:
        arno.get(path)
    assert much.total <= little.total
