"""A customer's own orders found by words, in spite of spelling: "where is my tnet" finds the order with the tent."""

from dataclasses import dataclass

from kb.search import Document, SearchIndex
from kb.search.snippets import mark
from support import orders

LATEST = 20
LEAST_LETTERS = 3  # of a word found; fewer tell nothing of an order


@dataclass(frozen=True)
class OwnOrder:
    """An order found, its contents in a few words, and the sentence that says where it is."""

    number: str
    contents: str
    sentence: str


def matching(person, text: str, limit: int = 3) -> list[OwnOrder]:
    """Those of the latest orders of a customer or guest whose number or contents a text names, best first."""
    if person.id is None or person.is_staff or not text.strip():
        return []
    latest = {order.number: order for order in orders.recent_for(person, person.id, LATEST)}
    hits = SearchIndex(_document(order) for order in latest.values()).suggest(text, limit)
    return [_found(latest[hit.id], hit) for hit in hits if any(len(word) >= LEAST_LETTERS for word in hit.words)]


def _found(order, hit) -> OwnOrder:
    """Its contents begin with what was asked for."""
    titles = sorted({line.title for line in order.lines}, key=lambda title: -len(mark(title, hit.question).marks))
    return OwnOrder(order.number, ", ".join(titles[:2]) + (" …" if len(titles) > 2 else ""), orders.headline(order))


def _document(order) -> Document:
    return Document(order.number, f"{order.number} {order.number.replace('-', '')}", "\n".join(line.title for line in order.lines))
