"""The supervisor's list of tickets, with what customers and reviewers said of them."""
from collections.abc import Mapping

from sqlalchemy import func, select

from support import tickets
from support.classification import OPEN
from support.listing import Listing
from support.people.permissions import demand
from support.people.person import Person
from support.quality.reviews import Review
from support.quality.surveys import Survey
from support.tickets.models import LIVE, STATES, Ticket

RATINGS = ("low", "rated", "unrated")


def ticket_list(person, args: Mapping, topics=(), trainees: Mapping | None = None) -> Listing:
    """Rows of `(Ticket, score or None, number of reviews)` that the person may see.

    `trainees`: {person: Trainee} of those in training; the filter of that name shows what they have, `all` of them or `mine`, whose mentor one is.
    """
    demand(person, "board")
    reviews = select(func.count()).where(Review.ticket_id == Ticket.id).scalar_subquery()
    query = tickets.listed(person).outerjoin(Survey, Survey.ticket_id == Ticket.id).add_columns(Survey.score, reviews)
    sorts = {"number": Ticket.id, "subject": Ticket.subject, "customer": Person.name, "state": Ticket.state, "activity": Ticket.activity_at, "opened": Ticket.opened_at, "score": Survey.score}
    filters = {"state": STATES, "topic": list(topics), "rating": RATINGS, "trainees": ("all", "mine"), "sorting": ("open",)}
    listing = Listing(args, sorts=sorts, default="-activity", filters=filters)
    query = tickets.matching(query, listing.q)
    if state := listing.filters.get("state"):
        query = query.where(Ticket.state == state)
    if topic := listing.filters.get("topic"):
        query = query.where(Ticket.topic == topic)
    if "sorting" in listing.filters:
        query = query.where(Ticket.sorting == OPEN, Ticket.state.in_(LIVE))
    if rating := listing.filters.get("rating"):
        query = query.where({"low": Survey.score <= 2, "rated": Survey.score.is_not(None), "unrated": Survey.score.is_(None)}[rating])
    if whose := listing.filters.get("trainees"):
        wanted = [number for number, one in (trainees or {}).items() if whose == "all" or one.mentor_id == person.id]
        query = query.where(Ticket.assignee_id.in_(wanted), Ticket.state.in_(LIVE))
    return listing.apply(query)
