"""The demo shop as a whole: every list has something in every state, it is made quickly, and never over other data."""
from sqlalchemy import func, select

from kb.demo import pages
from kb.model import Article
from support import tickets
from support.catalogue import Product
from support.contact.notices import Notice
from support.contact.replies import CannedReply
from support.database import db
from support.orders import states, today
from support.orders.demo_stories import STORIES, story_of
from support.orders.model import Order
from support.orders.parcels import Parcel
from support.people.person import Person
from support.tickets.demo_talks import talks


def test_it_has_people_products_orders_and_talks(shop):
    def count(model, *where):
        return db.session.scalar(select(func.count()).select_from(model).where(*where))

    assert count(Person, Person.role == "customer") >= 150
    assert count(Person, Person.role == "customer", Person.email_proven_at.is_(None)) >= 20
    assert 35 <= count(Product) <= 50 and count(Product, Product.stock == 0) >= 3
    assert count(Order) >= 400
    assert count(tickets.Ticket) >= 290
    assert count(CannedReply) >= 10 and count(Notice) >= 3


def test_every_story_of_an_order_and_every_state_of_a_parcel_can_be_seen(shop):
    stories = {story_of(order, today()) for order in db.session.scalars(select(Order))}
    assert stories >= set(STORIES)
    assert set(db.session.scalars(select(Parcel.state))) == set(states.STATES) - {states.PENDING}


def test_parcels_hold_what_their_order_has_sent(shop):
    for order in db.session.scalars(select(Order)):
        sent = sum(line.shipped for line in order.lines)
        assert sent == sum(content.quantity for parcel in order.parcels for content in parcel.contents)
        assert order.total >= sum(line.amount for line in order.lines)
        for parcel in order.parcels:
            reports = [report.at for report in parcel.tracking]
            assert reports == sorted(reports) and (not reports or reports[-1] <= shop.world.now)
            assert (parcel.delivered_at is not None) == parcel.is_delivered


def test_steps_are_done_one_after_the_other(shop):
    for order in db.session.scalars(select(Order)):
        done = [step.done_at for step in order.steps if step.done_at]
        assert len(order.steps) == 10 and len(done) >= 3
        assert done == sorted(done) and order.placed_at <= done[0] and done[-1] <= shop.world.now


def test_there_are_answers_for_customers_for_staff_and_in_the_making(shop):
    found = list(db.session.scalars(select(Article)))
    english = [article for article in found if article.language == "en"]
    assert sum(article.state == "public" for article in english) >= 60
    assert sum(article.state == "internal" for article in found) >= 8
    assert sum(article.state == "draft" for article in english) == 2
    german = {article.translation_of_id: article.state for article in found if article.language == "de"}
    assert german == {article.id: article.state for article in english}
    assert len({article.title for article in found}) == len(found)
    assert all(len(article.body.split()) >= 120 for article in found)


def test_every_link_between_answers_leads_somewhere(shop):
    slugs = {page.slug for page in pages()}
    internal = {page.slug for page in pages() if page.state != "public"}
    for page in pages():
        targets = {part.split(")")[0] for part in page.body.split("](/answers/")[1:]}
        assert targets <= slugs
        assert page.state != "public" or not targets & internal, "a public answer may not lead to an internal one"


def test_what_talks_refer_to_is_there(shop):
    slugs = {page.slug for page in pages()}
    names = {product.name for product in shop.world.products.values()} | {product.category for product in shop.world.products.values()}
    assert len(talks()) >= 90 and len({talk.key for talk in talks()}) == len(talks())
    for talk in talks():
        assert set(talk.seen) <= slugs and {line.article for line in talk.lines if line.article} <= slugs
        assert set(talk.items) <= names
        assert talk.outcome in shop.world.dispositions and talk.order in (*STORIES, "")
        assert talk.lines[0].writer == "C"


def test_it_takes_few_statements(shop):
    # SQLite writes rows that must return their number one by one; PostgreSQL takes them by the thousand.
    assert shop.statements < 12_000


def test_postgresql_takes_it_in_few_statements(shop_on_postgresql):
    assert db.engine.dialect.name == "postgresql"
    assert shop_on_postgresql.statements < 2_500
    assert db.session.scalar(select(func.count()).select_from(tickets.Ticket)) >= 290
