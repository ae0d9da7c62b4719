"""What the classifier sees of a text: its words, their neighbours, and pieces of two to five letters, as numbers. Pure.

Nothing here is a word any more: a feature is the checksum of its letters, so that what was learned keeps no sentence of any customer. Digits are all one
digit: the number of an order says nothing about the kind of question, and must not be learned by heart.
"""
import re
import zlib
from collections import Counter

LONGEST = 4000  # characters of a text that are looked at; whoever writes more has said before what it is about
REACH = 4  # words between which two words still belong together
WORDS, LETTERS = "words", "letters"
BLOCKS = {WORDS: 0.6, LETTERS: 1.0}  # each has a classifier of its own; what their votes count. Together they are righter than all features in one

_word = re.compile(r"\w+(?:'\w+)?")
_digit = re.compile(r"\d")


def text_of(subject: str, body: str) -> str:
    """A ticket as one text. What an embedded chat takes as subject is the beginning of the body, and counts once."""
    subject, body = subject.strip(), body.strip()
    return (body if body.startswith(subject.removesuffix("…")) else f"{subject}\n{body}")[:LONGEST]


def counted(text: str) -> dict[str, Counter]:
    """How often each feature of each block stands in a text: {block: {checksum: count}}."""
    text = _digit.sub("0", text[:LONGEST].lower().replace("’", "'"))
    words = _word.findall(text)
    following = [f"{one} {two}" for one, two in zip(words, words[1:], strict=False)]
    return {WORDS: _sums([*words, *_company(words)]), LETTERS: _sums([*_pieces(text), *(f"={word}" for word in words), *following])}


def _company(words: list[str]) -> set[str]:
    """Pairs of words that stand near each other, whichever comes first: “card lost” is “lost my card”."""
    return {"&".join(sorted((one, two))) for at, one in enumerate(words) for two in words[at + 1:at + 1 + REACH]}


def _pieces(text: str) -> list[str]:
    """Two to five letters in a row inside each word with the gaps around it: slips of the pen leave most of them whole, and so do compounds and endings."""
    found = []
    for word in text.split():
        padded = f" {word[:60]} "
        for length in (2, 3, 4, 5):
            found += [padded[start:start + length] for start in range(max(1, len(padded) - length + 1))]
    return found


def _sums(features: list[str]) -> Counter:
    return Counter(zlib.crc32(feature.encode()) for feature in features)
