"""What a mapping's options ask of an import of tickets, made ready to be asked for each row."""
from __future__ import annotations

import json
import re

from babel import Locale, UnknownLocaleError
from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from support import shop
from support.clock import now
from support.importing import Field, Format, RunContext, Wrong
from support.importing.values import converter
from support.past_tickets import privacy
from support.past_tickets.vocabulary import AUTHORS, PRIORITIES, RATINGS, STATES, Vocabulary, pairs
from support.routing import queues

OPTIONS = {
    "reopen": _l("yes: tickets that were still open there come into the line here and go on; otherwise everything comes in closed"),
    "others": _l("agent or customer: what everybody is who is not the ticket's customer, where nothing else says so"),
    "empty": _l("skip: leave messages without words out"),
    "long": _l("cut: cut messages off that are too long"),
    "statuses": _l("what words for a state mean, such as Done=closed; Parked=on_hold"),
    "priorities": _l("what words for a priority mean, such as P1=urgent; P2=high"),
    "authors": _l("what words for the kind of author mean, such as Wizard=agent; Guide=skip"),
    "ratings": _l("what words for a rating mean, such as happy=5; sad=1"),
    "topics": _l("which queue the old system's groups belong to, such as Tier 2=orders"),
    "only_messages": _l("in a list of messages, only those where a value is one of these, such as act=utter|reply"),
    "message_author": _l("in a list of messages, what gives the author's number"),
    "message_email": _l("in a list of messages, what gives the author's mail address"),
    "message_name": _l("in a list of messages, what gives the author's name"),
    "message_kind": _l("in a list of messages, what gives the kind of author"),
    "message_body": _l("in a list of messages, what gives the words"),
    "message_html": _l("in a list of messages, what gives the words as HTML"),
    "message_at": _l("in a list of messages, what gives the time"),
    "message_reference": _l("in a list of messages, what gives the number of the message"),
    "message_internal": _l("in a list of messages, what says that it is a note"),
}
# Field of a message: the option that names its key, and the keys that are tried without it.
KEYS = {
    "author": ("message_author", ("author_id", "author", "sender_id")), "author_email": ("message_email", ("email", "author_email", "author.email", "sender.email")),
    "author_name": ("message_name", ("name", "author_name", "author.name", "sender.name")), "author_kind": ("message_kind", ("role", "author_kind", "sender_type", "sender")),
    "body": ("message_body", ("body", "text", "content")), "body_html": ("message_html", ("body_html", "html_body", "html")),
    "sent_at": ("message_at", ("at", "sent_at", "created_at")), "message": ("message_reference", ("id", "message", "reference")),
}
MESSAGE = {
    "author": Field("author", _l("Author's number"), most=80), "author_email": Field("author_email", _l("Author's address"), "email"), "author_name": Field("author_name", _l("Author's name")),
    "author_kind": Field("author_kind", _l("Kind of author")), "body": Field("body", _l("Words")), "body_html": Field("body_html", _l("Words as HTML")),
    "sent_at": Field("sent_at", _l("Written at"), "instant"), "message": Field("message", _l("Number of the message"), most=120),
}


class Wishes:
    """The options of one mapping, and what is the same for all rows of a batch."""

    def __init__(self, run: RunContext):
        options = run.options
        self.now, self.longest = now(), current_app.config["SETTINGS"].message_length
        self.reopen, self.cuts, self.skips_empty = options.get("reopen") == "yes", options.get("long") == "cut", options.get("empty") == "skip"
        self.others = options.get("others", "")
        self.statuses, self.priorities, self.authors, self.ratings = vocabularies(options)
        self.topics = {word.lower(): slug for word, slug in pairs(options.get("topics", ""))}
        self.only = {key: set(values.split("|")) for key, values in pairs(options.get("only_messages", ""))}
        self.keys = {name: (options[option],) if options.get(option) else usual for name, (option, usual) in KEYS.items()}
        self.note_by, self.sorted_by = options.get("message_internal", ""), options.get("message_kind", "")
        self.convert = {name: converter(each, Format(), run.zone) for name, each in MESSAGE.items()}
        self.default_language = shop.profile().language
        self.queues = {word.lower(): queue.slug for queue in queues.all_queues() for word in (queue.name, queue.slug)}

    @property
    def leaves_out(self) -> bool:
        """Whether the options may leave all messages of a row out."""
        return bool(self.only) or self.skips_empty or "skip" in self.authors.meaning.values()

    def items(self, listed) -> list[dict]:
        """The messages of a list, each with the values of a message. Raises Wrong."""
        if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
            raise Wrong(_("The messages are no list of objects."))
        return [self._item(item, number) for number, item in enumerate(listed, start=1) if self._counts(item)]

    def _counts(self, item: dict) -> bool:
        return all(_text(_at(item, key)) in values for key, values in self.only.items())

    def _item(self, item: dict, number: int) -> dict:
        values = {}
        for name, keys in self.keys.items():
            text = next((text for key in keys if (text := _text(_at(item, key)).strip())), "")
            if text:
                try:
                    values[name] = self.convert[name](text)
                except Wrong as problem:
                    raise Wrong(_("Message %(number)s: %(problem)s", number=number, problem=f"{MESSAGE[name].label}: {problem}")) from None
        try:
            values["internal"] = privacy.is_note(item, self.note_by, self.sorted_by)
        except Wrong as problem:
            raise Wrong(_("Message %(number)s: %(problem)s", number=number, problem=problem)) from None
        return values

    def topic(self, name: str | None) -> str:
        """The queue of that name; a name that no queue has stays as it is: it is history."""
        name = name or ""
        slug = self.topics.get(name.lower(), name)
        return self.queues.get(slug.lower(), slug)[:60]

    def language(self, code: str | None) -> str:
        """The code of a language, checked. Raises Wrong."""
        if not code:
            return self.default_language
        try:
            return str(Locale.parse(code.replace("-", "_")).language)
        except (UnknownLocaleError, ValueError):
            raise Wrong(_("“%(code)s” is not the code of a language.", code=code[:20])) from None


def vocabularies(options: dict[str, str]) -> tuple[Vocabulary, ...]:
    """The words for states, priorities, kinds of author and ratings, with those of the options."""
    known = {"statuses": STATES, "priorities": PRIORITIES, "authors": AUTHORS, "ratings": RATINGS}
    return tuple(Vocabulary(words, option, options.get(option, "")) for option, words in known.items())


def problems(options: dict[str, str]) -> list[str]:
    """What is wrong with the options."""
    said = [sentence for vocabulary in vocabularies(options) for sentence in vocabulary.problems()]
    for name, allowed in (("reopen", ("yes", "no")), ("others", ("agent", "customer")), ("empty", ("skip", "reject")), ("long", ("cut", "reject"))):
        if (value := options.get(name)) and value not in allowed:
            said.append(_("The option “%(option)s” says “%(word)s”; it may say %(allowed)s.", option=name, word=value[:40], allowed=", ".join(allowed)))
    if queues_of := [slug for _word, slug in pairs(options.get("topics", "")) if not re.fullmatch(r"[\w .-]{1,60}", slug)]:
        said.append(_("There is no queue “%(name)s”.", name=queues_of[0][:40]))
    return said


def _at(item, path: str):
    """A value by its name, or by a way such as sender.name."""
    if path in item:
        return item[path]
    for name in path.split("."):
        if not isinstance(item, dict):
            return None
        item = item.get(name)
    return item


def _text(value) -> str:
    if value is None or isinstance(value, (dict, list)):
        return ""
    return value if isinstance(value, str) else json.dumps(value)
