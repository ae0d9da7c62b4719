"""Judgements of the full demo world: two of five solved tickets are rated, and the supervisor has left some notes."""
import tomllib
from datetime import timedelta
from pathlib import Path

from support.database import db
from support.events import happened
from support.quality import kinds
from support.quality.reviews import Review
from support.quality.surveys import Survey

WORDS = Path(__file__).with_name("demo_words.toml")
RATED, WITH_WORDS = 0.42, 0.45
SCORES, USUAL, AFTER_REOPENING = (5, 4, 3, 2, 1), (62, 22, 8, 5, 3), (18, 24, 26, 20, 12)
REVIEWS, UNREAD = 26, 6


def judgements(world) -> None:
    """Surveys of resolved tickets, then reviews of some: low ratings first, as a supervisor would."""
    if not world.full:
        return
    words = tomllib.loads(WORDS.read_text(encoding="utf8"))
    solved = [one for one in world.tickets if one.ticket.resolved_at]
    surveys = {id(one): _survey(world, one, words["comments"]) for one in solved if world.rng.random() < RATED}
    surveys = {key: survey for key, survey in surveys.items() if survey}
    low_first = sorted(solved, key=lambda one: (_score(surveys, one), world.rng.random()))
    reviews = [_review(world, one, words["reviews"], _score(surveys, one)) for one in low_first[:REVIEWS]]
    for review in sorted(reviews, key=lambda one: one.created_at)[-UNREAD:]:
        review.read_at = None
    db.session.add_all([*surveys.values(), *reviews])
    db.session.flush()
    for survey in surveys.values():
        world.history.append(happened(
            kinds.RATED, survey.answered_at, ticket_id=survey.ticket_id, actor_id=survey.person_id, survey_id=survey.id, score=survey.score, changed=False
        ))
    for review in reviews:
        world.history += _events(review)


def _score(surveys: dict, one) -> int:
    return surveys[id(one)].score if id(one) in surveys else 4


def _survey(world, one, comments: dict) -> Survey | None:
    """Within the days in which one may rate; harsher when the matter had to be opened again."""
    days = timedelta(days=world.settings.rating_days)
    at = one.ticket.resolved_at + world.rng.random() ** 3 * days * 0.9 + timedelta(minutes=2)
    if at >= world.now:
        at = one.ticket.resolved_at + (world.now - one.ticket.resolved_at) * world.rng.uniform(0.2, 0.9)
    came_back = any(step.act == "reopen" for step in one.steps)
    score = world.rng.choices(SCORES, AFTER_REOPENING if came_back else USUAL)[0]
    comment = world.rng.choice(comments[str(score)]) if world.rng.random() < WITH_WORDS + (5 - score) * 0.12 else ""
    if score == 5 and not comment.isascii() and one.talk.language == "en":
        comment = ""
    return Survey(ticket_id=one.ticket.id, person_id=one.customer.id, agent_id=one.agent.id, score=score, comment=comment, answered_at=at)


def _review(world, one, words: dict, score: int) -> Review:
    body = world.rng.choice(words["mend" if score <= 3 else "good"])
    at = min(one.ticket.resolved_at + timedelta(hours=world.rng.randint(3, 60)), world.now - timedelta(minutes=world.rng.randint(20, 600)))
    at = max(at, one.ticket.resolved_at + timedelta(minutes=5))
    read = min(at + timedelta(hours=world.rng.uniform(0.5, 30)), world.now - timedelta(minutes=3))
    return Review(ticket_id=one.ticket.id, agent_id=one.agent.id, reviewer_id=world.people["hanna"].id, body=body, created_at=at, read_at=max(read, at))


def _events(review: Review) -> list[dict]:
    rows = [happened(
        kinds.REVIEWED, review.created_at, ticket_id=review.ticket_id, actor_id=review.reviewer_id, review_id=review.id, agent_id=review.agent_id
    )]
    if review.read_at:
        rows.append(happened(kinds.REVIEW_READ, review.read_at, ticket_id=review.ticket_id, actor_id=review.agent_id, review_id=review.id))
    return rows
