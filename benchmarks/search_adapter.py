"""The product's search engine as the harness of `benchmarks/search.py` asks for it: `build(docs)`, `search`, `suggest`. Defaults only."""
from kb.search import Document, SearchIndex


class Engine:
    """`docs`: dicts with id, title and body. Answers are lists of ids, best first."""

    name = "Switchboard"

    def __init__(self, docs: list[dict]):
        self._index = SearchIndex(Document(doc["id"], doc["title"], doc["body"]) for doc in docs)

    def search(self, text: str, limit: int) -> list:
        """For a finished question."""
        return [hit.id for hit in self._index.search(text, limit)]

    def suggest(self, text: str, limit: int) -> list:
        """For a text still being typed."""
        return [hit.id for hit in self._index.suggest(text, limit)]


build = Engine
