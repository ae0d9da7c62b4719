"""Answers for a text: the index of the reader's kind finds them, the database has the last word on what may be seen."""

from dataclasses import dataclass

from kb import access, index, meanwhile, search_words
from kb.model import Article
from kb.search import Hit, Marked

SPARE = 2  # times as many hits are looked at as shown, since of one answer in several languages only one is
ELSEWHERE = 0.75  # what a hit in another language than the reader's counts
TAIL = 0.3  # share of the best hit's coverage below which a hit is only noise


@dataclass(frozen=True)
class Found:
    """One answer found, with what shows why."""

    article: Article
    hit: Hit

    @property
    def title(self) -> Marked:
        return self.hit.marked_title

    @property
    def snippet(self) -> Marked:
        return self.hit.snippet


@dataclass(frozen=True)
class Answers:
    """What was found for a text; `corrected` is how it was understood, None when it was taken as typed."""

    text: str
    corrected: str | None
    hits: list[Found]

    @property
    def understood(self) -> str:
        return self.corrected or self.text


def answers(
    person, text: str, *, limit: int = 10, typing: bool = False, exact: bool = False, least: float = 0.0, tail: float = TAIL, language: str | None = None
) -> Answers:
    """The best answers a person may see, each once. One statement, whatever the number of articles (two while there is no index yet).

    `language` is the reader's: of an answer found in several languages this one is shown, and what is there only in another comes later.

    `typing`: the last word may be unfinished. `exact`: spelling is not corrected. Left out are answers that hold less
    than the share `least` of what was asked (0–1), or less than `tail` of what the best one holds.
    """
    library = index.of(person)
    if library is None:
        library = meanwhile.index_for(person, text)
    hits = (library.suggest if typing else library.search)(text, SPARE * limit, exact=exact, wording=search_words.wording())
    hits = _near_the_best(hits, least, tail)
    articles = access.by_ids(person, [hit.id for hit in hits])
    found = [Found(articles[hit.id], hit) for hit in hits if hit.id in articles and articles[hit.id].title == hit.title]
    return Answers(text, next((one.hit.corrected for one in found), None), _for_reader(found, language)[:limit])


def _near_the_best(hits: list[Hit], least: float, tail: float) -> list[Hit]:
    """Without the tail of hits that hold one lesser word of the question and nothing else."""
    least = max(least, tail * max((hit.coverage for hit in hits), default=0.0))
    return [hit for hit in hits if hit.coverage >= least]


def _for_reader(found: list[Found], language: str | None) -> list[Found]:
    """Each answer once, in the reader's language if that was found too; what is in another comes a little later."""
    best: dict[int, Found] = {}
    for one in sorted(found, key=lambda one: language not in (None, one.article.language)):
        best.setdefault(one.article.family_id, one)
    return sorted(best.values(), key=lambda one: -one.hit.score * (1 if language in (None, one.article.language) else ELSEWHERE))
