"""Text into words, in any alphabet: lower case, accents off, no letter dropped.

Scripts written without spaces are cut into overlapping pairs of characters.
"""

import re
import unicodedata

LONGEST_WORD = 48
# Chinese, Japanese, Korean, Thai, Lao, Burmese and Khmer.
_JOINED = "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003134f"
# Marks that belong to the letter before them (accents, Hebrew and Arabic points, Indic vowels); `\w` leaves them out.
_MARKS = "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u0900-\u0963\u0966-\u0dff"
# English endings after an apostrophe stay with their word; other apostrophes divide.
_ENDING = r"(?:['\u2019](?:s|t|m|d|re|ve|ll)(?![^\W_]))?"
_WORD = re.compile(rf"[{_JOINED}]+|[^\W_{_JOINED}](?:[^\W_{_JOINED}]|[{_MARKS}])*{_ENDING}", re.IGNORECASE)
_PLAIN_ENDING = re.compile(r"(?<=[a-z0-9])'(s|t|m|d|re|ve|ll)(?![a-z0-9])")
_PLAIN_LETTERS = bytes(at if chr(at) in "abcdefghijklmnopqrstuvwxyz0123456789" else 32 for at in range(256))
_IS_JOINED = re.compile(f"[{_JOINED}]")
# Apostrophes, and the Arabic line that only stretches a word.
_DROPPED = str.maketrans("", "", "'\u2019\u0640")
# Signs that stand between the words of many texts in plain letters; without them such a text is read much faster.
_SIGNS = "\u00a0\u00a9\u00ab\u00ae\u00b7\u00bb\u2013\u2014\u2018\u201c\u201d\u201e\u2022\u2026\u2122\u2192\ufe0f"
# Letters that Unicode does not take apart into letter and accent.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ё": "е"})
_ACCENTS = re.compile("(?<=[a-z\u0370-\u03ff])[\u0300-\u036f]+|[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc]+")


def compose(text):
    """The text in the form that `spans` counts its places in."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def fold(text):
    """Lower case without accents. A letter that differs by more than its accent (й, が) stays itself."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS)
    return unicodedata.normalize("NFC", _ACCENTS.sub("", text))


def words(text):
    """All words of a text, folded, in order."""
    folded = fold(text if text.isascii() else _without_signs(text))
    if folded.isascii():
        joined = _PLAIN_ENDING.sub(r"\1 ", folded) if "'" in folded else folded
        return [word[:LONGEST_WORD] for word in joined.encode().translate(_PLAIN_LETTERS).decode().split()]
    return [piece for found in _WORD.findall(folded) for piece in _plain_pieces(found)]


def spans(text):
    """(start, end, folded word) for every word of a composed text."""
    for found in _WORD.finditer(text):
        start, end = found.span()
        word = fold(found.group()).translate(_DROPPED)
        if not is_joined(word):
            yield start, end, word[:LONGEST_WORD]
            continue
        for offset, pair in _pieces(word):
            yield min(start + offset, end - 1), min(start + offset + len(pair), end), pair


def is_joined(word):
    """Is it of a script written without spaces (a pair of characters, not a word)?"""
    return not word.isascii() and bool(_IS_JOINED.match(word))


def _without_signs(text):
    text = text.replace("\u2019", "'")
    for sign in _SIGNS:  # many replacements are faster than one translation of a long text
        text = text.replace(sign, " ")
    return text


def _plain_pieces(word):
    """A word as found, in the form in which it is indexed: one piece, but for scripts without spaces."""
    if word.isascii():
        return (word.replace("'", "")[:LONGEST_WORD],)
    return [piece for _, piece in _pieces(word.translate(_DROPPED))]


def _pieces(word):
    if not is_joined(word):
        return [(0, word[:LONGEST_WORD])]
    return [(at, word[at : at + 2]) for at in range(max(1, len(word) - 1))]
