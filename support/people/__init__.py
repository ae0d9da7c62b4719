"""People: customers, guests and staff; how they sign in, what they may do, what they told us about themselves."""
from flask import Flask

from support import demo, jobs
from support.people import cast, consent, introducing, links, passwords, permissions, shifts, sign_ins, staff, vouching
from support.people.addresses import Address, add_address, addresses, change_address, countries, delete_address, find_address
from support.people.authors import Author, past_authors
from support.people.commands import administrator
from support.people.consent import Consent
from support.people.entering import change_password, look_at_link, reset_password, send_link, sign_in_with_password, sign_up, use_link
from support.people.finding import active_staff, by_email, by_ids, find_customer, find_staff, guest_customer, staff_list, visible_to
from support.people.imported_customers import Brought, CustomerReference, Wanted, brought
from support.people.permissions import demand, may
from support.people.person import NOBODY, STAFF, Guest, Nobody, Person
from support.people.profile import ask_new_address, choose_language, update_profile
from support.people.sign_ins import SignIn, identify

__all__ = [
    "NOBODY", "STAFF", "Address", "Author", "Brought", "Consent", "CustomerReference", "Guest", "Nobody", "Person", "SignIn", "Wanted", "active_staff", "add_address", "addresses", "ask_new_address", "brought", "by_email", "by_ids",
    "change_address", "change_password", "choose_language", "consent", "countries", "delete_address", "demand", "find_address", "find_customer", "find_staff",
    "guest_customer", "identify", "introducing", "links", "look_at_link", "may", "past_authors", "permissions", "reset_password", "send_link", "shifts", "sign_in_with_password", "sign_ins", "sign_up", "staff",
    "staff_list", "update_profile", "use_link", "visible_to", "vouching",
]


def init_app(app: Flask, settings) -> None:
    passwords.init_app(app, settings)
    app.cli.add_command(administrator)
    demo.part(app, 10, cast.people)
    jobs.every(app, 3600, "forget old links", links.prune)
    jobs.every(app, 3600, "forget old vouchers", vouching.prune)
