"""Canned replies and notices of the demo shop; the replies also for all tests."""
from datetime import timedelta

from support.contact.notices import Notice
from support.contact.replies import CannedReply
from support.database import db

REPLIES = (
    # shortcut, title, text
    ("hello", "Greeting", "Hello {{customer.first_name}}, this is {{agent.first_name}}. I have your question open and am looking into it now."),
    ("moment", "One moment", "One moment, {{customer.first_name}}: I am checking this right now and write again in a few minutes."),
    ("asked", "Asked the carrier", "I have asked the carrier about order {{order.number}}. They answer within one working day, and I write to you then, whatever they say."),
    ("late", "Late: the choice", "If it is not with you by the evening after the new day, you choose: the same again by courier, or your money back."),
    ("label", "Return label", "The label is in your mail. Hand the parcel in at any Norpost shop and keep the receipt; we pay back within two working days of its arrival."),
    ("code", "Code instead of a label", "No printer needed: the square picture in your mail is a code. The parcel shop prints and sticks the label for you. It is valid for 21 days."),
    ("refund", "Refund on its way", "Your refund left today. It shows on your account in three to five working days. If it does not, please write here again."),
    ("photo", "Ask for a photo", "Could you send a photo of it, with something beside it that shows the size? It tells me which part you need."),
    ("letter", "Part by letter", "The part leaves today by letter and costs nothing: it belongs to our five-year promise. A page on how to put it in is inside."),
    ("stove", "Do not use the stove", "Please do not use it until we have looked at it. We have it collected in the right carton, so please do not send it in yourself."),
    ("card", "No card numbers", "For your safety, please leave card numbers out of your messages. The last four figures are enough."),
    ("number", "Number of this case", "If you write from somewhere else, please name {{ticket.number}}, so that we find each other."),
    ("bye", "Goodbye", "All the best, {{customer.first_name}}. If anything comes up, write here again and it opens by itself.\n{{agent.first_name}}"),
)
NO_LONGER_USED = ("summer", "Summer hours", "In August we answer until 18:00.")


def replies(world) -> None:
    for shortcut, title, body in REPLIES:
        db.session.add(CannedReply(shortcut=shortcut, title=title, body=body))
    shortcut, title, body = NO_LONGER_USED
    db.session.add(CannedReply(shortcut=shortcut, title=title, body=body, active=False))


def notices(world) -> None:
    """One that stands on the portal now, one that is over, one that is to come."""
    if not world.full:
        return
    day = timedelta(days=1)
    db.session.add_all((
        Notice(
            text="A belt at Norpost’s sorting centre in Hamburg was down over the weekend. Some parcels will be two or three days late; your order shows the new day.",
            severity="warn", starts_at=world.now - 1.3 * day, ends_at=world.now + 4 * day,
        ),
        Notice(
            text="Card payments did not go through this morning between 9:10 and 9:50. Nothing was charged twice.", severity="bad",
            starts_at=world.now - 18 * day, ends_at=world.now - 17.6 * day,
        ),
        Notice(
            text="Presents bought from now until Christmas may be sent back until 31 January.", severity="info",
            starts_at=world.now + 6 * day, ends_at=world.now + 36 * day,
        ),
    ))
