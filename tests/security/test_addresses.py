"""Mail addresses that strangers type: one address stays one address, and no mail holds up another."""
import email

import pytest
from sqlalchemy import select

from support import people
from support.contact.mail import Mail
from support.database import db

# Each passes as an address at first sight; in a mail's header it turns into another one, into two, or into an error.
TURNING = (
    "=?utf-8?q?someone?=@mail.example", "=?us-ascii?q?someone?=@mail.example", "=?utf-8?q?someone=40mail=2eexample=2c_x?=@mail.example",
    "=?utf-8?q?=0d=0abcc:x?=@mail.example", "=?utf-8?b?yqpcy2m6igjayi5i?=@mail.example", '"\x01"@mail.example',
)


@pytest.fixture
def box(app):
    """The readers of all mails that were dropped."""

    def read() -> list[str]:
        folder = app.config["SETTINGS"].data_dir / "mail"
        return [email.message_from_bytes(path.read_bytes())["To"] for path in folder.glob("*.eml")]

    return read


@pytest.mark.parametrize("address", TURNING, ids=range(len(TURNING)))
@pytest.mark.parametrize(("path", "key"), [("/sign-up", None), ("/account/email", "maja"), ("/admin/staff/new", "arno")])
def test_INJ_05_what_a_header_reads_as_another_address_is_no_address(app, client_of, settle, box, path, key, address):
    form = {"email": address, "name": "Somebody", "role": "agent", "current_password": people.cast.PASSWORD}
    assert client_of(app, key).post(path, data=form).status_code == 422
    settle(app)
    assert box() == []


@pytest.mark.parametrize("address", ["o'neil+shop@mail.example", "a.b-c_d@sub.mail.example"])
def test_usual_addresses_are_addresses(app, client_of, settle, box, address):
    assert client_of(app).post("/sign-up", data={"email": address, "name": "Somebody"}).status_code == 303
    settle(app)
    assert box() == [address]


def test_a_mail_that_cannot_be_written_holds_up_no_other(app, settle, box, clock):
    bad = ["=?utf-8?q?=0a?=@mail.example", "=?utf-8?q?=0d?=@mail.example"]
    with app.app_context():
        for address in [*bad, "nils@mail.example"]:
            people.sign_up(address, "Somebody", "en", [], "127.0.0.1")
        settle(app)
        assert box() == ["nils@mail.example"]
        states = dict(db.session.execute(select(Mail.address, Mail.state)).all())
        assert states == {**dict.fromkeys(bad, "waiting"), "nils@mail.example": "sent"}
        for _try in range(app.config["SETTINGS"].mail_attempts):
            clock.move(60)
            settle(app)
        errors = set(db.session.scalars(select(Mail.error).where(Mail.address.in_(bad))))
        assert errors == {"the mail could not be written: ValueError"}
