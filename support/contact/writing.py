"""What a mail says, written when it is sent, in the language of its reader."""
from email.message import EmailMessage
from email.policy import SMTP

import css_inline
from flask import current_app, render_template
from flask_babel import force_locale, get_locale, ngettext
from flask_babel import gettext as _

from support import dates, people, routing, shop, training
from support import links as pages
from support.clock import now
from support.database import db
from support.people import links
from support.people.person import Person
from support.tickets.models import Message, Ticket
from support.training import kinds as training_kinds

LINES_TOLD = 20
LINK_SUBJECTS = {
    "sign_in": lambda shop: _("Your link to sign in to %(shop)s", shop=shop),
    "known": lambda shop: _("You already have an account with %(shop)s", shop=shop),
    "verify": lambda shop: _("Confirm your mail address for %(shop)s", shop=shop),
    "reset": lambda shop: _("Choose a new password for %(shop)s", shop=shop),
    "invite": lambda shop: _("Your place at the desk of %(shop)s", shop=shop),
    "staff_reset": lambda shop: _("Choose a new password for %(shop)s", shop=shop),
}


def is_proven(person) -> bool:
    """Whether the mailbox was shown to belong to this person; only then do mails carry anybody's words."""
    return person.email_proven_at is not None


def message_for(mail) -> EmailMessage | None:
    """The whole mail of a row, or None when it is not needed any more (link used, answer already read)."""
    writer = {"link": _link, "received": _received, "answered": _answered, "resolved": _resolved, "callback": _called, "moved": _moved, "certificate": _certificate, "course": _course, "coverage": _coverage, "test": _test}[mail.purpose]
    return writer(mail)


def _link(mail) -> EmailMessage | None:
    link = links.of(mail.event.data["link_id"])
    if link is None:
        return None
    with force_locale(link.locale):
        until = dates.moment(link.expires_at)
        return _compose(mail, LINK_SUBJECTS[link.purpose](shop.profile().name), f"link_{link.purpose}", url=links.url(link), until=until)


def _received(mail) -> EmailMessage:
    return _about_ticket(mail, lambda ticket: _("We have your question %(number)s", number=ticket.number), "received")


def _answered(mail) -> EmailMessage | None:
    message = db.session.get(Message, mail.event.data["message_id"])
    ticket = db.session.get(Ticket, mail.event.ticket_id)
    if ticket.conversation.id == message.conversation_id and ticket.conversation.customer_seq >= message.seq:
        return None
    words = message.body if is_proven(ticket.customer) else ""
    files = len(message.files) if message.has_files else 0
    return _about_ticket(mail, lambda ticket: _("An answer to your question %(number)s", number=ticket.number), "answered", words=words, files=files, author=message.author.first_name)


def _resolved(mail) -> EmailMessage | None:
    ticket = db.session.get(Ticket, mail.event.ticket_id)
    if ticket.is_live:
        return None  # reopened before the mail went out
    return _about_ticket(mail, lambda ticket: _("Your question %(number)s is solved. How was it?", number=ticket.number), "resolved")


def _called(mail) -> EmailMessage | None:
    ticket = db.session.get(Ticket, mail.event.ticket_id)
    if not ticket.is_live:
        return None  # settled meanwhile
    wrong = mail.event.data["result"] == "wrong_number"
    return _about_ticket(mail, lambda ticket: _("We could not reach you about %(number)s", number=ticket.number), "callback", wrong=wrong)


def _about_ticket(mail, subject, template: str, **particulars) -> EmailMessage:
    ticket = db.session.get(Ticket, mail.event.ticket_id)
    with force_locale(ticket.customer.locale if ticket.customer.has_account else ticket.language):
        page = _page_of(ticket)
        proven = is_proven(ticket.customer)
        return _compose(mail, subject(ticket), template, ticket=ticket, customer=ticket.customer, proven=proven, url=page, **particulars)


def _page_of(ticket) -> str:
    """Where the mail leads: the ticket's page, or for somebody who cannot sign in a link that opens only this ticket."""
    if ticket.customer.has_account:
        return pages.to("ticket.customer", ticket_id=ticket.id)
    return links.url(links.way_back(ticket.customer, ticket.id))


def _moved(mail) -> EmailMessage:
    with force_locale(db.session.get(Person, mail.event.subject_id).locale):
        return _compose(mail, _("Your mail address at %(shop)s was changed", shop=shop.profile().name), "moved")


def _certificate(mail) -> EmailMessage | None:
    certificate = db.session.get(training.Certificate, mail.event.subject_id)
    if certificate.revoked_at is not None:
        return None  # taken back meanwhile
    is_over = mail.event.kind == training_kinds.LAPSED
    skill = db.session.get(training.Skill, certificate.skill_id).name
    with force_locale(db.session.get(Person, certificate.person_id).locale):
        subject = _("Your certificate %(skill)s has lapsed", skill=skill) if is_over else _("Your certificate %(skill)s ends soon", skill=skill)
        return _compose(mail, subject, "certificate", skill=skill, level=certificate.level, last_day=dates.with_year(training.last_day(certificate)), is_over=is_over)


def _course(mail) -> EmailMessage | None:
    row = training.records.by_ids([mail.event.subject_id])[mail.event.subject_id]
    outcome = {training_kinds.ENROLLED: "enrolled", training_kinds.PASSED: "passed", training_kinds.FAILED: "failed"}[mail.event.kind]
    if outcome == "enrolled" and row.state != outcome:
        return None  # it has ended meanwhile
    with force_locale(db.session.get(Person, row.person_id).locale):
        subject = {
            "enrolled": _("You are enrolled in the course %(name)s", name=row.course.name),
            "passed": _("You have passed the course %(name)s", name=row.course.name),
            "failed": _("How the course %(name)s ended", name=row.course.name),
        }[outcome]
        last = training.records.last_day(row)
        return _compose(
            mail, subject, "course", outcome=outcome, course=row.course.name, last_day=dates.with_year(last) if last else None, score=row.score,
            url=pages.to("training.mine"),
        )


def _coverage(mail) -> EmailMessage | None:
    reader = people.by_email(mail.address)
    open_now = [hole for hole in routing.holes.open_holes() if hole.id in mail.event.data["hole_ids"]]
    if not open_now or reader is None:
        return None  # filled meanwhile
    queues = {queue.id: queue.name for queue in routing.queues.all_queues()}
    with force_locale(reader.locale):
        subject = ngettext("A gap in the shifts: nobody trained for %(num)s line", "Gaps in the shifts: nobody trained for %(num)s lines", len({(hole.queue_id, hole.language) for hole in open_now}))
        lines = [
            {"queue": queues[hole.queue_id], "language": dates.reader().languages.get(hole.language, hole.language), "hours": hole.hours,
             "start": dates.moment(hole.starts_at), "until": dates.moment(hole.ends_at)} for hole in open_now[:LINES_TOLD]
        ]
        return _compose(mail, subject, "coverage", lines=lines, more=len(open_now) - len(lines), url=pages.to("coverage"))


def _test(mail) -> EmailMessage:
    return _compose(mail, _("A test mail from Switchboard"), "test")


def _compose(mail, subject: str, template: str, **particulars) -> EmailMessage:
    particulars |= {"shop": shop.profile().name, "subject": subject, "language": get_locale().language}
    message = EmailMessage(policy=SMTP)
    message["Subject"], message["From"], message["To"] = subject, current_app.config["SETTINGS"].mail_from, mail.address
    message["Message-ID"], message["Date"] = mail.message_id, now()
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(render_template(f"mail/{template}.txt", **particulars))
    html = render_template("mail/layout.html", text=render_template(f"mail/{template}.txt", **particulars), **particulars)
    message.add_alternative(css_inline.inline(html, load_remote_stylesheets=False), subtype="html")
    return message
