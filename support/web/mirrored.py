"""A language nobody speaks, to look at the product written from right to left: English, its letters mirrored and its words lengthened.

Made from `messages.pot` when it is first asked for, so it is never behind. Every phrase that went through gettext looks odd; what does not, did not.
"""
import re
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

# Babel knows the direction, dates and numbers of this code, and a shop with Arabic words uses `ar`.
CODE = "ar_001"
NAME = "Mirrored English"
BEGIN, END = "\u202e", "\u202c"  # letters between them run from right to left
FIRST = "\u200f"  # tells whoever asks for the first letter that the phrase runs so
KEPT = re.compile(r"%\(\w+\)[sd]|\{\{[^}]*\}\}|\{\w*\}|\b[A-Z_]{2,}\b|Switchboard|\S*[@/]\S*")
WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)*")
ACCENTED = str.maketrans("aeiouyAEIOU", "áéíóúýÁÉÍÓÚ")


def catalogue(template: Path) -> Catalog:
    """Every phrase of a .pot file in this language."""
    made = Catalog(locale=CODE)
    with template.open("rb") as file:
        phrases = [message for message in read_po(file) if message.id]
    forms = made.num_plurals
    for phrase in phrases:
        said = (mirrored(phrase.id[0]), *[mirrored(phrase.id[1])] * (forms - 1)) if phrase.pluralizable else mirrored(phrase.id)
        made.add(phrase.id, said, context=phrase.context)
    return made


def mirrored(text: str) -> str:
    """The phrase with its words mirrored, accented and about a third longer; values, names, codes and addresses stay as they are."""
    kept = iter(KEPT.findall(text))
    pieces = [WORD.sub(_word, piece) + next(kept, "") for piece in KEPT.split(text)]
    return FIRST + "".join(pieces)


def _word(found: re.Match) -> str:
    word = found.group()
    longer = re.sub(r"[aeiouy]", lambda vowel: vowel.group() * 2, word, count=1 + len(word) // 6) if len(word) > 2 else word
    return f"{BEGIN}{longer.translate(ACCENTED)}{END}"
