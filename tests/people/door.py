"""What the tests of the doors do again and again, through pages as people do."""
import re

from sqlalchemy import select

from support.database import db
from support.people import cast, links
from support.people.links import MailedLink

PASSWORD = cast.PASSWORD


def sign_in(client, email="maja@mail.example", password=PASSWORD, path="/sign-in", **more):
    return client.post(path, data={"email": email, "password": password, **more})


def is_in(client, path="/account") -> bool:
    """Whether the browser's cookie still opens the page."""
    return client.get(path).status_code == 200


def mailed(app, purpose: str, address: str | None = None) -> list[str]:
    """Paths of all links asked for, the oldest first, as the mailer would write them."""
    with app.app_context():
        rows = db.session.scalars(select(MailedLink).where(MailedLink.purpose == purpose).order_by(MailedLink.id))
        base = app.config["SETTINGS"].base_url
        return [links.url(link).removeprefix(base) for link in rows if address in (None, link.address)]


def said(response) -> str:
    """The text of a page without markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.text).split())
