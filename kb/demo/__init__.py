"""The articles of the demo shop: the Markdown files of this folder, with their title and category on top; in `de`, the same in German."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random

from kb import kinds, markdown
from kb.model import PUBLIC, Article, Feedback, Revision, SearchMade, SearchWords
from support.database import db
from support.events import record

# What all tests may count on; a test's database needs no more.
CAST = (
    "where-is-my-parcel", "parcel-late-promise", "delivered-but-not-here", "backorder", "steps-of-an-order", "change-the-address",
    "send-something-back", "refund-when", "tent-pole-broken", "which-pole-fits", "five-year-promise", "card-refused", "ways-to-pay",
    "wash-and-proof-a-jacket", "moth-lantern-care",
)
VISITORS = 160
SAME = "rucksack, backpack, pack\nmattress, mat, sleeping pad\ncooker, stove, burner\ncanister, cartridge, gas bottle\ntorch, flashlight, lantern, lamp\nmoney back, refund\nguarantee, warranty, promise\npostage, shipping, delivery costs"

# What visitors of the demo typed: words, share that opened an answer, share that asked all the same, how often in a month, answers shown.
SEARCHED = (
    ("where is my parcle", 0.8, 0.1, 24, 6), ("track parcel", 0.7, 0.1, 11, 5), ("refund when", 0.8, 0.2, 14, 4), ("how long does a refund take", 0.9, 0.0, 6, 4),
    ("tent pole broken", 0.7, 0.2, 9, 5), ("hire a tent", 0.5, 0.3, 5, 2), ("canoe rental", 0.0, 0.4, 7, 0), ("rent canoe", 0.0, 0.2, 4, 0), ("paddle rental canoe", 0.0, 0.5, 2, 0),
    ("vegan boots", 0.0, 0.3, 6, 0), ("boots vegan", 0.0, 0.0, 2, 0), ("zip repair", 0.2, 0.4, 8, 3), ("mend a zip", 0.1, 0.5, 5, 3), ("student discount", 0.0, 0.6, 5, 0), ("discount for students", 0.0, 0.5, 3, 0),
    ("gift voucher expired", 0.4, 0.5, 6, 2), ("change adress", 0.9, 0.0, 10, 3), ("opening hours christmas", 0.8, 0.1, 7, 2),
)


@dataclass(frozen=True)
class Page:
    """One file: its name is the address."""

    slug: str
    title: str
    body: str
    category: str
    state: str
    language: str
    translation_of: str | None


def pages() -> list[Page]:
    """All files of this folder, by name; originals first, then what is translated from them."""
    folder = Path(__file__).parent
    return [_page(path) for path in (*sorted(folder.glob("*.md")), *sorted(folder.glob("de/*.md")))]


def fill(world) -> None:
    """The demo's part of this room: articles with a revision each and, in the full world, a month of readers."""
    for page in pages():
        if world.full or (page.translation_of or page.slug) in CAST or page.state != PUBLIC:
            world.articles[page.slug] = _article(world, page)
    if world.full:
        db.session.flush()
        _searches(world)
        db.session.add(SearchWords(id=1, same=SAME, ignored="tarn thistle"))
        for german, luck in ((False, world.rng), (True, Random(world.rng.random()))):
            _readers(world, [one for one in world.articles.values() if one.is_public and (one.language == "de") == german], luck)


def _searches(world) -> None:
    """A month of searches and what came of them, from a chance of their own, so that nothing else of the demo moves."""
    luck = Random(20261128)
    shown = sorted((one for one in world.articles.values() if one.is_public), key=lambda one: one.slug)
    for text, opened, asked, times, results in SEARCHED:
        for _time in range(times):
            article = luck.choice(shown).id if luck.random() < opened else None
            outcome = "asked" if luck.random() < asked else "solved" if article and luck.random() < 0.5 else ""
            at = world.now - timedelta(days=luck.uniform(0.1, 29))
            db.session.add(SearchMade(at=at, text=text, language="en", visitor=None, results=results, opened_id=article, outcome=outcome))


def _page(path: Path) -> Page:
    _before, head, body = path.read_text(encoding="utf8").split("---\n", 2)
    values = dict(line.split(": ", 1) for line in head.strip().splitlines())
    return Page(path.stem, values["title"], body.strip(), values["category"], values["state"], values.get("language", "en"), values.get("translation_of"))


def _article(world, page: Page) -> Article:
    author, original = world.people["arno"], world.articles.get(page.translation_of)
    at = original.created_at + timedelta(days=3) if original else world.now - timedelta(days=world.rng.randint(20, 300), minutes=world.rng.randint(0, 600))
    article = Article(
        slug=page.slug, title=page.title, body=page.body, category=page.category, language=page.language, state=page.state,
        translation_of_id=original.id if original else None,
        author_id=author.id, created_at=at, updated_at=at, published_at=at if page.state == PUBLIC else None,
        words=markdown.plain(page.body),
    )
    db.session.add(article)
    db.session.flush()
    db.session.add(Revision(article_id=article.id, number=1, title=page.title, body=page.body, state=page.state, author_id=author.id, at=at))
    record(kinds.SAVED, subject=("article", article.id), actor=author, occurred_at=at, history=True, number=1, state=page.state, was=None)
    return article


def _readers(world, public: list[Article], luck: Random) -> None:
    """Some articles are read much more than others; about every third reader says something."""
    original = {article.id: slug for slug, article in world.articles.items()}
    names = {article.id: original.get(article.translation_of_id, article.slug) for article in public}
    public = sorted(public, key=lambda one: CAST.index(names[one.id]) if names[one.id] in CAST else len(CAST))
    favour = [1 / (2 + place) for place in range(len(public))]
    for number in range(VISITORS):
        for article in {id(one): one for one in luck.choices(public, favour, k=luck.randint(1, 4))}.values():
            helped = luck.choices((None, True, False), (60, 32, 8))[0]
            comments = _COMMENTS if article.language == "en" else _COMMENTS_DE
            db.session.add(
                Feedback(
                    article_id=article.id, visitor=f"demo-{number:04}", helped=helped, comment=luck.choice(comments) if helped is False else "",
                    at=world.now - timedelta(minutes=luck.randint(30, 30 * 24 * 60)),
                )
            )


_COMMENTS = (
    "", "", "I could not find how long it takes.", "The address on the label is missing.", "Does this hold for orders from Switzerland?",
    "I have done all of this and it still does not work.", "Where do I find my order number?",
)
_COMMENTS_DE = (
    "", "", "Ich habe nicht gefunden, wie lange es dauert.", "Die Adresse auf dem Etikett fehlt.", "Gilt das auch für Bestellungen aus der Schweiz?",
    "Ich habe alles gemacht, und es geht immer noch nicht.", "Wo finde ich meine Bestellnummer?",
)
