"""Every reader can have it in another language: every word goes through gettext, and a language is one file and one setting."""
from email.parser import BytesParser
from email.policy import default
from html.parser import HTMLParser

import pytest
from babel.messages.catalog import Catalog
from sqlalchemy import select

from support.database import db
from support.settings import SettingsError
from support.shop import languages
from support.tickets import Ticket
from tests.house import words
from tests.house.rules import ROOT, sources
from tests.worlds import settings_for
from tools import words as collection
from wsgi import create_app

STORED = {"Switchboard", "Orders", "Returns", "Payments", "Products", "English", "German", "French", "Polish", "Staff"}  # names in the database
NOT_FOR_READERS = ("demo", "cast", "commands", "cli")
PAGES = (
    (None, ("/", "/sign-in", "/track", "/hours", "/contact", "/answers", "/ask")),
    ("maja", ("/orders", "/orders/TT-204817", "/questions", "/account", "/ask")),
    ("ines", ("/desk", "/desk/reviews", "/staff/account")),
    ("arno", ("/board", "/tickets", "/admin", "/admin/staff", "/admin/articles", "/admin/mail")),
)


def bare(find, pattern: str) -> list[str]:
    files = [path for room in collection.ROOMS for path in sorted((ROOT / room).glob(pattern)) if "vendor" not in path.parts]
    assert files
    return [f"{path.relative_to(ROOT)}: {text}" for path in files for text in find(path.read_text(encoding="utf8"))]


def test_no_template_shows_words_past_gettext():
    assert bare(words.bare_in_template, "**/templates/**/*.html") == []


def test_no_mail_has_words_past_gettext():
    assert bare(words.bare_in_text, "**/templates/**/*.txt") == []


def test_no_refusal_is_written_past_gettext():
    spoken = [path for path in sources() if not any(path.stem.startswith(name) or name in path.parts for name in NOT_FOR_READERS)]
    assert [f"{path.relative_to(ROOT)} {text}" for path in spoken for text in words.bare_in_code(path.read_text(encoding="utf8"))] == []


def test_no_script_has_sentences_of_its_own():
    assert bare(words.bare_in_script, "**/static/js/**/*.js") == []


@pytest.mark.parametrize(
    ("find", "shown", "sound"),
    [
        (words.bare_in_template, "<p>Good morning</p>", '<p>{{ _("Good morning") }}</p>'),
        (words.bare_in_template, '<a title="Good morning">{{ x }}</a>', '<a title="{{ _("Good morning") }}" class="good">{{ x }}</a>'),
        (words.bare_in_template, '{{ ui.empty("inbox", "Good morning") }}', '{{ ui.empty("inbox", _("Good morning")) }}'),
        (words.bare_in_template, "{% if x > 1 %}Good{% endif %}", "{% trans n=x %}Good {{ n }}{% endtrans %}{# Good #}"),
        (words.bare_in_text, "Good morning {{ name }}", '{{ _("Good morning") }} {{ name }}'),
        (words.bare_in_code, 'raise Invalid({"body": "Write more."})', 'raise Invalid({"body": _("Write more.")})'),
        (words.bare_in_code, 'flash("Saved.", "good")', 'flash(_("Saved."), "good")'),
        (words.bare_in_script, 'node.textContent = "Good morning"', 'node.textContent = word("morning")'),
    ],
)
def test_the_search_for_bare_words_finds_them(find, shown, sound):
    assert find(shown)
    assert not find(sound)


def test_the_list_of_phrases_is_current():
    kept, collected = collection.ids(collection.read(collection.FOLDER / "messages.pot")), collection.ids(collection.collected())
    assert {"missing": sorted(map(str, collected - kept)), "gone": sorted(map(str, kept - collected))} == {"missing": [], "gone": []}, "run `make words`"


def write_language(path) -> None:
    """A whole language, made up: each phrase as it is, in other brackets."""
    made = Catalog(locale=path.stem)
    for message in collection.read(collection.FOLDER / "messages.pot"):
        if message.id:
            made.add(message.id, tuple(f"«{one}»" for one in message.id) if message.pluralizable else f"«{message.id}»", context=message.context)
    collection.write(path, made)


@pytest.fixture
def german(world, tmp_path, monkeypatch):
    """The application with one more language: a file in the folder and its code in SHOP_LANGUAGES, nothing else."""
    write_language(tmp_path / "de.po")
    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    application = create_app(settings_for(tmp_path, database_url=world.url, shop_languages=("en", "de")))
    application.extensions["cast"] = world.cast
    return application


class Texts(HTMLParser):
    """The texts of a page."""

    def __init__(self, html: str):
        super().__init__()
        self.found: set[str] = set()
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.found.add(" ".join(data.split()))


@pytest.mark.parametrize(("who", "pages"), PAGES, ids=[str(who) for who, _pages in PAGES])
def test_a_language_is_one_file_and_one_setting(german, client_of, who, pages):
    client = client_of(german, who)
    client.post("/language", data={"language": "de"})
    english = {message.id for message in collection.read(collection.FOLDER / "messages.pot") if message.id and isinstance(message.id, str)}
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, page
        assert '<html lang="de"' in answer.text
        found = Texts(answer.text).found
        assert len([text for text in found if text.startswith("«")]) > 5, page
        assert found & english - STORED == set(), page


def test_dates_numbers_and_money_follow_the_language(german, client_of):
    client = client_of(german, "maja")
    before = client.get("/orders/TT-204817").text
    client.post("/language", data={"language": "de"})
    after = client.get("/orders/TT-204817").text
    assert "€" in before and "November" in before
    assert "\xa0€" not in before
    assert "\xa0€" in after and ".\u00a0November" in after


def mails(folder) -> list:
    return [BytesParser(policy=default).parsebytes(path.read_bytes()) for path in (folder / "mail").glob("*.eml")]


def test_a_mail_is_written_in_the_language_of_its_reader(german, client_of, person, settle, tmp_path):
    client_of(german, "maja").post("/language", data={"language": "de"})
    client_of(german).post("/sign-in/link", data={"email": person(german, "maja").email})
    settle(german)
    (mail,) = mails(tmp_path)
    assert mail["Subject"] == "«Your link to sign in to Tarn & Thistle»"
    assert "«" in mail.get_body(("plain",)).get_content()


def test_a_guest_reads_asks_and_is_answered_in_the_language_of_the_browser(german, client_of, settle, tmp_path):
    guest = client_of(german)
    guest.post("/track", data={"number": "TT-204733", "proof": "gero@mail.example"})
    assert '<html lang="en"' in guest.get("/ask").text
    guest.post("/language", data={"language": "de"})
    assert '<html lang="de"' in guest.get("/ask").text
    question = {"subject": "Wo ist mein Paket?", "body": "Es kommt nicht an.", "topic": "orders", "channel": "form", "client_id": "wo-ist-mein-paket"}
    assert guest.post("/ask", data=question).status_code == 303
    with german.app_context():
        assert db.session.scalar(select(Ticket.language).where(Ticket.subject == question["subject"])) == "de"
    settle(german)
    (mail,) = mails(tmp_path)
    assert mail["Subject"].startswith("«We have your question")


def test_a_language_written_from_right_to_left_turns_the_page(world, tmp_path, client_of):
    page = client_of(create_app(settings_for(tmp_path, database_url=world.url, shop_languages=("ar",)))).get("/").text
    assert '<html lang="ar" dir="rtl"' in page
    assert "site.rtl.css" in page


def test_what_is_no_language_stops_the_start(world, tmp_path):
    with pytest.raises(SettingsError, match="SHOP_LANGUAGES names “klingon”"):
        create_app(settings_for(tmp_path, database_url=world.url, shop_languages=("en", "klingon")))


def test_a_language_without_words_shows_english(world, tmp_path, client_of):
    application = create_app(settings_for(tmp_path, database_url=world.url, shop_languages=("fr",)))
    assert "How can we help?" in client_of(application).get("/").text
