"""Which known words may have been meant by an unknown one.

Candidates come from symmetric deletes: every way to leave out up to two of the first seven letters is a key, for
the known words (kept as two sorted arrays) and for the word asked. RapidFuzz then measures the true distance.
"""

import math
from itertools import combinations
from zlib import crc32

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from kb.search.lists import starting_with
from kb.search.tokens import is_joined

HEAD = 7
MOST_CANDIDATES = 3000
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEIGHBOURS = frozenset(
    pair
    for row, below in zip(_ROWS, (*_ROWS[1:], ""), strict=True)
    for at, key in enumerate(row)
    for other in row[at + 1 : at + 2] + below[max(at - 1, 0) : at + 1]
    for pair in (key + other, other + key)
)


class Speller:
    """Knows a sorted list of words; answers which are near."""

    def __init__(self, ordered_words):
        self.words = ordered_words
        heads = sorted({word[:HEAD] for word in ordered_words if correctable(word)})
        keys, owners = [], []
        for at, head in enumerate(heads):
            found = _deletes(head)
            keys.extend(found)
            owners.extend([at] * len(found))
        order = np.argsort(np.array(keys, np.uint32), kind="stable")
        self._keys = np.array(keys, np.uint32)[order]
        self._owners = np.array(owners, np.uint32)[order]
        self._heads = heads

    def near(self, word):
        """[(known word, distance)] within the distance that a word of this length may have."""
        asked = np.array(sorted(_deletes(word[:HEAD])), np.uint32)
        low, high = np.searchsorted(self._keys, asked, "left"), np.searchsorted(self._keys, asked, "right")
        owners = {int(owner) for a, b in zip(low, high, strict=True) for owner in self._owners[a:b]}
        candidates = [known for owner in sorted(owners) for known in self._under(self._heads[owner])]
        most = 1 if len(word) <= 4 else 2
        found = process.extract(word, candidates[:MOST_CANDIDATES], scorer=OSA.distance, score_cutoff=most, limit=40)
        return [(known, int(distance)) for known, distance, _ in found if known != word]

    def _under(self, head):
        return self.words[starting_with(self.words, head)] if len(head) == HEAD else [head]


def correctable(word):
    """Numbers and part numbers are never "corrected", nor are pairs of characters."""
    return len(word) >= 3 and not any(letter.isdigit() for letter in word) and not is_joined(word)


def likelihood(typed, known, distance, frequency):
    """How probably the known word was meant: near, frequent, same first letter, a slip of a neighbouring key."""
    score = -1.0 * distance + 0.16 * math.log1p(frequency)
    if typed[0] == known[0]:
        score += 0.5
    if sorted(typed) == sorted(known):
        score += 0.4
    if len(typed) == len(known) and distance == 1 and any(a + b in _NEIGHBOURS for a, b in zip(typed, known, strict=True) if a != b):
        score += 0.2
    return score


def _deletes(head):
    """Keys of a head with up to two letters left out (one of a short head)."""
    depth = 1 if len(head) <= 4 else 2
    kept = range(len(head) - depth, len(head) + 1)
    return {crc32("".join(letters).encode()) for size in kept for letters in combinations(head, size)}
