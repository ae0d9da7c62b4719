"""The kinds of event the knowledge base writes. Each has its line in docs/events.md."""

from flask_babel import lazy_gettext as _l

from support.events import declare

SAVED = declare("article.saved", "an article was made, changed or restored (data: number of the revision, state, was)", _l("{actor} saved an article"))
JUDGED = declare("article.judged", "a visitor said whether an article helped (data: helped, has_comment)", _l("A reader judged an article"))
SEARCH_WORDS_SAVED = declare("search_words.saved", "an administrator changed which words mean the same or are not looked for", _l("{actor} changed the words of the search"))
