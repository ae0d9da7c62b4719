"""The people of the demo world and of all tests, by key in `world.people`."""
from datetime import timedelta

from sqlalchemy import select

from support.database import db
from support.people import passwords
from support.people.addresses import Address
from support.people.person import Person

PASSWORD = "lantern-over-tarn"  # of every demo sign-in; printed by the demo command, never set in production

SHOP, POST = "tarn-thistle.example", "mail.example"  # names that can never be real

# key: role, name, language
STAFF = {
    "ines": ("agent", "Ines Duarte", "en"),
    "tomasz": ("agent", "Tomasz Wolny", "en"),
    "jonas": ("agent", "Jonas Feld", "en"),
    "lena": ("agent", "Lena Brandt", "en"),
    "priya": ("agent", "Priya Raman", "en"),
    "samuel": ("agent", "Samuel Okoro", "en"),
    "aoife": ("agent", "Aoife Kerrigan", "en"),
    "mirela": ("agent", "Mirela Georgescu", "en"),
    "hanna": ("supervisor", "Hanna Meier", "en"),
    "arno": ("administrator", "Arno Vogt", "en"),
}
CUSTOMERS = {
    "maja": ("Maja Lindqvist", True, "Rosenthaler Straße 40", "10178", "Berlin", "DE"),
    "odile": ("Odile Marchetti", True, "14 rue des Tanneurs", "67000", "Strasbourg", "FR"),
    "gero": ("Gero Haas", False, "Am Lindenufer 7", "13597", "Berlin", "DE"),
}
FIRST = (
    "Ada Agnes Aleks Amara Anouk Arthur Beatriz Bence Björn Camille Carmen Chiara Clara Daan Dalia Darius David Edda Elif Elin Emil Esther Eva Farid "
    "Femke Filip Finn Franka Greta Hakan Hedda Henrik Ida Igor Ilse Imran Isak Jana Joris Julia Kaja Karim Katya Klaus Lea Leif Leonie Levi Linnea Luca "
    "Lukas Mads Magda Malik Marek Margot Marta Mathis Mei Mila Mohamed Nadia Nils Noor Olga Oskar Paula Pavel Petra Pia Rafael Rasmus Rosa Ruben Sanna "
    "Selma Signe Sofia Sven Tamar Theo Tilda Tove Ulla Vera Viktor Wanda Yara Yusuf Zofia"
).split()
LAST = (
    "Abel Aalto Albers Andersen Baran Bauer Becker Berg Bianchi Blom Bonnet Brouwer Castro Cohen Conti Dahl Demir Dubois Eriksen Ferrari Fischer Fontaine "
    "Friis Garcia Gruber Gunnarsson Haddad Hansen Hartmann Horvat Ivanov Jansen Jensen Kaplan Kaya Keller Koch Kowalski Krause Larsen Lefevre Lehmann Lund "
    "Madsen Marin Martens Meyer Moreau Moser Nagy Nilsen Novak Nowak Olsen Oliveira Papadakis Peeters Pereira Petrov Pfeiffer Popescu Rahimi Richter "
    "Ricci Roth Sandberg Santos Schmitt Schreiber Silva Smit Sokolov Sommer Svensson Szabo Teixeira Toth Urban Vidal Virtanen Visser Vogel Wagner Weber "
    "Wilk Winter Wolf Yilmaz Zimmer"
).split()
PLACES = (
    ("Berlin", "10405", "DE"), ("Hamburg", "20357", "DE"), ("München", "80469", "DE"), ("Leipzig", "04109", "DE"), ("Freiburg", "79098", "DE"), ("Wien", "1070", "AT"),
    ("Graz", "8010", "AT"), ("Zürich", "8004", "CH"), ("Amsterdam", "1015", "NL"), ("Utrecht", "3512", "NL"), ("København", "2200", "DK"), ("Lyon", "69001", "FR"),
    ("Lille", "59000", "FR"), ("Kraków", "31-014", "PL"), ("Poznań", "61-772", "PL"), ("Stockholm", "116 45", "SE"), ("Milano", "20121", "IT"), ("Brno", "602 00", "CZ"),
)
STREETS = ("Mill Lane", "Lindenstraße", "Bergweg", "Station Road", "Kirchgasse", "Gartenstraße", "Harbour Street", "Parkallee", "Old Market", "Rosenweg", "Canal Street", "Am Hang")
GENERATED = 150


def shown(staff: bool = False) -> list[tuple[str, str, str]]:
    """Role, name and address of the demo's sign-ins, for its sign-in pages and its command."""
    if staff:
        return [(role, name, f"{key}@{SHOP}") for key, (role, name, _locale) in STAFF.items()]
    return [("customer", name, f"{key}@{POST}") for key, (name, account, *_place) in CUSTOMERS.items() if account]


def is_here() -> bool:
    """Whether the demo's people are in this database."""
    return db.session.scalar(select(Person.id).where(Person.email == f"arno@{SHOP}")) is not None


def sign_in_lines(settings) -> list[str]:
    """One line for each role, for the terminal."""
    chosen = [shown()[0], *[next(entry for entry in shown(staff=True) if entry[0] == role) for role in ("agent", "supervisor", "administrator")]]
    doors = {"customer": "/sign-in"}
    return [f"{role:<14} {email:<28} {PASSWORD:<20} {settings.base_url}{doors.get(role, '/staff/sign-in')}" for role, _name, email in chosen]


def people(world) -> None:
    """The cast; in the full world also the many others who buy."""
    secret = passwords.hashed(PASSWORD)
    since = world.now - timedelta(days=420)
    for key, (role, name, locale) in STAFF.items():
        _add(world, key, Person(role=role, name=name, email=f"{key}@{SHOP}", locale=locale, password_hash=secret, email_proven_at=since, created_at=since))
    for key, (name, account, *place) in CUSTOMERS.items():
        proven = since if account else None
        person = Person(role="customer", name=name, email=f"{key}@{POST}", locale="en", password_hash=secret if account else None, email_proven_at=proven, created_at=since)
        _add(world, key, person)
        if account:
            _live_at(person, "Home", *place)
    if world.full:
        _others(world, secret)


def _others(world, secret: str) -> None:
    """Generated customers, keys c001 onwards; two of three have an account."""
    pairs = world.rng.sample(range(len(FIRST) * len(LAST)), GENERATED)
    for number, pair in enumerate(pairs, 1):
        name = f"{FIRST[pair % len(FIRST)]} {LAST[pair // len(FIRST)]}"
        since = world.now - timedelta(days=world.rng.randint(20, 400), minutes=world.rng.randint(0, 1400))
        account = world.rng.random() < 0.66
        person = Person(
            role="customer", name=name, email=f"customer{number:03}@{POST}", locale="en", created_at=since,
            password_hash=secret if account else None, email_proven_at=since if account else None,
        )
        _add(world, f"c{number:03}", person)
        if account:
            city, postcode, country = world.rng.choice(PLACES)
            _live_at(person, "Home", f"{world.rng.choice(STREETS)} {world.rng.randint(1, 140)}", postcode, city, country)


def _add(world, key: str, person: Person) -> None:
    db.session.add(person)
    db.session.flush()
    world.people[key] = person


def _live_at(person: Person, label: str, street: str, postcode: str, city: str, country: str) -> None:
    address = Address(person_id=person.id, label=label, name=person.name, street=street, postcode=postcode, city=city, country=country, is_default=True)
    db.session.add(address)
