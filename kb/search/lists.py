"""Sorted lists asked by bisection: words and titles that start with what was typed."""

from bisect import bisect_left

_LEADING = frozenset(
    ["a", "an", "the", "how", "what", "where", "when", "why", "who", "which", "can", "could", "do", "does", "is", "are", "i", "to", "my", "you", "your"]
    + ["we", "our", "of", "in", "on", "for", "should", "will", "it"]
)
_LAST = "\U0010ffff"


def starting_with(ordered, prefix):
    """The slice of a sorted list of strings that starts with a prefix."""
    return slice(bisect_left(ordered, prefix), bisect_left(ordered, prefix + _LAST))


class SortedTitles:
    """Finds the titles that start with a text, also when their leading function words are left out."""

    def __init__(self, plain_titles):
        entries = sorted({(form, at) for at, title in enumerate(plain_titles) for form in forms(title)})
        self._forms = [form for form, _ in entries]
        self._documents = [at for _, at in entries]

    def find(self, text, limit):
        """Numbers of documents; shorter titles first."""
        part = starting_with(self._forms, text)
        if part.stop - part.start > 20 * limit:  # one or two letters: enough is enough
            part = slice(part.start, part.start + 20 * limit)
        found = sorted(zip(map(len, self._forms[part]), self._documents[part], strict=True))
        return list(dict.fromkeys(at for _, at in found))[:limit]


def forms(title):
    """A title whole and without its leading function words."""
    parts = title.split()
    yield title
    for at, part in enumerate(parts):
        if part not in _LEADING:
            if at:
                yield " ".join(parts[at:])
            return
