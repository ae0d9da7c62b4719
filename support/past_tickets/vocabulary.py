"""Words of other helpdesks and what they mean here; a mapping's options say what a word means that is not among them."""
from __future__ import annotations

import re

from flask_babel import gettext as _

from support.importing import Wrong

SKIP = "skip"
STATES = {
    "new": ("new", "neu", "unassigned"),
    "open": ("open", "active", "in progress", "assigned", "reopened", "awaiting agent", "offen", "in bearbeitung"),
    "pending": ("pending", "waiting", "waiting on customer", "awaiting customer", "awaiting user info", "awaiting reply", "pending reminder", "wartend"),
    "on_hold": ("on hold", "hold", "waiting on third party", "awaiting vendor", "awaiting problem", "awaiting evidence", "snoozed"),
    "resolved": ("resolved", "solved", "done", "completed", "fixed", "gelöst", "erledigt"),
    "closed": ("closed", "archived", "merged", "cancelled", "canceled", "geschlossen"),
}
PRIORITIES = {
    "low": ("low", "lowest", "minor", "planning", "niedrig"),
    "normal": ("normal", "medium", "moderate", "standard", "none", "mittel"),
    "high": ("high", "major", "hoch"),
    "urgent": ("urgent", "critical", "highest", "blocker", "emergency", "dringend"),
}
AUTHORS = {
    "customer": ("customer", "user", "end user", "enduser", "requester", "client", "contact", "visitor", "incoming", "kunde", "kundin"),
    "agent": ("agent", "staff", "support", "admin", "administrator", "operator", "employee", "outgoing", "mitarbeiter", "mitarbeiterin"),
    "system": ("system", "bot", "automation", "automatic", "trigger", "activity", "template"),
    "note": ("note", "private note", "internal note", "notiz"),
    SKIP: (),
}
RATINGS = {"5": ("5", "good", "excellent"), "4": ("4",), "3": ("3", "neutral"), "2": ("2",), "1": ("1", "bad"), "": ("offered", "unoffered", "not offered", "none")}
CHATS = ("chat", "messaging", "messenger", "live chat", "native messaging", "whatsapp")


def bare(word: str) -> str:
    """A word as it is compared: “3 - On-Hold” is “on hold”."""
    word = re.sub(r"[\s_-]+", " ", word.strip().lower())
    return re.sub(r"^\d+ ?[.:]? ?(?=\D)", "", word)


class Vocabulary:
    """One list of words, with those of a mapping's option: “Zamknięte=closed; W toku=open”."""

    def __init__(self, words: dict[str, tuple[str, ...]], option: str, said: str):
        self.option, self.allowed = option, [*words]
        self.meaning = {word: meaning for meaning, several in words.items() for word in several}
        self.strange = []
        for word, meaning in pairs(said):
            self.meaning[bare(word)] = meaning
            if meaning not in words:
                self.strange.append(meaning)

    def of(self, word: str) -> str:
        """What the word means. Raises Wrong."""
        found = self.meaning.get(bare(word))
        if found is None:
            raise Wrong(_("“%(word)s” is not known here; say what it means with the option “%(option)s”, for example “%(word)s=%(meaning)s”.",
                          word=word[:40], option=self.option, meaning=self.allowed[-1] or self.allowed[0]))
        return found

    def problems(self) -> list[str]:
        """What is wrong with the option."""
        return [
            _("The option “%(option)s” says “%(word)s”; it may say %(allowed)s.", option=self.option, word=word[:40], allowed=", ".join(filter(None, self.allowed)))
            for word in self.strange
        ]


def pairs(said: str) -> list[tuple[str, str]]:
    """“a=b; c=d” as pairs; what lacks the = means itself."""
    found = [each.rpartition("=") if "=" in each else (each, "=", each) for each in re.split(r"[;\n]", said) if each.strip()]
    return [(word.strip(), meaning.strip()) for word, _sign, meaning in found]
