"""Answers proposed for a text: beside a question being written, and for the agent who answers it."""

from dataclasses import dataclass

from kb import finding, markdown
from support import links

LEAST_COVERAGE = 0.12
LONGEST_INSERT = 700


@dataclass(frozen=True)
class Proposal:
    """One proposed answer. `text` is what an agent's key puts into the reply: nothing for internal articles."""

    article_id: int
    slug: str
    title: str
    snippet: object
    internal: bool
    url: str | None
    text: str


def answers_for(person, text: str, limit: int = 3, language: str | None = None) -> list[Proposal]:
    """The best answers for a whole text that the person may see, in this language first; none rather than far-fetched ones."""
    found = finding.answers(person, text, limit=limit, least=LEAST_COVERAGE, language=language)
    return [_proposal(one) for one in found.hits]


def _proposal(one: finding.Found) -> Proposal:
    article = one.article
    url = links.to("article", slug=article.slug) if article.is_public else None
    text = f"{_opening(markdown.plain(article.body[:8 * LONGEST_INSERT]))}\n\n{url}" if url else ""
    return Proposal(article.id, article.slug, article.title, one.snippet, not article.is_public, url, text)


def _opening(words: str) -> str:
    """The first paragraphs, as many as a message bears."""
    lines = words.split("\n")
    text = lines[0][:LONGEST_INSERT]
    for line in lines[1:]:
        if len(text) + len(line) > LONGEST_INSERT:
            break
        text = f"{text}\n{line}"
    return text
