"""Which documents of a segment answer a question best: BM25 first, then the best 60 again by likeness of their titles."""

import math

import numpy as np
from rapidfuzz import fuzz

CANDIDATES = 60
TITLE_START = 1.2


def inverse_frequencies(question, lexicon, size):
    """How telling each word is. An unfinished word counts by the most frequent of its completions."""
    weights = []
    for word in question.words:
        held = [lexicon.holders(term) for term, _ in word.forms]
        if word.typing:
            held = [max(held, default=0)] * len(held)
        weights.append([math.log(1 + (max(size - count, 0) + 0.5) / (count + 0.5)) for count in held])
    return weights


def weigh(segment, question, weights, removed):
    """BM25 of every document of a segment (float32). `removed`: numbers of documents to leave out."""
    total = np.zeros(len(segment), np.float32)
    for word, telling in zip(question.words, weights, strict=True):
        found = [(segment.postings(term), weight * idf) for (term, weight), idf in zip(word.forms, telling, strict=True)]
        found = [(posting, weight) for posting, weight in found if posting]
        if len(found) == 1:
            (holders, values), weight = found[0]
            total[holders] += values * np.float32(weight)
        elif found:
            _add_best(total, found)
    if len(removed):
        total[removed] = 0
    return total


def best(total, limit=CANDIDATES):
    """Numbers of the highest documents, at least `limit` if so many have any weight; unordered beyond that."""
    top = float(total.max()) if len(total) else 0.0
    share = 0.7
    while top > 0:
        found = np.flatnonzero(total >= max(top * share, 1e-9))
        if len(found) >= limit or share < 0.02:
            break
        share *= 0.6
    else:
        return []
    return found[np.argsort(-total[found], kind="stable")][:limit].tolist()


class Likeness:
    """How alike titles are to a question, 0 to about 1.3."""

    def __init__(self, text):
        self._text = text
        self._trigrams = _trigrams(text)

    def of(self, title):
        words = 0.4 * fuzz.token_set_ratio(self._text, title) + 0.6 * fuzz.token_sort_ratio(self._text, title)
        theirs = _trigrams(title)
        shared = len(self._trigrams & theirs)
        return 0.005 * words + 0.8 * shared / (len(self._trigrams) + len(theirs) - shared or 1)


def _add_best(total, found):
    """Adds, for each document, the best of several forms of one word: never their sum."""
    scratch = np.zeros(len(total), np.float32)
    for (holders, values), weight in found:
        scratch[holders] = np.maximum(scratch[holders], values * np.float32(weight))
    for (holders, _), _ in found:
        total[holders] += scratch[holders]
        scratch[holders] = 0


def _trigrams(text):
    padded = [f" {word} " for word in text.split()]
    return {word[at : at + 3] for word in padded for at in range(len(word) - 2)}
