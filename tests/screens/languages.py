"""Every page as text, in a language: what is shown and spoken on it, and what of that is nobody's data and still not in the language."""
import re
from html.parser import HTMLParser

import holidays
from sqlalchemy import JSON, String, select, update

from support.database import Base, db
from support.people import Person
from tests.access.addresses import address
from tests.access.shop import shop
from tests.screens.pages_to_see import sights
from tests.worlds import settings_for
from wsgi import create_app

SPOKEN = ("aria-label", "title", "placeholder", "alt", "content")
NAMES = {"Switchboard", "Tarn & Thistle", "Markdown", "Deutsch", "English", "Mirrored English", "Alt A", "Alt D", "Ctrl", "Enter"}


class Texts(HTMLParser):
    """The texts of a page and the attributes that are read out, without scripts, drawings and what is in code."""

    SILENT = {"script", "style", "svg", "code", "kbd", "option", "textarea"}

    def __init__(self, html: str):
        super().__init__()
        self.found: set[str] = set()
        self.silent = 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.silent += tag in self.SILENT
        if tag != "meta":
            self.found.update(" ".join(value.split()) for name, value in attrs if name in SPOKEN and value)

    def handle_endtag(self, tag):
        self.silent -= tag in self.SILENT

    def handle_data(self, data):
        if not self.silent and data.strip():
            self.found.add(" ".join(data.split()))


def plain(text: str) -> str:
    """A text without the marks of Markdown, on one line."""
    return " ".join(re.sub(r"\]\([^)]*\)|[*_#\[\]`|]|--+", " ", text).split())


class Pages:
    """The furnished shop of the access matrix with everybody reading one language."""

    def __init__(self, folder, language: str):
        made = shop(folder)
        file = folder / f"{language}.db"
        file.write_bytes(made.file.read_bytes())
        self.app = create_app(settings_for(folder, database_url=f"sqlite:///{file}", shop_languages=("en", "de", "ar_001")))
        self.app.extensions["cast"] = made.cast
        self.language, self.things = language, made.things
        with self.app.app_context():
            db.session.execute(update(Person).values(locale=language))
            db.session.commit()
            festive = {name for code in ("en_US", "de") for name in holidays.country_holidays("DE", subdiv="SH", years=range(2026, 2029), language=code).values()}
            self.stored = "\n".join([*self._stored(), *festive])

    def texts(self):
        """(sight, its texts) of every page and of other states of pages."""
        for sight in sights():
            client = self.app.test_client()
            client.set_cookie("language", self.language)
            if token := self.things["tokens"].get(sight.role):
                client.set_cookie("switchboard", token)
            html = client.get(sight.path or address(self.app, sight.row, self.things)).text
            if "<html" in html:
                yield sight, Texts(html).found

    def is_data(self, text: str) -> bool:
        """Whether somebody wrote it: it is stored, or a name that is the same everywhere."""
        return text in NAMES or plain(text) in self.stored

    def close(self) -> None:
        with self.app.app_context():
            db.engine.dispose()

    @staticmethod
    def _stored():
        for table in Base.metadata.sorted_tables:
            columns = [column for column in table.columns if isinstance(column.type, String | JSON)]
            if columns and table.name != "event":
                for row in db.session.execute(select(*columns)):
                    yield from (plain(str(value)) for value in row if value)
