"""Answers while the search index of this process is still being built: a small index of what the database finds by pieces of the words."""

from sqlalchemy import or_

from kb.access import visible_to
from kb.model import DRAFT, Article
from kb.search import Document, SearchIndex
from kb.search.query import LONGEST_TEXT
from kb.search.tokens import is_joined, words
from support.database import db

MOST_WORDS = 8
MOST_ARTICLES = 200
PIECE = 4  # letters of a word that must be right


def index_for(person, text: str) -> SearchIndex:
    """An index of the titles that share the beginning of a longer word with a text. One statement; drafts are not in it."""
    pieces = {word[:PIECE] for word in words(text[:LONGEST_TEXT]) if len(word) >= PIECE or is_joined(word)}
    telling = sorted(pieces, key=len, reverse=True)[:MOST_WORDS]
    if not telling:
        return SearchIndex()
    query = visible_to(person).where(Article.state != DRAFT, or_(*(Article.title.icontains(piece, autoescape=True) for piece in telling)))
    columns = (Article.id, Article.title, Article.summary, Article.language, Article.state)
    found = db.session.execute(query.with_only_columns(*columns).order_by(Article.id).limit(MOST_ARTICLES))
    return SearchIndex(Document(row.id, row.title, row.summary, row.language, row.state) for row in found)
