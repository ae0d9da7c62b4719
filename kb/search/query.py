"""A question as typed, turned into what is looked up: each word with the forms that may have been meant."""

from dataclasses import dataclass, replace
from functools import cached_property

from kb.search.spelling import correctable
from kb.search.tokens import compose, spans, words
from kb.search.wording import PLAIN

LONGEST_TEXT = 2_000
MOST_WORDS = 48
MOST_CORRECTED = 12
COMPLETIONS = 48


@dataclass(frozen=True)
class Word:
    """One word of the question. `forms`: (stem, weight), of which a document counts only the best.

    `meanings`: (known word, its stems) that a misspelt word may have meant; `meant` is the one taken.
    """

    text: str
    start: int
    end: int
    forms: tuple
    meant: str
    typing: bool = False
    meanings: tuple = ()

    @property
    def is_corrected(self):
        return self.meant != self.text


@dataclass(frozen=True)
class Question:
    text: str
    words: tuple
    understood: str

    @property
    def is_corrected(self):
        return any(word.is_corrected for word in self.words)

    @cached_property
    def plain(self):
        """What was understood, in the form that titles are compared in."""
        return " ".join(words(self.understood))


def read(text, lexicon, *, typing=False, exact=False, wording=PLAIN):
    """The question in `text`. While typing, its last word may be unfinished; `exact` takes the words as they stand.

    `wording` tells what else means the same as a word, and which words are not looked for.
    """
    text = compose(text[:LONGEST_TEXT]).strip()
    found = list(dict.fromkeys(spans(text)))[: 4 * MOST_WORDS]
    unfinished = found[-1] if typing and found and found[-1][1] == len(text) else None
    same = dict(zip(found, wording.meanings([word for _, _, word in found], lexicon.language_order), strict=True))
    kept = _telling(found, lexicon.stop_words | wording.ignored, lexicon, unfinished)
    allowed = [0 if exact else MOST_CORRECTED]
    read = tuple(_meaning_too(_word(place, lexicon, place == unfinished, allowed, same[place]), same[place], lexicon) for place in kept)
    return Question(text, read, _rewritten(text, read))


def settled(question, holds):
    """The question with each misspelt word taken as the meaning that the best document has. `holds(stem)`: is it there?"""
    words = tuple(_settled(word, holds) for word in question.words)
    return question if words == question.words else Question(question.text, words, _rewritten(question.text, words))


def _settled(word, holds):
    held = [meaning for meaning, stems in word.meanings if any(holds(stem) for stem in stems)]
    return replace(word, meant=held[0]) if held and word.meant not in held else word


def _telling(found, silent, lexicon, unfinished):
    """The words that say something, each once; of a long text those that stand in the fewest documents."""
    kept = [place for place in found if place == unfinished or place[2] not in silent] or found
    once = list({place[2]: place for place in reversed(kept)}.values())[::-1]
    if len(once) > MOST_WORDS:
        once.sort(key=lambda place: lexicon.frequency(place[2]) or 1_000_000)
        once = sorted(once[:MOST_WORDS])
    return once


def _meaning_too(word, same, lexicon):
    """A word with what means the same; a document counts the best of all its forms."""
    if not same:
        return word
    return replace(word, forms=_forms(lexicon, [(meaning, weight) for meaning, weight in same if lexicon.knows(meaning)], dict(word.forms)))


def _word(place, lexicon, unfinished, allowed, same):
    start, end, text = place
    if unfinished:
        completions = lexicon.completions(text, COMPLETIONS)
        if completions:
            return Word(text, start, end, _forms(lexicon, [(word, 1.0 if word == text else 0.95) for word in completions]), text, typing=True)
    known = lexicon.knows(text) or bool(same)  # what stands in no article and means something is no slip
    meant = []
    if correctable(text) and allowed[0] > 0 and not same:
        allowed[0] -= not known
        meant = lexicon.corrections(text)
    if known:
        return Word(text, start, end, _forms(lexicon, [(text, 1.0), *((word, 0.6 * weight) for word, weight in meant)]), text)
    parts = lexicon.parts_of(text) if allowed[0] else None
    if parts and not meant:
        return Word(text, start, end, _forms(lexicon, [(part, 1.0) for part in parts]), " ".join(parts))
    meanings = tuple((word, lexicon.stems(word)) for word, _weight in meant)
    return Word(text, start, end, _forms(lexicon, meant or [(text, 1.0)]), meant[0][0] if meant else text, meanings=meanings)


def _forms(lexicon, weighted, known=None):
    best = known or {}
    for word, weight in weighted:
        for term in lexicon.stems(word):
            best[term] = max(weight, best.get(term, 0))
    return tuple(best.items())


def _rewritten(text, read):
    for word in sorted(read, key=lambda word: word.start, reverse=True):
        if word.is_corrected:
            text = text[: word.start] + word.meant + text[word.end :]
    return text
