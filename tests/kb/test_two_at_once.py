"""Two pages opened in the same moment by one visitor: one row, and nobody sees an error."""
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import func, select

from kb.model import Feedback
from support.database import db

PAGES = 6


def test_the_same_article_opened_in_many_tabs_at_once_is_read_once(any_app, client_of):
    start = Barrier(PAGES)

    def opens(_n):
        client = client_of(any_app)
        client.set_cookie("visitor", "A" * 22)
        start.wait()
        return client.get("/answers/where-is-my-parcel").status_code

    with ThreadPoolExecutor(PAGES) as pool:
        assert list(pool.map(opens, range(PAGES))) == [200] * PAGES
    with any_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Feedback).where(Feedback.visitor == "A" * 22)) == 1
