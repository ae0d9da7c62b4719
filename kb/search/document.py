"""What goes into the engine (Document) and what comes out (Hit)."""

from dataclasses import dataclass, field
from functools import cached_property

from kb.search.query import Question
from kb.search.snippets import Marked, mark, matched_words, snippet


@dataclass(frozen=True)
class Document:
    """One thing to be found. `body` is plain text; `keywords` are found like the title but never shown."""

    id: object
    title: str
    body: str
    language: str = "en"
    visibility: str = "public"
    keywords: tuple = ()


@dataclass
class Hit:
    """One document found. `score` orders hits of one search; it means nothing across searches.

    `coverage` (0–1) is the share of the question's weight that the document holds.
    `corrected` is the question as it was understood, or None when it was taken as typed.
    """

    id: object
    score: float
    title: str
    coverage: float
    corrected: str | None
    document: Document = field(repr=False)
    question: Question = field(repr=False)

    @cached_property
    def snippet(self):
        """The most telling piece of the body: plain text with the places of the words found."""
        return snippet(self.document.body, self.question, self.document.language)

    @cached_property
    def marked_title(self) -> Marked:
        return mark(self.title, self.question, self.document.language)

    @cached_property
    def words(self):
        """The words of the question, as understood, that this document holds."""
        return matched_words(self.document, self.question)
