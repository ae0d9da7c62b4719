"""What administrators teach the search: words that mean the same, and words that are not looked for."""
from flask_babel import gettext as _
from sqlalchemy import select

from kb import kinds
from kb.model import SearchWords
from kb.search import Wording
from kb.search.wording import LONGEST_PHRASE
from support.database import db, lock, transaction
from support.errors import Invalid, Stale
from support.events import record
from support.kept import Kept
from support.people.permissions import demand

MOST_GROUPS = 1000
MOST_IN_A_GROUP = 12
MOST_IGNORED = 500
LONGEST = 60_000  # characters of either list


def _read(session) -> Wording:
    row = session.scalar(select(SearchWords))
    return Wording.of(_groups(row.same), _parted(row.ignored)) if row else Wording()


wording = Kept(_read, models=[SearchWords], kinds=[kinds.SEARCH_WORDS_SAVED])


def find(person) -> SearchWords:
    """The lists as they were typed; empty ones where nobody has saved any."""
    demand(person, "administer")
    return db.session.scalar(select(SearchWords)) or SearchWords(same="", ignored="", version=0)


def save(person, *, same: str, ignored: str, version: int) -> SearchWords:
    """Put both lists in the place of the old ones; every process searches by them within a second. Raises Invalid, Stale."""
    demand(person, "administer")
    errors = {"same": _wrong_groups(same), "ignored": _wrong_ignored(ignored)}
    if any(errors.values()):
        raise Invalid({name: told for name, told in errors.items() if told})
    with transaction() as session:
        known = session.scalar(select(SearchWords.id))
        row = lock(session, SearchWords, known) if known else SearchWords(id=1, version=0)
        if row.version != version:
            raise Stale(_("Somebody else has changed the lists meanwhile. Yours are kept below; look at theirs before you save."))
        row.same, row.ignored, row.version = same, ignored, row.version + 1
        session.add(row)
        session.flush()
        record(kinds.SEARCH_WORDS_SAVED, subject=("search_words", row.id), actor=person)
    return row


def _groups(text: str) -> list[list[str]]:
    return [phrases for line in text.splitlines() if (phrases := [phrase.strip() for phrase in line.split(",") if phrase.strip()])]


def _parted(text: str) -> list[str]:
    return text.replace(",", "\n").split()


def _wrong_groups(text: str) -> str | None:
    if len(_groups(text)) > MOST_GROUPS:
        return _("Write at most %(most)s lines.", most=MOST_GROUPS)
    for number, line in enumerate(text.splitlines(), 1):
        phrases = [phrase for phrase in line.split(",") if phrase.strip()]
        if len(phrases) == 1:
            return _("Line %(number)s has one word only. Part words that mean the same by commas.", number=number)
        if len(phrases) > MOST_IN_A_GROUP:
            return _("Line %(number)s has more than %(most)s words that mean the same. Make several lines of it.", number=number, most=MOST_IN_A_GROUP)
        if any(len(phrase.split()) > LONGEST_PHRASE for phrase in phrases):
            return _("Something in line %(number)s is longer than %(most)s words.", number=number, most=LONGEST_PHRASE)
    return None


def _wrong_ignored(text: str) -> str | None:
    return _("Write at most %(most)s words.", most=MOST_IGNORED) if len(_parted(text)) > MOST_IGNORED else None
