"""No page shows English to somebody who reads another language, but for what people wrote."""
import re

import pytest

from support.web import mirrored
from tests.screens.languages import Pages, Texts
from tools import words

LATIN = re.compile(r"[A-Za-z][A-Za-z’' -]*[A-Za-z]")


@pytest.fixture
def pages(request, tmp_path):
    made = Pages(tmp_path, request.param)
    yield made
    made.close()


def unmarked(text: str) -> list[str]:
    """The pieces of a text that did not go through gettext, when the page is in the mirrored language."""
    plain = re.sub(f"{mirrored.BEGIN}[^{mirrored.END}]*{mirrored.END}|\\b[A-Z_]+\\b", "\n", text)
    return [piece for piece in LATIN.findall(plain) if len(piece) > 2]


@pytest.mark.parametrize("pages", [mirrored.CODE], indirect=True)
def test_every_word_of_every_page_can_be_translated(pages):
    bare = set()
    for sight, texts in pages.texts():
        pieces = [piece for text in texts if not pages.is_data(text) for piece in unmarked(text) if not pages.is_data(piece)]
        bare.update(f"{sight}: {piece}" for piece in pieces if piece not in sight.path and not piece.startswith("Zq"))
    assert sorted(bare) == []


@pytest.mark.parametrize("pages", ["de"], indirect=True)
def test_no_page_in_german_shows_an_english_phrase(pages):
    german = {message.id: message.string for message in words.read(words.FOLDER / "de.po") if isinstance(message.id, str) and message.id}
    english = {phrase for phrase, said in german.items() if phrase != said} - set(german.values())
    seen, left = 0, set()
    for sight, texts in pages.texts():
        seen += sum(text in german.values() for text in texts)
        left.update(f"{sight}: {text}" for text in texts & english if not pages.is_data(text))
    assert sorted(left) == []
    assert seen > 1000


def test_a_word_past_gettext_is_seen():
    texts = Texts(f'<p title="Oops">{mirrored.mirrored("Good morning")}, Maja</p><code>for i in</code>').found
    assert sorted(piece for text in texts for piece in unmarked(text)) == ["Maja", "Oops"]
