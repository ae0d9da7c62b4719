"""What other systems write into their Markdown, and what we make of it: else an imported article would be full of litter.

Includes of other files, notes (`> [!NOTE]`), videos, images between colons, and a few harmless tags. Everything else stays text.
"""

import re
from bisect import bisect_right

from markdown_it import MarkdownIt
from markdown_it.token import Token

LONGEST_COMMENT = 200  # lines
ANCHOR = "s-"  # before the name of every place in a text, so that none can be mistaken for a part of the page
_INCLUDE = re.compile(r"\[!INCLUDE\s{0,3}\[([^\[\]\ue000-\ue002]{0,200})\]\s{0,3}\(([^()\s\ue000-\ue002]{1,300})[^()\n]{0,200}\)\s{0,3}\]", re.IGNORECASE)
_KEPT_INCLUDE = re.compile("\ue000([^\ue000-\ue002]*)\ue001([^\ue000-\ue002]*)\ue002")
_VIDEO = re.compile(r"\[!VIDEO\s{1,3}(https?://[^\s\]<>]{1,300})\]", re.IGNORECASE)
_ALERT = re.compile(r"\[!(NOTE|TIP|IMPORTANT|CAUTION|WARNING)\]\s*", re.IGNORECASE)
_TAG = re.compile(r"<(/?)(kbd|sub|sup|br)\s{0,3}/?>", re.IGNORECASE)
_PLACE = re.compile(r"""<a\s{1,3}(?:name|id)\s{0,3}=\s{0,3}["']?([\w.-]{1,80})["']?\s{0,3}/?>(?:</a>)?""", re.IGNORECASE)
_IMAGE = re.compile(r":::image\s([^\n]{1,1000}?):::", re.IGNORECASE)
_SOURCE, _ALTERNATIVE = re.compile(r"""source=["']([^"'\s]{1,300})["']"""), re.compile(r"""alt-text=["']([^"]{0,500}?)["'](?=\s|$|:)""")


def speak(parser: MarkdownIt) -> MarkdownIt:
    """Teach a parser the dialect; returns it."""
    parser.block.ruler.before("fence", "comment", _comment)
    parser.inline.ruler.before("autolink", "harmless_tag", _harmless_tag)
    parser.inline.ruler.before("autolink", "colon_image", _colon_image)
    return parser


def place(name: str) -> str:
    """The id in our pages of a named place in an article."""
    return ANCHOR + re.sub(r"[^\w.-]", "", name.lower())


def prepare(token: Token, first_of_quote: bool) -> str | None:
    """Before the words of a paragraph are read: put its includes and videos into another form; returns the kind of note it begins, or None."""
    token.content = _VIDEO.sub(r"<\1>", _INCLUDE.sub("\ue000\\1\ue001\\2\ue002", token.content))
    alert = _ALERT.match(token.content) if first_of_quote else None
    if alert:
        token.content = token.content[alert.end():]
    return alert[1].lower() if alert else None


def includes(children: list[Token]) -> list[Token]:
    """The words of a paragraph, with tokens of the type `include` for what was to be put in from another file."""
    found = []
    for child in children:
        if "\ue000" not in child.content:
            found.append(child)
        elif child.type == "text":
            found += _split(child.content)
        else:  # code, or the words of an image
            child.content = _KEPT_INCLUDE.sub(r"\1", child.content)
            found.append(child)
    return found


def _split(text: str) -> list[Token]:
    pieces, at = [], 0
    for match in _KEPT_INCLUDE.finditer(text):
        pieces.append(Token("text", "", 0, content=text[at:match.start()]))
        pieces.append(Token("include", "", 0, content=match[1] or match[2], attrs={"href": match[2]}))
        at = match.end()
    return [*pieces, Token("text", "", 0, content=text[at:])]


def _comment(state, start: int, end: int, silent: bool) -> bool:
    """What an author wrote for other authors, between the lines `<!--` and `-->`, is left out, whatever stands in it."""
    at = state.bMarks[start] + state.tShift[start]
    if not state.src.startswith("<!--", at) or state.is_code_block(start):
        return False
    begin, ends, line = state.env.get("comment", (0, -1, 0))
    if not begin <= at <= ends:  # else the comment that was looked for last ends at the same place
        ends = state.src.find("-->", at)
        ends = ends if ends >= 0 else len(state.src)
        line = bisect_right(state.bMarks, ends) - 1
        line = line if ends < len(state.src) and not state.src[ends + 3:state.eMarks[line]].strip() else -1
        state.env["comment"] = at, ends, line
    if not start <= line < min(end, start + LONGEST_COMMENT) or any(state.sCount[each] < state.blkIndent and not state.isEmpty(each) for each in range(start, line + 1)):
        return False  # not closed, too long, or it would end outside of the list it begins in
    if not silent:
        state.line = line + 1
    return True


def _harmless_tag(state, silent: bool) -> bool:
    """Line breaks, keys, raised and lowered letters and named places become what they mean; comments are left out."""
    if state.src[state.pos] != "<":
        return False
    if state.src.startswith("<!--", state.pos):
        end = state.src.find("-->", state.pos)
        if end < 0:
            return False
        state.pos = end + 3
        return True
    if tag := _TAG.match(state.src, state.pos):
        if not silent:
            if tag[2].lower() == "br":
                state.push("hardbreak", "br", 0)
            else:
                state.push("html_inline", "", 0).content = f"<{tag[1]}{tag[2].lower()}>"
    elif tag := _PLACE.match(state.src, state.pos):
        if not silent:
            state.push("html_inline", "", 0).content = f'<a id="{place(tag[1])}"></a>'
    else:
        return False
    state.pos = tag.end()
    return True


def _colon_image(state, silent: bool) -> bool:
    if not state.src.startswith(":::image", state.pos):
        return False
    match = _IMAGE.match(state.src, state.pos)
    source = match and _SOURCE.search(match[1])
    if not source:
        return False
    if not silent:
        words = _ALTERNATIVE.search(match[1])
        token = state.push("image", "img", 0)
        token.attrs, token.content, token.children = {"src": source[1], "alt": ""}, words[1] if words else "", []
    state.pos = match.end()
    return True
