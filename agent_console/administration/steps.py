"""What a shop still lacks before customers can ask and people can answer, each with the page where it is mended."""
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from kb import shelf
from support import calendars, orders, people, shop
from support.database import db
from support.people.person import AGENT, SUPERVISOR
from support.routing import queues


@dataclass(frozen=True)
class Step:
    """One step: what it is, why, where, and whether it is done."""

    title: str
    why: str
    address: str
    done: bool


def steps(person) -> list[Step]:
    """All steps in the order in which they make sense."""
    active = queues.active()
    staffed = bool(people.active_staff(AGENT, SUPERVISOR))
    able = queues.overview(active) if staffed else {}
    lonely = [queue.name for queue in active if staffed and not able[queue.id][1]]
    return [
        Step(_("Opening hours"), _("They say when chats are taken and what a promised time means."), url_for("admin_calendars.index"), calendars.default_calendar() is not None),
        Step(_("A queue"), _("Customers choose one when they ask."), url_for("admin_queues.index"), bool(active)),
        Step(_("People who answer"), _("Agents and supervisors have a desk; administrators have none."), url_for("admin_staff.index"), staffed),
        Step(
            _("Training for every queue"),
            _("Nobody may take work from %(names)s. Give somebody a certificate.", names=", ".join(lonely)) if lonely else _("A queue with a skill gives its work only to people with a certificate for it."),
            url_for("admin_certificates.index"), staffed and bool(active) and not lonely,
        ),
        Step(_("Answers"), _("Write the first article, or import what you have."), url_for("admin_articles.index"), bool(shelf.languages(person))),
        Step(_("Orders"), _("Import them, so that customers and agents see where each one is."), url_for("admin_imports.index"), db.session.scalar(select(orders.Order.id).limit(1)) is not None),
        Step(_("The face of the shop"), _("Name, languages and how to reach you."), url_for("admin_shop.edit"), _has_face()),
    ]


def _has_face() -> bool:
    """Whether somebody said what the shop is called and how it is reached; a name alone is asked for on the first page."""
    row, ours = shop.row_for_change(), shop.profile()
    return bool((row.name or "name" in ours.fixed) and ours.mail)
