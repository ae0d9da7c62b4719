"""The piece of a text that shows why it was found, as plain text with the places of the words; never HTML."""

from dataclasses import dataclass

from kb.search.stems import stem
from kb.search.tokens import compose, spans

WINDOW = 170
LONGEST_LOOK = 20_000


@dataclass(frozen=True)
class Marked:
    """Plain text and the (start, end) places to be marked in it."""

    text: str
    marks: tuple = ()

    def __str__(self):
        return self.text

    def pieces(self):
        """(text, is marked) pairs that together are the whole text."""
        at = 0
        for start, end in self.marks:
            yield from ((self.text[at:start], False), (self.text[start:end], True))
            at = end
        yield self.text[at:], False


def mark(text, question, language="en"):
    text = compose(text)
    return Marked(text, _joined(_places(text, question, language)))


def snippet(text, question, language="en"):
    """The window with the most different words of the question, cut at words."""
    text = compose(text[:LONGEST_LOOK])
    places = _places(text, question, language)
    start = _cut(text, max(0, min(_richest(places), len(text) - WINDOW)), +1)
    end = _cut(text, start + WINDOW, -1) if start + WINDOW < len(text) else len(text)
    marks = _joined([(a - start, b - start, w) for a, b, w in places if a >= start and b <= end])
    lead, tail = "… " if start else "", "\u00a0…" if end < len(text) else ""
    shift = len(lead)
    return Marked(lead + text[start:end].strip("\n") + tail, tuple((a + shift, b + shift) for a, b in marks))


def matched_words(document, question):
    """The words of the question, as understood, that a document holds."""
    text = f"{document.title}\n{' '.join(document.keywords)}\n{document.body[:LONGEST_LOOK]}"
    found = {word for _, _, word in _places(compose(text), question, document.language)}
    return tuple(word.meant for at, word in enumerate(question.words) if at in found)


def _places(text, question, language):
    """(start, end, number of the question's word) for each word of the text that answers one; "my" and "to" show nothing."""
    wanted = {term: at for at, word in reversed(list(enumerate(question.words))) for term, _ in word.forms}
    found = []
    for start, end, word in spans(text):
        at = wanted.get(word, wanted.get(stem(word, language)))
        if at is not None and (len(word) > 2 or not word.isalpha() or not word.isascii()):
            found.append((start, end, at))
    return found


def _richest(places):
    """Where the window starts that shows the most different words; a little before the first of them."""
    best, best_start, first = 0, 0, 0
    for last in range(len(places)):
        while places[last][1] - places[first][0] > WINDOW - 20:
            first += 1
        different = len({word for _, _, word in places[first : last + 1]})
        if different > best:
            best, best_start = different, places[first][0]
    return max(0, best_start - 20)


def _cut(text, at, step):
    """The nearest place between words, looking forward (+1) or back (-1) at most 20 characters."""
    if at <= 0 or at >= len(text):
        return max(0, min(at, len(text)))
    for place in range(at, at + 20 * step, step):
        if 0 < place < len(text) and text[place - 1].isspace():
            return place if step > 0 else place - 1
    return at


def _joined(places):
    """Overlapping or touching places (pairs of characters) as one."""
    joined = []
    for start, end, _ in places:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
