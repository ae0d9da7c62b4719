"""The search engine: finds documents in spite of spelling, in any alphabet.

Pure: no database, no Flask. `kb/index.py` fills it; anything else may too.
"""

from kb.search.document import Document, Hit
from kb.search.index import SearchIndex
from kb.search.snippets import Marked
from kb.search.wording import Wording

__all__ = ["Document", "Hit", "Marked", "SearchIndex", "Wording"]
