"""Somebody in the embedded chat says a name and a mail address, which proves neither: a guest who sees what was asked there, and nothing else."""
from support import clock, limits
from support.database import transaction
from support.people import sign_ins
from support.people.finding import by_email, guest_customer
from support.people.person import CUSTOMER, Person
from support.people.sign_ins import SignIn


def introduce(name: str, email: str, device: str, client: str, locale: str) -> tuple[SignIn, str]:
    """A guest's sign-in of the embedded chat. Answers alike for every address; TooMany after some an hour."""
    limits.hit("sign_up", f"client:{client}")
    with transaction() as session:
        known = by_email(email)
        if known is not None and (known.is_staff or not known.active):
            # Nobody learns whose address it is: the guest may ask, but no mail of his goes there.
            person = Person(role=CUSTOMER, name=name, locale=locale, created_at=clock.now())
            session.add(person)
            session.flush()
        else:
            person = guest_customer(email, name, locale)
        return sign_ins.begin(person, device, scope=sign_ins.EMBEDDED_GUEST)
