"""Mails written in HTML as plain text. The markup is made well-formed and harmless by nh3 first, so that little is left to read."""
import html
import re

import nh3
from flask_babel import format_decimal
from flask_babel import gettext as _

from support.importing import Wrong

LONGEST, MOST_TAGS = 300_000, 8_000  # reading takes longer than its length when thousands of marks stand inside each other
INLINE = re.compile(r"data:[a-zA-Z0-9/+.;=-]*,[A-Za-z0-9+/=%]*")
LINES = {"p", "div", "br", "li", "tr", "table", "ul", "ol", "blockquote", "pre", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "dt", "dd", "section", "article", "header", "footer"}
GONE = {"script", "style", "head", "title", "template", "noscript", "svg", "math", "iframe", "object", "select", "textarea"}
_cleaner = nh3.Cleaner(tags=LINES | {"a"}, clean_content_tags=GONE, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"}, link_rel=None)
LINK = re.compile(r'<a(?: href="([^"]*)")?>(.*?)</a>', re.DOTALL)
TAG = re.compile(r"<(/?)([a-z0-9]+)[^>]*>")
PARAGRAPHS = {"p", "table", "ul", "ol", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6"}


def plain(markup: str) -> str:
    """The words of a piece of HTML, with its lines, its lists and the addresses of its links. Raises Wrong when it is too much to be a mail."""
    markup = INLINE.sub("", markup)
    if len(markup) > LONGEST or markup.count("<") > MOST_TAGS:
        raise Wrong(_("The markup is too long to be read: at most %(most)s characters and %(tags)s marks.", most=format_decimal(LONGEST), tags=format_decimal(MOST_TAGS)))
    clean = _cleaner.clean(markup).replace("\n", " ").replace("\r", " ")
    text = TAG.sub(_line, LINK.sub(_link, clean))
    lines = [re.sub(r"[ \t\xa0]+", " ", line).strip() for line in html.unescape(text).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _link(match: re.Match) -> str:
    address, words = match[1] or "", TAG.sub("", match[2]).strip()
    bare = address.removeprefix("mailto:")
    return words if not bare or html.unescape(bare).rstrip("/") in html.unescape(words) else f"{words} ({bare})" if words else bare


def _line(match: re.Match) -> str:
    ends, name = match[1], match[2]
    if name == "li":
        return "" if ends else "\n- "
    return "\n\n" if name in PARAGRAPHS else "\n" if name == "br" or not ends else ""
