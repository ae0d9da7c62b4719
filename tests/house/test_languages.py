"""A language of the product is whole: every phrase is said, with all its values, and nothing in it is left to a guess."""
import ast
import re

import pytest
from babel.messages.catalog import Catalog

from support.web import mirrored
from tests.house.rules import ROOT, sources
from tools import words

VALUE = re.compile(r"%\(\w+\)[sd]|\{\{[^}]*\}\}|\{\w*\}")
LANGUAGES = sorted(words.FOLDER.glob("*.po"))


def faults(catalog: Catalog, template: Catalog) -> list[str]:
    """What is wrong with a language, in sentences."""
    found = [f"not said: {phrase}" for phrase, _context in words.ids(template) - words.ids(catalog)]
    for message in catalog:
        if not message.id:
            continue
        asked, said = (one if isinstance(one, tuple) else (one,) for one in (message.id, message.string))
        if message.fuzzy or not said or not all(said):
            found.append(f"not said: {message.id}")
            continue
        if len(asked) > 1 and len(said) != catalog.num_plurals:
            found.append(f"{len(said)} forms instead of {catalog.num_plurals}: {message.id}")
        wanted, least = set(VALUE.findall(asked[-1])), set(VALUE.findall(asked[0]))
        for place, one in enumerate(said):
            have = set(VALUE.findall(one))
            if not (have == wanted or (place == 0 and have == least)):
                found.append(f"other values in “{one}”: {sorted(have ^ wanted)}")
    return sorted(found)


@pytest.mark.parametrize("path", LANGUAGES, ids=lambda path: path.stem)
def test_a_language_says_everything(path):
    found = faults(words.read(path), words.read(words.FOLDER / "messages.pot"))
    assert found == [], "translate it in " + str(path.relative_to(ROOT))


def test_german_is_there():
    assert "de" in [path.stem for path in LANGUAGES]


@pytest.mark.parametrize(
    ("phrase", "said", "fuzzy"),
    [("Hello %(name)s", "Hallo", False), ("Hello", "", False), ("Hello", "Hallo", True), ("{n} new", "{m} neu", False), (("one %(n)s", "%(n)s"), ("ein %(n)s",), False)],
)
def test_what_is_missing_or_wrong_in_a_language_is_seen(phrase, said, fuzzy):
    catalog = Catalog(locale="de")
    catalog.add(phrase, said, flags=["fuzzy"] if fuzzy else [])
    assert len(faults(catalog, catalog)) == 1


def test_the_mirrored_language_says_everything_too():
    template = words.FOLDER / "messages.pot"
    made = mirrored.catalogue(template)
    assert faults(made, words.read(template)) == []
    said = {"".join(message.string) for message in made if message.id}
    assert [one for one in said if mirrored.BEGIN not in one and re.search("[A-Za-z]{2}", mirrored.KEPT.sub("", one))] == []


def test_no_phrase_stands_where_the_collector_does_not_look():
    """It does not read what is written inside the braces of an f-string."""
    hidden = []
    for path in sources():
        for whole in ast.walk(ast.parse(path.read_text(encoding="utf8"))):
            inside = ast.walk(whole) if isinstance(whole, ast.JoinedStr) else ()
            calls = [node for node in inside if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
            hidden += [f"{path.relative_to(ROOT)} line {call.lineno}" for call in calls if call.func.id in ("_", "_l", "ngettext")]
    assert hidden == []
