"""The words of an index as one vocabulary, over its parts and without what was removed.

A word that stands only in removed documents is unknown here, so no correction and no completion can tell of it.
"""

from collections import Counter

from kb.search.lists import starting_with
from kb.search.spelling import Speller, correctable, likelihood
from kb.search.stems import STOP_WORDS, stem
from kb.search.tokens import words

MOST_REMEMBERED = 20_000
COMMON = 60  # a word this many times more frequent than a rare neighbour may have been meant


class Vocabulary:
    """The words of one segment, prepared for spelling and completion."""

    def __init__(self, segment):
        self.segment = segment
        self.ordered = sorted(segment.frequency)
        self.speller = Speller(self.ordered)


class Lexicon:
    def __init__(self, vocabularies, removed):
        """`removed`: documents of these vocabularies that are no longer there."""
        self._parts = vocabularies
        self._removed = Counter(word for document in removed for word in document_words(document))
        self.languages = frozenset(language for part in vocabularies for language in part.segment.languages)
        self.language_order = tuple(sorted(self.languages))
        self.stop_words = frozenset(word for language in self.languages for word in STOP_WORDS.get(language, ()))
        self._remembered = {}

    def frequency(self, word):
        return sum(part.segment.frequency.get(word, 0) for part in self._parts) - self._removed.get(word, 0)

    def stems(self, word):
        """The stems under which a word is indexed; for a word never seen, what its stems would be."""
        known = [term for part in self._parts for term in part.segment.stems_of.get(word, ())]
        return tuple(dict.fromkeys(known or [stem(word, language) for language in self.language_order]))

    def holders(self, term):
        return sum(part.segment.holders(term) for part in self._parts)

    def knows(self, word):
        """Does the word, or another form of it, stand in some document?"""
        if self.frequency(word) > 0:
            return True
        return not self._removed and any(self.holders(term) for term in self.stems(word))

    def completions(self, prefix, limit):
        """The most frequent words that start with a prefix."""
        found = Counter()
        for part in self._parts:
            for word in part.ordered[starting_with(part.ordered, prefix)]:
                found[word] += part.segment.frequency[word]
        if self._removed:
            found -= Counter({word: self._removed[word] for word in found})
        return [word for word, _ in found.most_common(limit)]

    def corrections(self, word, limit=2):
        """[(known word, weight)] that may have been meant instead, likeliest first; remembered for the next time."""
        found = self._remembered.get(word)
        if found is None:
            found = self._remembered[word] = self._correct(word, limit)
            if len(self._remembered) > MOST_REMEMBERED:
                self._remembered.clear()
        return found

    def _correct(self, word, limit):
        if not correctable(word):
            return []
        own = max(self.frequency(word), 0)
        near = {known: distance for part in self._parts for known, distance in part.speller.near(word)}
        ranked = []
        for known, distance in near.items():
            frequency = self.frequency(known)
            if frequency > (COMMON * own if distance == 1 else own * 1_000_000):
                ranked.append((likelihood(word, known, distance, frequency), known))
        ranked.sort(reverse=True)
        return [(known, max(0.3, 1 - 0.4 * (ranked[0][0] - score))) for score, known in ranked[:limit]]

    def parts_of(self, word):
        """Two known words written as one ("trackingnumber"), or None."""
        if len(word) < 6 or not correctable(word):
            return None
        cuts = [(min(self.frequency(word[:at]), self.frequency(word[at:])), at) for at in range(3, len(word) - 2)]
        best, at = max(cuts, default=(0, 0))
        return (word[:at], word[at:]) if best > 0 else None


def document_words(document):
    for text in (document.title, " ".join(document.keywords), document.body):
        yield from words(text)
