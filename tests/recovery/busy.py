"""The busy shop of the calm proofs: talks, a watched board, an open menu, somebody typing in every form, and twenty events a second."""
import os
import time

from sqlalchemy import func, select

from kb.model import Article
from support import tickets
from support.contact.notices import Notice
from support.contact.replies import CannedReply
from support.database import db, transaction
from support.events import Event
from support.routing.models import Queue
from support.training.models import Skill
from tests.recovery.caller import Caller
from tests.recovery.flow import Flow, events_since
from tests.recovery.typing import Typist, one_after_another
from tests.recovery.watching import RECORD, Pulse, Share, ages, equals_the_database, shows_the_last_of

OLDEST = 2.0  # seconds that a board may be old
BUSY = 20.5  # events a second that make it a busy shop
RATES = {
    "default": BUSY,
    # Its five processes, PostgreSQL and Redis share the machine with the flow and the browser: two processors carry so much of it all.
    "grown": BUSY if (os.cpu_count() or 1) >= 4 else 8,
}


class Late(AssertionError):
    """Nothing was lost or wrong, but it did not come in time."""


def run(mortal, new_page, *, size: str, seconds: float, strokes: int, pauses: int) -> None:
    """At least so many seconds and until every form was typed in; the flow pauses for a comparison so many times."""
    talks = _talks(mortal)
    board = new_page(mortal.server, "hanna")
    board.goto("/board")
    board.wait_for_selector("html[data-live=connected]")
    board.evaluate(RECORD)
    typists, menu = _typists(mortal, new_page, list(talks)), _open_menu(mortal, new_page)
    with mortal.app.app_context():
        first = db.session.scalar(select(func.max(Event.id)))
    pulse, share, flow, busy = Pulse(mortal.server), Share(), Flow(mortal.server, talks, RATES[size]), 0.0
    typing = one_after_another(typists, strokes)
    try:
        for nth in range(pauses):
            busy += _write_for(board, typing, seconds / pauses, to_the_end=nth == pauses - 1)
            flow.pause()
            equals_the_database(board, mortal.app)
            flow.go_on()
    finally:
        flow.stop()
        pulse.stop()
    alone = 1 - share.of_others()
    events = events_since(mortal.server, first)
    equals_the_database(board, mortal.app)
    shows_the_last_of(board, events)
    old = sorted(ages(board, pulse, events))
    told = f"{len(events) / busy:.1f} events/s for {busy:.0f} s; board {old[len(old) // 2]:.2f} s old, at most {old[-1]:.2f}; " \
        f"{sum(typist.typed for typist in typists)} characters in {sum(typist.fields for typist in typists)} fields; others took {1 - alone:.0%} of the machine, which stood still {len(pulse.pauses)} times"
    print(told)
    faults = [fault for typist in typists for fault in typist.faults]
    assert not faults, "\n".join([told, *faults])
    assert menu.evaluate("[document.querySelector('#presence-menu').hidden, window.moves]") == [False, []], "the open menu stays, the focus in it"
    assert not flow.refused, f"every request of the flow is answered: {flow.refused[:5]}"
    assert board.evaluate("torn") == [], "each board is of one instant"
    for page in (board, menu, *(typist.page for typist in typists)):
        page.close()
    if old[-1] > OLDEST / alone**2 or len(events) / busy < 0.93 * RATES[size] * alone:  # with half of a machine all takes twice as long, and waits for twice as much
        raise Late(told)


def _write_for(board, typing, seconds: float, to_the_end: bool) -> float:
    """Type for so many seconds, in the last part until every form was typed in; tells how long it took."""
    began = time.monotonic()
    while (more := next(typing, "done") != "done") and to_the_end or time.monotonic() - began < seconds:
        if not more:
            board.wait_for_timeout(20)
    return time.monotonic() - began


def _talks(mortal) -> dict[int, str]:
    """Two chats on open desks: ines has one with maja, tomasz one with odile."""
    found = {}
    mortal.rings_for(20)
    for customer, agent in (("maja", "ines"), ("odile", "tomasz")):
        mortal.comes(agent)
        ticket_id = Caller(mortal.server, customer).asks("A calm talk")
        offer = mortal.ringing(ticket_id, agent)
        Caller(mortal.server, agent).post(f"/desk/offers/{offer.id}/acceptance")
        Caller(mortal.server, agent).post("/desk/presence", chosen="training")  # nothing more for them
        found[ticket_id] = customer
    return found


def _typists(mortal, new_page, talks: list[int]) -> list[Typist]:
    def open_at(key: str, paths: list[str], before=lambda page: None) -> Typist:
        return Typist(new_page(mortal.server, key), paths, before, longer=4 if key != "arno" else 1)  # longest where the page around it lives

    admin = _administration(mortal)
    return [
        open_at("ines", [f"/desk/tickets/{talks[0]}", "/staff/account"]),
        open_at("tomasz", [f"/desk/tickets/{talks[1]}"], lambda page: page.locator("[data-kind=note]").click()),
        open_at("ines", [f"/desk/tickets/{talks[0]}"], lambda page: page.locator("#resolve summary").click()),
        open_at("hanna", [f"/tickets/{talks[0]}", "/tickets"]),
        *(open_at("arno", admin[nth::3]) for nth in range(3)),
    ]


def _administration(mortal) -> list[str]:
    """A page of every form of administration, with something in it."""
    with mortal.app.app_context(), transaction() as session:
        reply = CannedReply(title="Calm", shortcut="calm", body="All is well.")
        session.add(reply)
        session.flush()
        first = lambda model: session.scalar(select(func.min(model.id)))  # noqa: E731
        ids = {"articles": first(Article), "queues": first(Queue), "skills": first(Skill), "dispositions": first(tickets.Disposition), "replies": reply.id}
        notice = first(Notice)
    ines = mortal.app.extensions["cast"]["ines"]
    edits = [f"/admin/{name}/{one}" for name, one in {**ids, "staff": ines, "notices": notice, "calendars": 1}.items() if one]
    return [*edits, f"/admin/certificates/{ines}/{ids['skills']}", *(f"/admin/{name}/new" for name in ("certificates", "staff", "notices", "calendars", "articles")), "/admin/staff"]


def _open_menu(mortal, new_page):
    """jonas has his presence menu open and the focus on one of its words."""
    page = new_page(mortal.server, "jonas")
    page.goto("/desk")
    page.wait_for_selector("html[data-live=connected]")
    page.locator("[aria-controls=presence-menu]").click()
    page.locator("#presence-menu button").nth(1).focus()
    page.evaluate("window.moves = []; document.activeElement.addEventListener('blur', () => window.moves.push('blur'))")
    return page
