"""The people × skills table by keyboard, in a real browser."""
from sqlalchemy import select

from support import training
from support.clock import now
from support.database import db
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
