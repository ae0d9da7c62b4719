"""Puts maja's marked things into the shop of the access matrix."""
import io
from datetime import timedelta

from sqlalchemy import select

from kb import articles
from kb.model import Article
from support import classification, files, orders, people, quality, routing, tickets, undelivered
from support.classification.models import Sorting
from support.clock import now
from support.contact.mail import Mail
from support.contact.notices import Notice
from support.contact.replies import CannedReply
from support.database import db, transaction
from support.events import Delivery
from support.importing import ImportRun
from support.orders.model import Order
from support.people import add_address, links, sign_ins
from support.people.person import Guest, Person
from support.people.sign_ins import SignIn
from support.routing.models import Consult, Offer, Queue, WorkItem
from support.training.models import Certificate, Course, Skill, TrainingRecord
from tests.conftest import _settle
from tests.files.sending import photo

# Words of maja's that nobody but she and staff may ever read.
OWN = {
    "name": "Zqname", "email": "zqmail@mail.example", "phone": "+49 30 7777123", "street": "Zqstreet", "label": "Zqlabel", "subject": "Zqsubject",
    "message": "Zqmessage", "answer": "Zqanswer", "comment": "Zqcomment", "waiting": "Zqwaiting", "offered": "Zqoffered", "order": "TT-204817",
    "parcel": "NP 4471 0926 18", "device": "Zqdevice", "file": "Zqfile",
}
# Words of staff about her that she may not read either.
INSIDE = {"note": "Zqnote", "review": "Zqreview", "internal": "Zqinternal", "draft": "Zqdraft", "canned": "Zqcanned", "paper": "Zqpaper"}
ROLES = ("nobody", "maja", "odile", "gero", "ines", "aoife", "hanna", "arno")
STAFF = ROLES[4:]


class Furnishing:
    """Puts maja's marked things into the shop, by the use cases that people's clicks call."""

    def __init__(self, app, cast: dict[str, int]):
        self.app, self.cast, self.things = app, cast, {}

    def furnish(self) -> dict[str, object]:
        self._people()
        self._articles()
        self._settings()
        self._talk()
        self._line()
        self._doors()
        self._consults()
        return self.things

    def person(self, key: str) -> Person:
        return db.session.get(Person, self.cast[key])

    def settle(self) -> None:
        _settle(self.app)
        db.session.rollback()  # what follows reads what the followers wrote

    def _people(self) -> None:
        with transaction():
            maja = self.person("maja")
            maja.name, maja.email, maja.phone = f"{OWN['name']} Lindqvist", OWN["email"], OWN["phone"]
            for order in db.session.scalars(select(Order).where(Order.person_id == maja.id)):
                order.ship_name, order.ship_street = maja.name, f"{OWN['street']} 40"
        place = {"name": "Maja", "postcode": "10178", "city": "Berlin", "country": "DE"}
        address = add_address(self.person("maja"), label=OWN["label"], street=f"{OWN['street']} 40", **place)
        self.things |= {"address": address.id, "order": OWN["order"], "staff": self.cast["ines"]}
        self.things["order_id"] = db.session.scalar(select(Order.id).where(Order.number == OWN["order"]))

    def _articles(self) -> None:
        arno = self.person("arno")
        for state in ("internal", "draft"):
            word = INSIDE[state]
            article = articles.write(arno, title=f"{word} about parcels", body=f"{word} where is my parcel tent", category="Delivery", state=state)
            self.things |= {f"{state}_article": article.id, f"{state}_slug": article.slug}
        public = db.session.scalar(select(Article).where(Article.slug == "where-is-my-parcel"))
        self.things |= {"article": public.id, "slug": public.slug, "article_version": public.version}

    def _settings(self) -> None:
        with transaction() as session:
            reply = CannedReply(title="A canned one", shortcut="zq1", body=f"{INSIDE['canned']} {{{{customer.first_name}}}}")
            notice = Notice(text="Parcels to the north are late", severity="info", starts_at=now() - timedelta(hours=1))
            rule = classification.SortingRule(phrases="zqrule", priority="high")
            session.add_all([reply, notice, rule])
            session.flush()
            run = ImportRun(
                kind="orders", source="old_shop", file_name="orders.csv", path="/nowhere", sha256="", size=1, rows=1, mapping='kind = "orders"\nsource = "old_shop"\n',
                layout={"syntax": "csv", "encoding": "utf-8", "separator": ",", "header": ["number"]}, made_at=now(),
            )
            session.add(run)
            session.flush()
            self.things |= {"import": run.id}
            self.things |= {"reply": reply.id, "notice": notice.id, "rule": rule.id}
        week = {str(day): [["00:00", "24:00"]] for day in range(7)}
        day = now().date()
        shifts = people.shifts
        plan = shifts.save_plan(self.person("hanna"), self.cast["ines"], {"zone": "", "week": week, "breaks": [], "valid_from": day - timedelta(days=1), "valid_until": None})
        other = {"kind": "training", "zone": "", "first_day": day + timedelta(days=2), "last_day": None, "slots": [], "breaks": []}
        self.things |= {"shift_plan": plan.id, "shift_exception": shifts.add_exception(self.person("hanna"), self.cast["ines"], other).id}
        first = lambda column, *where: db.session.scalar(select(column).where(*where).limit(1))  # noqa: E731
        self.things |= {
            "disposition": first(tickets.Disposition.id, tickets.Disposition.active), "skill": first(Skill.id, Skill.slug == "orders"),
            "queue": first(Queue.id, Queue.slug == "orders"),
            "certificate": first(Certificate.id, Certificate.person_id == self.cast["ines"], Certificate.revoked_at.is_(None)),
            "course": first(Course.id, Course.name == "Orders and late parcels"), "record": first(TrainingRecord.id, TrainingRecord.person_id == self.cast["mirela"]),
            "calendar": first(Queue.calendar_id, Queue.slug == "orders"), "product": "skerry-2-tent",
        }

    def _ask(self, key: str, word: str, channel: str = "chat", order: str | None = None, person=None) -> int:
        person = person or self.person(key)
        found = orders.find(person, order) if order else None
        return tickets.open_ticket(
            person, subject=f"{word} about a tent", body=f"{word} it has not moved", topic="orders", channel=channel, order=found,
            client_id=f"client-{word}-0001",
        ).id

    def _accepted(self, ticket_id: int) -> None:
        self.settle()
        offer = db.session.scalar(select(Offer).where(Offer.state == "live", Offer.agent_id == self.cast["ines"]))
        assert db.session.get(WorkItem, offer.work_item_id).ticket_id == ticket_id
        routing.accept(self.person("ines"), offer.id)
        self.settle()

    def _talk(self) -> None:
        """A chat in hand with a note, a solved question with its judgement and a review."""
        routing.choose_presence(self.person("ines"), "available")
        routing.choose_presence(self.person("aoife"), "available")
        solved = self._ask("maja", "Zqsolved", "form")
        self._accepted(solved)
        tickets.resolve(self.person("ines"), solved, self.things["disposition"])
        quality.surveys.rate(self.person("maja"), solved, 2, f"{OWN['comment']} took long")
        review = quality.reviews.leave(self.person("hanna"), solved, f"{INSIDE['review']} ask for the number first")
        routing.choose_presence(self.person("ines"), "available")
        routing.end_wrap_up(self.person("ines"))
        talk = self._ask("maja", OWN["subject"], order=OWN["order"])
        self._accepted(talk)
        tickets.post(self.person("maja"), talk, f"{OWN['message']} is urgent", "client-message-0001", files=self._files())
        tickets.post(self.person("ines"), talk, f"{OWN['answer']} I look", "client-answer-0001", then="pending")
        note = tickets.post(self.person("ines"), talk, f"{INSIDE['note']} she has been angry before", "client-note-0001", kind="note", files=[self.things["note_file"]])
        with transaction() as session:  # as if it had been sorted for her
            session.get(tickets.Ticket, talk).sorting = classification.LEARNED
            session.add(Sorting(ticket_id=talk, at=now(), way=classification.LEARNED, topic="orders"))
        self.things |= {"solved": solved, "talk": talk, "review": review.id, "conversation": note.conversation_id}

    def _files(self) -> list[str]:
        """Files of hers and of ines's, and one of hers that is half uploaded; the keys of hers that go with a message."""
        maja = self.person("maja")
        mine = {"file": (f"{OWN['file']}.txt", OWN["file"].encode()), "picture": (f"{OWN['file']}.png", photo(kind="PNG"))}
        self.things |= {name: files.take(maja, called, io.BytesIO(content)).key for name, (called, content) in mine.items()}
        self.things["upload"] = files.begin(self.person("maja"), f"{OWN['file']}.bin", 1000).key
        self.things["note_file"] = files.take(self.person("ines"), f"{INSIDE['paper']}.txt", io.BytesIO(INSIDE["paper"].encode())).key
        return [self.things["file"], self.things["picture"]]

    def _line(self) -> None:
        """One offer rings at ines's desk, one waits behind it; odile and gero have a question of their own each."""
        offered = self._ask("maja", OWN["offered"])
        self.settle()
        offer = db.session.scalar(select(Offer).where(Offer.state == "live", Offer.agent_id == self.cast["ines"]))
        waiting = self._ask("maja", OWN["waiting"])
        self._ask("odile", "Odilesubject", "form", order="TT-204790")
        self.settle()
        self.things |= {"offered": offered, "offer": offer.id, "waiting": waiting}
        self.things["item"] = db.session.scalar(select(WorkItem.id).where(WorkItem.ticket_id == waiting))

    def _consults(self) -> None:
        """Ines has asked Tomasz about her chat, and he has joined; she is asked about what waits, which nobody has."""
        talk = db.session.scalar(select(WorkItem.id).where(WorkItem.ticket_id == self.things["talk"]))
        note = db.session.scalar(select(tickets.Message.id).where(tickets.Message.kind == "note", tickets.Message.conversation_id == self.things["conversation"]))
        with transaction() as session:
            for name, state, item, pair in (("consult", "joined", talk, ("ines", "tomasz")), ("asked", "asked", self.things["item"], ("tomasz", "ines"))):
                consult = Consult(
                    work_item_id=item, asker_id=self.cast[pair[0]], agent_id=self.cast[pair[1]], state=state, queue_id=self.things["queue"], note_id=note,
                    asked_at=now(), expires_at=now() + timedelta(hours=1),
                )
                session.add(consult)
                session.flush()
                self.things[name] = consult.id

    def _doors(self) -> None:
        """A sign-in of each role; a mail that failed; links that were mailed to maja."""
        tokens = {key: sign_ins.begin(self.person(key), device="Firefox")[1] for key in ROLES if key not in ("nobody", "gero")}
        gero = self.person("gero")
        order_id = db.session.scalar(select(Order.id).where(Order.person_id == gero.id))
        pass_, tokens["gero"] = sign_ins.begin(gero, device="Firefox", scope="order", scope_id=order_id)
        bearers = {key: sign_ins.begin(self.person(key), device="Firefox", scope=sign_ins.EMBEDDED_ACCOUNT)[1] for key in ("maja", "odile")}
        bearers["visitor"] = sign_ins.begin(self.person("maja"), device="Firefox", scope=sign_ins.EMBEDDED_GUEST)[1]  # who claims to be maja
        guest = Guest(gero.id, order_id=order_id, sign_in_id=pass_.id, name=gero.name)
        self._ask("gero", "Gerosubject", "form", person=guest)
        sign_ins.begin(self.person("maja"), device=OWN["device"])
        reset = links.ask("reset", person=self.person("maja"))
        sign_in = links.ask("sign_in", person=self.person("maja"))
        staff_reset = links.ask("staff_reset", person=self.person("aoife"))
        self.settle()
        with transaction() as session:
            mail = session.scalar(select(Mail).order_by(Mail.id).limit(1))
            mail.state = "failed"
            self.things["mail"] = mail.id
            stuck = session.scalar(select(Delivery).where(Delivery.listener == "mail: received").limit(1))
            stuck.state, stuck.attempts, stuck.next_at = "due", undelivered.STUCK_AFTER, now() + timedelta(days=1)
            self.things |= {"event": stuck.event_id, "listener": stuck.listener}
        sign_in_id = db.session.scalar(select(SignIn.id).where(SignIn.device == OWN["device"]))
        mine = db.session.scalar(select(SignIn.id).where(SignIn.person_id == self.cast["ines"]).order_by(SignIn.id.desc()))
        self.things |= {
            "tokens": tokens, "bearers": bearers, "sign_in": sign_in_id, "staff_sign_in": mine, "reset_token": links.token_of(reset), "link_token": links.token_of(sign_in),
            "staff_token": links.token_of(staff_reset), "desk_key": self.cast["ines"],
        }
