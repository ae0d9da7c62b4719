"""Markdown into HTML that is safe to show, and into plain words for search and snippets."""

import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

import nh3
from flask_babel import gettext as _
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

from kb import dialect
from support.offload import offload

TAGS = frozenset(
    "p br hr h2 h3 h4 h5 h6 ul ol li blockquote pre code em strong s a table thead tbody tr th td kbd sub sup span img".split()
)
HEADINGS = ("h2", "h3", "h4", "h5", "h6")
ATTRIBUTES = {
    "a": {"href", "title", "id"}, "ol": {"start"}, "span": {"class", "title"}, "img": {"src", "alt", "loading"}, **{heading: {"id"} for heading in HEADINGS},
}
SCHEMES = frozenset(["http", "https", "mailto", "tel"])
LONGEST = 120_000  # characters
MOST_LINES = 4_000
MOST_MARKS = 1_000  # in one paragraph or cell: pairing them takes time with the square of their number, so more stay plain text
_AFTER = {"paragraph_close": "\n", "heading_close": ":\n", "td_close": " · ", "th_close": " · ", "tr_close": "\n"}
_MARKS = re.compile(r"[*_~`\[\]!<&\\\n]")
_ENDED = re.compile(r"(?<=[?!.:]):\n| · \n")
_LINE_END = re.compile(r"\r\n?|\n")
_OUTSIDE = re.compile(r"(?i)[a-z][a-z0-9+.-]*:|//")


def render(text: str, targets: Mapping[str, str | None] | None = None, title: str = "") -> Markup:
    """Safe HTML of a text: an allow-list of tags and of kinds of links, no raw HTML, headings from level 2 on.

    `targets` says where the links and images of `references` lead: an address of ours, or None for what is not there; that is shown
    as words with a mark. Without it links stay as they are written. Images that are not in it are shown as their words. A first
    heading that only says the `title` of the page again is left out; it stays a place to lead to.
    """
    leads = None if targets is None else tuple(sorted(targets.items(), key=lambda pair: pair[0]))
    html = offload(_render, _bounded(text), leads, _words(), title)
    # A wide table scrolls by itself, and somebody without a mouse must be able to reach it.
    label = escape(_("Table"))
    opening = f'<div class="sb-prose-table" tabindex="0" role="group" aria-label="{label}"><table>'
    return Markup(html.replace("<table>", opening).replace("</table>", "</table></div>"))


def references(text: str) -> tuple[tuple[str, str], ...]:
    """(kind, address as written) of everything in a text that lies elsewhere on the same site, each once; kinds: link, image, include."""
    return _read(text)[1]


def is_short(text: str) -> bool:
    """Whether a text has no more lines than are shown; nobody may store one that would be cut."""
    return sum(1 for _end in _LINE_END.finditer(text)) < MOST_LINES


def plain(text: str) -> str:
    """The words of a text without its marks; one line for each paragraph, heading, list item or row of a table."""
    return _read(text)[0]


@lru_cache(maxsize=512)
def _read(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Words and references, from one reading: it takes some milliseconds for a page."""
    pieces, found = [], {}
    for token in _parser().parse(_bounded(text)):
        if token.type == "inline":
            pieces.append("".join(_word(child) for child in token.children or ()))
            found.update(dict.fromkeys(_reference(child) for child in token.children or ()))
        elif token.type in ("fence", "code_block"):
            pieces.append(token.content)
        else:
            pieces.append(_AFTER.get(token.type, ""))
    lines = (line.strip() for line in _ENDED.sub("\n", "".join(pieces)).split("\n"))
    words = "\n".join(line for line in lines if line)
    return words, tuple((kind, address) for kind, address in found if address and not _OUTSIDE.match(address) and not address.startswith("#"))


def _bounded(text: str) -> str:
    """As much of a text as is read: what is longer cannot be stored, see `is_short`."""
    return "\n".join(_LINE_END.split(text[:LONGEST])[:MOST_LINES])


@lru_cache(maxsize=256)
def _render(text: str, targets: tuple | None, words: tuple, title: str) -> str:
    parser, words = _parser(), dict(words)
    tokens = parser.parse(text)
    _lower_headings(tokens)
    _name_headings(tokens)
    if title and len(tokens) > 2 and tokens[0].type == "heading_open" and _bare(tokens[1].content) == _bare(title):
        tokens[:3] = [_html(f'<a id="{tokens[0].attrGet("id")}"></a>')]
    leads = None if targets is None else dict(targets)
    for token in tokens:
        if token.children:
            token.children = _leading(token.children, leads, words)
    html = parser.renderer.render(tokens, parser.options, {})
    return nh3.clean(html, tags=set(TAGS), attributes=ATTRIBUTES, url_schemes=set(SCHEMES), link_rel="noopener noreferrer")


def _words() -> tuple:
    """What stands beside the author's own words, in the reader's language."""
    return tuple({
        "broken": str(_("this link leads nowhere")), "left_out": str(_("not included here")), "image": str(_("image not included")),
        "note": str(_("Note")), "tip": str(_("Tip")), "important": str(_("Important")), "caution": str(_("Caution")), "warning": str(_("Warning")),
    }.items())


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", text)).casefold()


def _parser() -> MarkdownIt:
    parser = dialect.speak(MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]))
    parser.core.ruler.at("inline", _inline)
    return parser


def _inline(state) -> None:
    """The words of each paragraph into tokens: what markdown-it does, but never more than a bounded work for one."""
    for before, token in zip([None, None, *state.tokens], state.tokens, strict=False):
        if token.type != "inline":
            continue
        alert = dialect.prepare(token, first_of_quote=before is not None and before.type == "blockquote_open")
        if len(_MARKS.findall(token.content)) > MOST_MARKS:
            token.children = [Token("text", "", 0, content=token.content)]
        else:
            state.md.inline.parse(token.content, state.md, state.env, token.children)
        token.children = dialect.includes(token.children)
        if alert:
            token.children.insert(0, Token("alert", "", 0, content=alert))


def _word(token) -> str:
    if token.type in ("html_inline", "alert"):
        return ""
    return "\n" if token.type in ("softbreak", "hardbreak") else token.content


def _reference(token) -> tuple[str, str]:
    if token.type == "link_open":
        return "link", token.attrGet("href") or ""
    if token.type == "image":
        return "image", token.attrGet("src") or ""
    return "include", token.attrGet("href") if token.type == "include" else ""


def _leading(children, targets: dict | None, words: dict) -> list[Token]:
    """The words of one paragraph with every link, image and include leading where it should, or saying that it does not."""
    found, closing = [], []
    for child in children:
        kind, address = _reference(child)
        if child.type == "link_open":
            broken = targets is not None and targets.get(address, address) is None
            closing.append(_html(_missing_end(words["broken"])) if broken else None)
            child = _html(_missing(words["broken"])) if broken else _led(child, address, targets)
        elif child.type == "link_close":
            child = closing.pop() or child
        elif child.type == "image":
            child = _image(child, (targets or {}).get(address), words)
        elif child.type == "include":
            child = _html(_missing(words["left_out"]) + str(escape(child.content)) + _missing_end(words["left_out"]))
        elif child.type == "alert":
            child = _html(f"<strong>{escape(words[child.content])}</strong><br>")
        found.append(child)
    return found


def _led(link: Token, address: str, targets: dict | None) -> Token:
    """A link to a place in the same text, or to what its target says."""
    if address.startswith("#"):
        link.attrSet("href", f"#{dialect.place(address[1:])}")
    else:
        link.attrSet("href", (targets or {}).get(address, address))
    return link


def _image(token: Token, address: str | None, words: dict) -> Token:
    says = str(escape(token.content.strip()))
    if address:
        return _html(f'<img src="{escape(address)}" alt="{says}" loading="lazy">')
    return _html(f'<span class="sb-left-out">{escape(words["image"])}{": " if says else ""}{says}</span>')


def _missing(why: str) -> str:
    return f'<span class="sb-broken" title="{escape(why)}">'


def _missing_end(why: str) -> str:
    return f'<span class="sb-vh"> ({escape(why)})</span></span>'


def _html(text: str) -> Token:
    return Token("html_inline", "", 0, content=text)


def _lower_headings(tokens) -> None:
    """The page's own title is the only first level; no level is left out on the way down."""
    level = 1
    for opening, closing in zip(tokens, tokens[2:], strict=False):
        if opening.type == "heading_open":
            level = min(max(int(opening.tag[1]), 2), level + 1)
            opening.tag = closing.tag = f"h{level}"


def _name_headings(tokens) -> None:
    """Each heading is a place a link can lead to, named as other systems name it: its words in small letters, joined by hyphens."""
    taken = Counter()
    for opening, inline in zip(tokens, tokens[1:], strict=False):
        if opening.type == "heading_open":
            words = "".join(_word(child) for child in inline.children or ()).strip().lower()
            name = re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", words))[:80]
            taken[name] += 1
            opening.attrSet("id", dialect.place(name if taken[name] == 1 else f"{name}-{taken[name] - 1}"))
