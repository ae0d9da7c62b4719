"""The people × skills table by keyboard, and the preview of a queue while it is changed, in a real browser."""
from sqlalchemy import select

from support import training
from support.clock import now
from support.database import db
from support.routing.models import Queue
from support.training.models import Skill
from tests.pages import axe


def number_of(app, model, slug):
    with app.app_context():
        return db.session.scalar(select(model.id).where(model.slug == slug))


def test_a_level_is_given_by_keyboard_without_leaving_the_table(live_default, new_page):
    app = live_default.app
    mirela, orders = app.extensions["cast"]["mirela"], number_of(app, Skill, "orders")
    page = new_page(live_default, "arno")
    page.goto("/admin/certificates")
    field, beside = f"#field-{mirela}-{orders}", f"#field-{mirela}-{number_of(app, Skill, 'payments')}"
    page.focus(beside)
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("id => document.activeElement.id === id", arg=field[1:])
    page.keyboard.press("Enter")
    page.wait_for_selector(".sb-panel >> text=Mirela Georgescu, Orders")
    page.wait_for_function("() => document.activeElement.name === 'level'")
    assert axe(page) == []
    page.keyboard.press("4")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{field}.sb-skill--4")
    page.wait_for_function("id => document.activeElement.id === id", arg=field[1:])
    with app.app_context():
        assert training.level(mirela, orders, now()) == 4
        db.session.rollback()
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.name === 'level'")
    page.keyboard.press("Escape")
    page.wait_for_function("id => document.activeElement.id === id && !document.querySelector('.sb-panel')", arg=field[1:])
    page.keyboard.press("ArrowRight")
    page.wait_for_function("id => document.activeElement.id === id", arg=beside[1:])


def test_the_preview_changes_with_the_level_that_is_asked_for(live_default, new_page):
    app = live_default.app
    number, orders = number_of(app, Queue, "orders"), number_of(app, Skill, "orders")
    page = new_page(live_default, "arno")
    page.goto(f"/admin/queues/{number}")
    assert "level 4, asked for is 5" not in page.inner_text("#qualify")
    page.select_option(f"#f-skill_{orders}", "required-5")
    page.wait_for_selector("#qualify:not([aria-busy]) >> text=Orders, level 4, asked for is 5")
    page.select_option(f"#f-skill_{orders}", "")
    page.wait_for_function("() => !document.querySelector('#qualify').innerText.includes('Lack only a little')")
    page.click("text=Who would qualify")
    page.wait_for_selector("#qualify:not([aria-busy])")
    assert page.url.endswith(f"/admin/queues/{number}") and axe(page) == []
    with app.app_context():
        assert [need.skill_id for need in db.session.get(Queue, number).needs] == [orders]
        db.session.rollback()


def test_on_a_phone_without_a_script_both_work_too(live_default, new_page):
    app = live_default.app
    number, orders, mirela = number_of(app, Queue, "orders"), number_of(app, Skill, "orders"), app.extensions["cast"]["mirela"]
    page = new_page(live_default, "arno", java_script_enabled=False, viewport={"width": 390, "height": 844})
    page.goto(f"/admin/queues/{number}")
    page.fill("#f-name", "Not saved yet")
    page.select_option(f"#f-skill_{orders}", "required-5")
    page.click("text=Who would qualify")
    page.wait_for_selector("#qualify >> text=Orders, level 4, asked for is 5")
    assert page.input_value("#f-name") == "Not saved yet" and page.input_value(f"#f-skill_{orders}") == "required-5"
    page.goto(f"/admin/certificates?team={number}")
    page.click(f"#field-{app.extensions['cast']['jonas']}-{orders}")
    page.wait_for_selector("h1 >> text=Jonas Feld, Orders")
    page.select_option("#f-level", "4")
    page.click("text=Grant certificate")
    page.wait_for_selector("text=The certificate is granted and counts from now on.")
    page.goto("/admin/certificates")
    name = page.locator(f"tr:has(#field-{mirela}-{orders}) .sb-first")
    before = name.bounding_box()["x"]
    page.locator(".sb-matrix").focus()
    page.keyboard.press("End")
    page.locator(f"#field-{mirela}-{number_of(app, Skill, 'polish')}").scroll_into_view_if_needed()
    assert name.bounding_box()["x"] == before, "the names stay while the skills go by"
