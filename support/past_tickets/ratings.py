"""What customers of another helpdesk said of their tickets, kept as the judgements of then."""
from __future__ import annotations

from sqlalchemy import insert, select

from support.database import db
from support.events import happened, record_past
from support.past_tickets.standing import Standing
from support.quality import Survey
from support.quality.kinds import RATED


def store(standings: list[Standing]) -> list[str]:
    """Keep the ratings of tickets that have none here; returns the references of those tickets."""
    given = {standing.ticket.id: (standing, facts) for standing in standings if "rating" in (facts := standing.facts)}
    if not given:
        return []
    rated = set(db.session.scalars(select(Survey.ticket_id).where(Survey.ticket_id.in_(given))))
    fresh = [(standing, facts) for ticket_id, (standing, facts) in given.items() if ticket_id not in rated]
    rows = [
        {"ticket_id": standing.ticket.id, "person_id": standing.ticket.customer_id, "agent_id": standing.ticket.assignee_id, "score": facts["rating"],
         "comment": facts["rating_comment"], "answered_at": standing.ticket.closed_at or standing.ticket.activity_at}
        for standing, facts in fresh
    ]
    if rows:
        ids = list(db.session.scalars(insert(Survey).returning(Survey.id, sort_by_parameter_order=True), rows))
        record_past([
            happened(RATED, row["answered_at"], ticket_id=row["ticket_id"], actor_id=row["person_id"], survey_id=survey_id, score=row["score"], changed=False)
            for row, survey_id in zip(rows, ids, strict=True)
        ])
    return [standing.reference for standing, _facts in fresh]
