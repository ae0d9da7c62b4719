"""Markdown into HTML that is safe to show, and into plain words for search and snippets."""

import re
from functools import lru_cache

import nh3
from flask_babel import gettext as _
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

TAGS = frozenset(
    "p br hr h2 h3 h4 h5 h6 ul ol li blockquote pre code em strong s a table thead tbody tr th td".split()
)
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = frozenset(["http", "https", "mailto", "tel"])
LONGEST = 40_000  # characters
MOST_MARKS = 1_000  # in one paragraph or cell: pairing them takes time with the square of their number, so more stay plain text
_AFTER = {"paragraph_close": "\n", "heading_close": ":\n", "td_close": " · ", "th_close": " · ", "tr_close": "\n"}
_MARKS = re.compile(r"[*_~`\[\]!<&\\\n]")
_ENDED = re.compile(r"(?<=[?!.:]):\n| · \n")


def render(text: str) -> Markup:
    """Safe HTML of a text: an allow-list of tags and of kinds of links, no raw HTML, headings from level 2 on."""
    # A wide table scrolls by itself, and somebody without a mouse must be able to reach it.
    label = escape(_("Table"))
    opening = f'<div class="sb-prose-table" tabindex="0" role="group" aria-label="{label}"><table>'
    return Markup(_render(text[:LONGEST]).replace("<table>", opening).replace("</table>", "</table></div>"))


@lru_cache(maxsize=256)
def _render(text: str) -> str:
    parser = _parser()
    tokens = parser.parse(text)
    _lower_headings(tokens)
    html = parser.renderer.render(tokens, parser.options, {})
    return nh3.clean(html, tags=set(TAGS), attributes=ATTRIBUTES, url_schemes=set(SCHEMES), link_rel="noopener noreferrer")


@lru_cache(maxsize=512)
def plain(text: str) -> str:
    """The words of a text without its marks; one line for each paragraph, heading, list item or row of a table."""
    pieces = []
    for token in _parser().parse(text[:LONGEST]):
        if token.type == "inline":
            pieces.append("".join(_word(child) for child in token.children or ()))
        elif token.type in ("fence", "code_block"):
            pieces.append(token.content)
        else:
            pieces.append(_AFTER.get(token.type, ""))
    return re.sub(r"\s*\n\s*", "\n", _ENDED.sub("\n", "".join(pieces))).strip()


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")
    parser.core.ruler.at("inline", _inline)
    return parser


def _inline(state) -> None:
    """The words of each paragraph into tokens: what markdown-it does, but never more than a bounded work for one."""
    for token in state.tokens:
        if token.type != "inline":
            continue
        if len(_MARKS.findall(token.content)) > MOST_MARKS:
            token.children = [Token("text", "", 0, content=token.content)]
        else:
            state.md.inline.parse(token.content, state.md, state.env, token.children)


def _word(token) -> str:
    return "\n" if token.type in ("softbreak", "hardbreak") else token.content


def _lower_headings(tokens) -> None:
    """The page's own title is the only first level; no level is left out on the way down."""
    level = 1
    for opening, closing in zip(tokens, tokens[2:], strict=False):
        if opening.type == "heading_open":
            level = min(max(int(opening.tag[1]), 2), level + 1)
            opening.tag = closing.tag = f"h{level}"
