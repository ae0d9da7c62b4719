"""The sender of mails is killed with -9 in the middle of one: every mail arrives, and a second copy carries the same Message-ID."""
import pytest

from support.contact.mail import LEASE
from tests.recovery.caller import Caller, until
from tests.recovery.conftest import living
from tests.recovery.post_office import PostOffice
from tests.servers import SIZES

POINTS = {"data": 1, "end": 2}  # where the sender dies, and how many copies have come in the end


@pytest.fixture
def office():
    found = PostOffice()
    yield found
    found.close()


@pytest.fixture(params=list(SIZES))
def posting(request, tmp_path, office):
    """Both sizes, with mails to the post office of this test."""
    yield from living(request.param, tmp_path, lambda server: server.env.update(MAIL_URL=office.url))


def test_a_mail_in_whose_middle_the_sender_died_arrives(posting, office):
    maja = Caller(posting.server, "maja")
    for nth, (point, copies) in enumerate(POINTS.items()):
        office.falls_silent(point)
        ticket_id = maja.asks("By mail, please", "form")
        assert office.reached.wait(30), "her mail is on its way"
        posting.server.kill(posting.worker)
        assert [(mail.state, mail.attempts) for mail in posting.mails("received")][nth:] == [("waiting", 1)], "nobody has said that it was sent"

        posting.server.move_clock((nth + 1) * (2 * LEASE.total_seconds() + 5))  # what the dead one had claimed is free again
        posting.server.start(posting.worker)
        until(lambda nth=nth: [mail.state for mail in posting.mails("received")][nth:] == ["sent"], "her mail is sent")
        sent, came = posting.mails("received")[nth], office.about(ticket_id)
        assert sent.attempts == 2 and len(came) == copies
        assert len({mail["Message-ID"] for mail in came}) == 1 and came[0]["Message-ID"], "a mail program shows two copies as one"
