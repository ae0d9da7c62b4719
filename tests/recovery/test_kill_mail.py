"""FLT-06: the sender of mails is killed with -9 in the middle of one: every mail arrives, and a second copy carries the same Message-ID."""
from collections import Counter

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


def test_FLT_06_a_mail_in_whose_middle_the_sender_died_arrives(posting, office):
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


def test_FLT_06_a_sender_killed_again_and_again_under_load_leaves_no_mail_unsent_and_records_each_once(posting, office):
    maja, tickets = Caller(posting.server, "maja"), []
    later = 0.0
    for _life in range(3):
        came = len(office.mails)  # before anybody asks: a quick sender has sent the last one when its asker hears
        tickets += [maja.asks("By mail, please", "form") for _question in range(3)]
        until(lambda came=came: len(office.mails) > came, "the sender is at work")
        posting.server.kill(posting.worker)
        later += 2 * LEASE.total_seconds() + 5
        posting.server.move_clock(later)  # what the dead one had claimed is free again
        posting.server.start(posting.worker)
    until(lambda: [mail.state for mail in posting.mails("received")] == ["sent"] * len(tickets), "every mail is recorded as sent, once", 60)
    names = {ticket_id: Counter(mail["Message-ID"] for mail in office.about(ticket_id)) for ticket_id in tickets}
    assert all(len(copies) == 1 for copies in names.values()), f"each arrives, and copies have the same Message-ID: {names}"
    assert len({name for copies in names.values() for name in copies}) == len(tickets)
    assert sum(copies.total() for copies in names.values()) <= len(tickets) + 3 * 3, "only what was on its way when a sender died comes again"
