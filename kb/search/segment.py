"""Documents turned into arrays once and never changed: the part of an index that is searched.

For each stem: the documents that hold it and how much it weighs there (BM25 over title and body, saturated at
build time). A query then only gathers, scales and adds.
"""

from array import array
from collections import Counter

import numpy as np

from kb.search.lists import SortedTitles
from kb.search.stems import stem
from kb.search.tokens import words

TITLE_WEIGHT = 4.0
K1 = 3.0
B_TITLE = 0.7
B_BODY = 0.7
INDEXED_CHARACTERS = 200_000  # of a text; what stands behind them is shown and not found


class Segment:
    """`averages`: (title, body) lengths to measure against; a small segment borrows those of the large one.

    `pause` is called behind each document, so that whoever builds may let others work meanwhile.
    """

    def __init__(self, documents, averages=None, pause=lambda: None):
        self.documents = list(documents)
        self.number = {document.id: at for at, document in enumerate(self.documents)}
        self.plain_titles = [" ".join(words(document.title)) for document in self.documents]
        self.languages = frozenset(document.language for document in self.documents)
        self.titles = SortedTitles(self.plain_titles)
        reader = _Reader(pause)
        titles = reader.read((document.language, f"{document.title} {' '.join(document.keywords)}") for document in self.documents)
        bodies = reader.read((document.language, document.body[:INDEXED_CHARACTERS]) for document in self.documents)
        self.averages = averages or (titles.average(), bodies.average())
        self._count_words(reader, titles, bodies)
        self._weigh(reader, titles, bodies)

    def __len__(self):
        return len(self.documents)

    def postings(self, term):
        """(documents, weights) of a stem, or None."""
        at = self.terms.get(term)
        if at is None:
            return None
        part = slice(self._starts[at], self._starts[at + 1])
        return self._holders[part], self._weights[part]

    def holders(self, term):
        """In how many documents a stem stands."""
        at = self.terms.get(term)
        return 0 if at is None else int(self._starts[at + 1] - self._starts[at])

    def holds(self, term, number):
        """Does this document hold a stem?"""
        posting = self.postings(term)
        if posting is None:
            return False
        at = int(np.searchsorted(posting[0], number))
        return at < len(posting[0]) and int(posting[0][at]) == number

    def _count_words(self, reader, titles, bodies):
        counts = np.bincount(titles.words, minlength=len(reader.words)) + np.bincount(bodies.words, minlength=len(reader.words))
        self.frequency, self.stems_of = Counter(), {}
        for (language, word), count in zip(reader.words, counts.tolist(), strict=True):
            self.frequency[word] += count
            known = self.stems_of.get(word, ())
            found = reader.stem(language, word)
            if found not in known:
                self.stems_of[word] = (*known, found)

    def _weigh(self, reader, titles, bodies):
        self.terms = {term: at for at, term in enumerate(sorted({stem for stems in self.stems_of.values() for stem in stems}))}
        term_of_word = np.fromiter((self.terms[reader.stem(*entry)] for entry in reader.words), np.int64, len(reader.words))
        size = len(self.documents)
        parts = [
            titles.weights(term_of_word, size, self.averages[0], B_TITLE, TITLE_WEIGHT),
            bodies.weights(term_of_word, size, self.averages[1], B_BODY, 1.0),
        ]
        keys, where = np.unique(np.concatenate([keys for keys, _ in parts]), return_inverse=True)
        tf = np.bincount(where, np.concatenate([weights for _, weights in parts]), minlength=len(keys))
        self._weights = (tf * (K1 + 1) / (tf + K1)).astype(np.float32)
        self._holders = (keys % max(size, 1)).astype(np.int32)
        self._starts = np.searchsorted(keys, np.arange(len(self.terms) + 1, dtype=np.int64) * size)


class _Numbers(dict):
    """The number of each word of one language; a new word gets the next one of all languages."""

    def __init__(self, language, words):
        self._language, self._words = language, words

    def __missing__(self, word):
        number = self[word] = len(self._words)
        self._words.append((self._language, word))
        return number


class _Reader:
    """Gives every word of a language a number, in the order of first sight."""

    def __init__(self, pause):
        self.words = []
        self._numbers = {}
        self._pause = pause

    def read(self, texts):
        numbers, lengths = array("q"), []
        for language, text in texts:
            if language not in self._numbers:
                self._numbers[language] = _Numbers(language, self.words)
            found = words(text)
            lengths.append(len(found))
            numbers.extend(map(self._numbers[language].__getitem__, found))
            self._pause()
        return _Field(np.array(numbers, np.int64), np.array(lengths, np.int64))

    def stem(self, language, word):
        return stem(word, language)


class _Field:
    """One field of all documents: the word numbers one after another, and how many belong to each document."""

    def __init__(self, numbers, lengths):
        self.words = numbers
        self.lengths = lengths

    def average(self):
        return max(float(self.lengths.mean()), 1.0) if len(self.lengths) else 1.0

    def weights(self, term_of_word, size, average, b, weight):
        """Keys (term × size + document) and how often the term stands there, by the field's length."""
        documents = np.repeat(np.arange(len(self.lengths), dtype=np.int64), self.lengths)
        keys, counts = np.unique(term_of_word[self.words] * size + documents, return_counts=True)
        lengths = self.lengths[keys % max(size, 1)]
        return keys, weight * counts / (1 - b + b * lengths / average)
