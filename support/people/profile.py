"""What a person changes about themselves: name, phone, language, zone, mail address."""

from flask_babel import gettext as _

from support import limits, shop
from support.database import lock, transaction
from support.errors import Invalid, TooMany
from support.events import record
from support.people import kinds, links
from support.people.entering import prove
from support.people.finding import by_email
from support.people.person import Person, normal


def update_profile(person, **values) -> None:
    """Set name, phone, locale, zone; what is not given stays. Invalid for a language the shop does not speak."""
    allowed = {name: value for name, value in values.items() if name in ("name", "phone", "locale", "zone")}
    if "locale" in allowed and allowed["locale"] not in shop.profile().languages:
        raise Invalid({"locale": _("Choose one of the list.")})
    with transaction() as session:
        person = lock(session, Person, person.id)
        changed = [name for name, value in allowed.items() if getattr(person, name) != (value or None)]
        for name in changed:
            setattr(person, name, allowed[name] or None)
        if changed:
            record(kinds.PROFILE_CHANGED, subject=("person", person.id), actor=person, fields=changed)


def choose_language(person, code: str) -> None:
    """Set the language if the shop speaks it; anything else is ignored."""
    if code in shop.profile().languages:
        update_profile(person, locale=code)


def ask_new_address(person: Person, email: str, password: str) -> None:
    """Mail a link to the new address; the address changes when it is used. The same answer when it is taken."""
    prove(person, password)
    try:
        limits.hit("mail", f"mail:{normal(email)}", f"person:{person.id}")
    except TooMany:
        return
    if normal(email) != person.email and by_email(email) is None:
        links.ask("verify", person=person, address=normal(email), data={"changes_address": True, "was": person.email})
