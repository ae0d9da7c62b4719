"""The index: searched by many threads while one changes it.

Its state is one immutable value, replaced as a whole: a large part, a small part with what changed since, and the
places of what was removed. When the small part has grown, both are built into one again.
"""

import threading
from copy import copy
from dataclasses import dataclass

import numpy as np

from kb.search.document import Hit
from kb.search.lexicon import Lexicon, Vocabulary
from kb.search.query import read, settled
from kb.search.ranking import CANDIDATES, TITLE_START, Likeness, best, inverse_frequencies, weigh
from kb.search.segment import Segment
from kb.search.wording import PLAIN

MOST_CHANGES = 500


@dataclass(frozen=True)
class _Part:
    """A segment, its vocabulary, and which of its documents are gone."""

    vocabulary: Vocabulary
    removed: frozenset = frozenset()

    @property
    def segment(self):
        return self.vocabulary.segment

    def without(self, ids):
        gone = {self.segment.number[id] for id in ids if id in self.segment.number}
        return _Part(self.vocabulary, self.removed | gone) if gone - self.removed else self

    def left(self):
        return [document for at, document in enumerate(self.segment.documents) if at not in self.removed]


@dataclass(frozen=True)
class _State:
    main: _Part
    changes: _Part
    lexicon: Lexicon
    size: int

    @property
    def parts(self):
        return (self.main, self.changes)


class SearchIndex:
    """Documents by id, found by words. Every method may be called from any thread.

    `pause` is called again and again while much is read, so that whoever builds may let others work meanwhile.
    """

    def __init__(self, documents=(), *, pause=lambda: None):
        self._writing = threading.Lock()
        self._pause = pause
        self._state = _state(self._part(_by_id(documents).values()), self._part([]))

    def with_added(self, *documents):
        """Another index with more documents. What this one holds is shared and not built again; later changes are not."""
        other = copy(self)
        other._writing = threading.Lock()
        if documents:
            other.add(*documents)
        return other

    def __len__(self):
        return self._state.size

    def __contains__(self, id):
        return any(id in part.segment.number and part.segment.number[id] not in part.removed for part in self._state.parts)

    def search(self, text, limit=10, *, exact=False, wording=PLAIN):
        """Hits for a finished question, best first. `exact` does not correct its spelling. `wording`: what its readers call the same."""
        return self._find(text, limit, typing=False, exact=exact, wording=wording)

    def suggest(self, text, limit=8, *, exact=False, wording=PLAIN):
        """Hits for a text still being typed: its last word may be unfinished."""
        return self._find(text, limit, typing=True, exact=exact, wording=wording)

    def add(self, *documents):
        """Adds documents; one with a known id takes the place of the old."""
        self._replace(_by_id(documents), ())

    change = add

    def remove(self, *ids):
        """Takes documents out; ids that are not there are ignored."""
        self._replace({}, ids)

    def _replace(self, documents, gone):
        with self._writing:
            state = self._state
            out = {*documents, *gone}
            main, changed = state.main.without(out), {document.id: document for document in state.changes.left() if document.id not in out} | documents
            if len(changed) + len(main.removed) > MOST_CHANGES:
                self._state = _state(self._part([*main.left(), *changed.values()]), self._part([]))
            else:
                averages = main.segment.averages if len(main.segment) else None
                self._state = _state(main, self._part(changed.values(), averages))

    def _part(self, documents, averages=None):
        return _Part(Vocabulary(Segment(documents, averages, self._pause)))

    def _find(self, text, limit, *, typing, exact, wording):
        state = self._state
        question = read(text, state.lexicon, typing=typing, exact=exact, wording=wording)
        if not question.words or limit < 1:
            return []
        weights = inverse_frequencies(question, state.lexicon, state.size)
        found = [candidate for part in state.parts for candidate in _candidates(part, question, weights, typing)]
        if found and question.is_corrected:
            _, _, number, segment = max(found, key=lambda entry: entry[0])
            question = settled(question, lambda term: segment.holds(term, number))
        return _ranked(found, question, weights, limit)


def _candidates(part, question, weights, typing):
    """(BM25, bonus, number, segment) of the documents of a part that deserve a closer look."""
    removed = np.fromiter(part.removed, np.int64, len(part.removed))
    total = weigh(part.segment, question, weights, removed)
    starting = [at for at in part.segment.titles.find(question.plain, CANDIDATES) if at not in part.removed] if typing else []
    numbers = dict.fromkeys([*starting, *best(total)])
    return [(float(total[at]), TITLE_START if at in starting else 0.0, at, part.segment) for at in numbers]


def _ranked(found, question, weights, limit):
    top = max((bm25 for bm25, *_ in found), default=0.0) or 1.0
    most = 3.0 * sum(max(word, default=0.0) for word in weights) or 1.0
    likeness = Likeness(question.plain)
    scored = [(bm25 / top + bonus + likeness.of(segment.plain_titles[at]), bm25, at, segment) for bm25, bonus, at, segment in found]
    scored.sort(key=lambda entry: (-entry[0], entry[2]))
    corrected = question.understood if question.is_corrected else None
    return [_hit(*entry, most, question, corrected) for entry in scored[:limit]]


def _hit(score, bm25, at, segment, most, question, corrected):
    document = segment.documents[at]
    return Hit(document.id, score, document.title, min(1.0, bm25 / most), corrected, document, question)


def _state(main, changes):
    removed = [part.segment.documents[at] for part in (main, changes) for at in sorted(part.removed)]
    lexicon = Lexicon((main.vocabulary, changes.vocabulary), removed)
    return _State(main, changes, lexicon, len(main.segment) - len(main.removed) + len(changes.segment))


def _by_id(documents):
    return {document.id: document for document in documents}
