"""Words a shop says are the same, and words it says tell nothing: what administrators add to what the engine knows by itself."""

from dataclasses import dataclass
from functools import lru_cache

from kb.search.stems import stem
from kb.search.tokens import words

SAME = 0.7  # what a word of the same meaning counts beside the word itself
PART = 0.4  # the same for one word of several that only together mean it
LONGEST_PHRASE = 4  # words


@dataclass(frozen=True)
class Wording:
    """`groups`: phrases that mean the same, each a tuple of folded words. `ignored`: folded words that are not looked for."""

    groups: tuple = ()
    ignored: frozenset = frozenset()

    @classmethod
    def of(cls, groups, ignored=()):
        """From texts as people write them: [[“sofa”, “settee”, “love seat”], …] and [“please”, …]."""
        phrases = [tuple(dict.fromkeys(phrase for text in group if (phrase := tuple(words(text))[:LONGEST_PHRASE]))) for group in groups]
        return cls(tuple(group for group in phrases if len(group) > 1), frozenset(word for text in ignored for word in words(text)))

    def meanings(self, read, languages):
        """For each word of a text, given in order, [(word, weight)] of what means the same as it or as a phrase it stands in."""
        if not self.groups or not read:
            return [()] * len(read)
        table = _table(self, languages)
        roots = [_root(word, languages) for word in read]
        found = [{} for _ in read]
        for at in range(len(read)):
            for end in range(at + 1, min(at + LONGEST_PHRASE, len(read)) + 1):
                for word, weight in table.get(tuple(roots[at:end]), ()):
                    for place in range(at, end):
                        found[place][word] = max(weight, found[place].get(word, 0))
        return [tuple(also.items()) for also in found]


PLAIN = Wording()


def _root(word, languages):
    """Some form that all forms of a word share: its stem in the first language that changes it."""
    return next((root for language in languages if (root := stem(word, language)) != word), word)


@lru_cache(maxsize=8)
def _table(wording, languages):
    """{phrase by its roots: [(word, weight)] of the other phrases of its groups}."""
    table = {}
    for group in wording.groups:
        for phrase in group:
            others = [(word, SAME if len(other) == 1 else PART) for other in group if other != phrase for word in other if word not in phrase]
            table.setdefault(tuple(_root(word, languages) for word in phrase), []).extend(others)
    return table
