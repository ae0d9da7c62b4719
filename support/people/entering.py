"""The doors in: sign up, password, mailed link, reset. All answer alike for known and unknown addresses."""
import structlog
from flask_babel import gettext as _
from sqlalchemy import select

from support import clock, limits
from support.database import lock, transaction
from support.errors import Invalid, NotFound, TooMany
from support.events import record
from support.people import consent, kinds, links, passwords, sign_ins
from support.people.finding import by_email
from support.people.person import CUSTOMER, NOBODY, Person, normal
from support.people.sign_ins import SignIn

log = structlog.get_logger(__name__)


def sign_up(email: str, name: str, locale: str, consents: list[str], client: str) -> None:
    """Mail a link that proves the mailbox; the account is made, and a password chosen, when it is used.

    A password typed now would let a stranger prepare an account that the owner of the mailbox then opens for them.
    """
    limits.hit("sign_up", f"client:{client}")
    person = by_email(email)
    if not _may_mail(email) or (person is not None and (person.is_staff or not person.active)):
        return
    if person is not None and person.has_account:
        links.ask("known", person=person)
    else:
        links.ask("verify", person=person, address=normal(email), locale=locale, data={"name": name, "consents": consents})


def send_link(email: str, purpose: str, client: str) -> None:
    """Mail a link for "sign_in" or "reset", if the address belongs to an account; at most a few an hour."""
    limits.hit("sign_up", f"client:{client}")
    person = by_email(email)
    if not _may_mail(email) or person is None or not person.active or not (person.has_account or person.is_staff):
        return
    if person.is_staff:
        purpose = "staff_reset"  # staff have no sign-in by mail alone
    links.ask(purpose, person=person)


def sign_in_with_password(email: str, password: str, device: str, client: str) -> tuple[SignIn, str]:
    """Sign in. Raises Invalid with one sentence for every reason, TooMany after some failures of this account or client.

    An attempt is counted for the account before the password is looked at, so attempts at the same time count too.
    """
    account, caller = f"account:{normal(email)}", f"client:{client}"
    limits.check("sign_in", account, caller)
    limits.hit("sign_in", account)
    person = by_email(email)
    known = person.password_hash if person else None
    fits = passwords.matches(known, password)
    if not fits or not person.active:
        limits.hit("sign_in", caller)
        log.warning("sign-in refused", person_id=person.id if person else None)
        raise Invalid({"password": _("This address and password do not belong together.")})
    limits.clear("sign_in", account)
    fresh = passwords.hashed(password) if passwords.is_old(known) else None
    with transaction() as session:
        person = lock(session, Person, person.id)
        if not person.active or person.password_hash != known:  # somebody was disabled, or chose another password, meanwhile
            raise Invalid({"password": _("This address and password do not belong together.")})
        if fresh:
            person.password_hash = fresh
        return sign_ins.begin(person, device)


def look_at_link(token: str, page: str, client: str) -> links.MailedLink:
    """The link behind a token, unspent, for the page with its button; NotFound, and slowed after many misses."""
    limits.check("token", f"client:{client}")
    try:
        return links.find(token, page)
    except NotFound:
        limits.hit("token", f"client:{client}")
        raise NotFound(_("This link was used before, is too old, or a newer one took its place. Ask for a new one."))


def use_link(token: str, device: str, client: str, password: str = "", by=NOBODY) -> tuple[SignIn, str] | None:
    """Spend a link of the page "link": sign in, or prove an address. None when nobody is signed in by it.

    `password` is the wish of somebody who signs up; empty leaves the account with mailed links only. `by` is who opens it: a new
    address is taken only by somebody signed in to the account, else a stranger's click would put hers on another one.
    """
    link = look_at_link(token, "link", client)
    if link.purpose == "verify" and password:
        passwords.check(password, link.data.get("name", ""), link.address.split("@")[0])
    password_hash = passwords.hashed(password) if link.purpose == "verify" and password else None
    with transaction() as session:
        link = links.use(session, link)
        if link.purpose == "ticket":
            return sign_ins.begin(link.person, device, scope="ticket", scope_id=link.scope_id)
        if link.purpose == "verify" and link.data.get("changes_address"):
            if by.id != link.person_id:
                raise Invalid({"form": _("Sign in to the account whose address is to change, then open this link again.")})
            _take_address(session, link, keep=by.sign_in_id)
            return None
        person = _proven(session, link, password_hash)
        limits.clear("sign_in", f"account:{person.email}")
        return sign_ins.begin(person, device)


def reset_password(token: str, page: str, password: str, device: str, client: str) -> tuple[SignIn, str]:
    """Spend a reset link or an invitation: set the password, end every other sign-in, sign in."""
    link = look_at_link(token, page, client)
    passwords.check(password, link.person.name, link.person.email.split("@")[0])
    password_hash = passwords.hashed(password)
    with transaction() as session:
        link = links.use(session, link)
        person = lock(session, Person, link.person_id)
        person.email_proven_at = person.email_proven_at or clock.now()
        _set_password(session, person, password_hash)
        limits.clear("sign_in", f"account:{person.email}")
        return sign_ins.begin(person, device)


def change_password(person: Person, current: str, new: str) -> None:
    """Change one's own password and end the other sign-ins; Invalid when the current one is wrong or the new one weak."""
    prove(person, current)
    try:
        passwords.check(new, person.name, person.email.split("@")[0])
    except Invalid as error:
        raise Invalid({"new_password": error.errors["password"]}) from error
    password_hash, keep = passwords.hashed(new), person.sign_in_id
    with transaction() as session:
        _set_password(session, lock(session, Person, person.id), password_hash, keep)


def prove(person: Person, password: str) -> None:
    """Ask again for the password before something that could take the account away; slowed like a sign-in."""
    if person.password_hash is None:
        return
    account = f"account:{person.email}"
    limits.hit("sign_in", account)
    if not passwords.matches(person.password_hash, password):
        raise Invalid({"current_password": _("This is not your present password.")})
    limits.clear("sign_in", account)


def _may_mail(email: str) -> bool:
    """Whether this address may get one more mail this hour; the asker is not told."""
    try:
        limits.hit("mail", f"mail:{normal(email)}")
    except TooMany:
        log.info("mail withheld", reason="limit")
        return False
    return True


def _proven(session, link: links.MailedLink, password_hash: str | None) -> Person:
    """The person of a link whose mailbox is now proven; made, or turned from a guest into an account, if need be."""
    person = session.scalar(select(Person).where(Person.email == link.address).with_for_update())
    if link.person_id is not None and (person is None or person.id != link.person_id):
        raise NotFound()  # the address moved to somebody else since
    if person is None:
        person = Person(role=CUSTOMER, name=link.data["name"], email=link.address, locale=link.locale, created_at=clock.now())
        session.add(person)
        session.flush()
    if not person.active or person.is_staff:  # staff have no sign-in by mail alone, whatever the address was before
        raise NotFound()
    if link.purpose == "verify" and not person.has_account:
        person.name, person.password_hash = link.data["name"], password_hash
        consent.give_several(person, link.data.get("consents", []), source="sign_up")
        record(kinds.SIGNED_UP, subject=("person", person.id), actor=person)
    person.email_proven_at = person.email_proven_at or clock.now()
    return person


def _take_address(session, link: links.MailedLink, keep: int | None) -> None:
    person = lock(session, Person, link.person_id)
    holder = session.scalar(select(Person.id).where(Person.email == link.address))
    if holder is not None and holder != person.id:
        raise NotFound()
    person.email, person.email_proven_at = link.address, clock.now()
    links.void_all(session, person)
    sign_ins.end_all(person, keep=keep)
    record(kinds.EMAIL_CHANGED, subject=("person", person.id), actor=person, link_id=link.id)


def _set_password(session, person: Person, password_hash: str, keep: int | None = None) -> None:
    person.password_hash = password_hash
    links.void_all(session, person)
    sign_ins.end_all(person, keep=keep)
    record(kinds.PASSWORD_CHANGED, subject=("person", person.id), actor=person)
