"""What the form for a question has chosen before anybody chooses."""
import re

from sqlalchemy import update

from support.database import transaction
from support.routing.models import Queue


def chosen(page: str) -> list[str]:
    return [found[1] for tag in re.findall(r'<input[^>]*name="topic"[^>]*>', page) if " checked" in tag and (found := re.search(r'value="([^"]*)"', tag))]


def test_nobody_has_to_choose_the_only_queue(app, client_of):
    client = client_of(app, "maja")
    assert chosen(client.get("/ask").text) == []
    assert chosen(client.get("/ask?topic=returns").text) == ["returns"]
    with app.app_context(), transaction() as session:
        session.execute(update(Queue).where(Queue.slug != "orders").values(public=False))
    assert chosen(client.get("/ask").text) == ["orders"]
