"""Hostile Markdown: nothing of it is run, and none of it is much work."""
import re

import pytest

from kb import articles, markdown
from tests.security.marks import runs
from tests.work import takes_less

MARKDOWN = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](java\tscript:alert(1))", "[x](data:text/html;base64,PHN2Zz4=)",
    "[x](vbscript:x)", "<javascript:alert(1)>", "![x](javascript:alert(1))", '[x](https://a.example "onmouseover=alert(1)")', "[x]: javascript:alert(1)\n\n[x]", "<svg/onload=alert(1)>",
    "<a href='javascript:x'>y</a>", "```html\n<script>alert(1)</script>\n```", "[x](&#106;avascript:alert(1))", "<iframe src=//evil.example>", "a <b onclick=x>b</b>", "<!--<script>-->",
    "[a](//evil.example/%0d%0aX)", "<https://a.example/?<script>>", "|<script>|\n|-|\n|<script>|",
    "<a href='https://a.example' onclick='x()'>x</a>", "![x](https://a.example/x.png)", '<https://a.example/?a="><script>>', "<style>*{display:none}</style>", "| a |\n|:-:|\n| b |",
)
WHOLE = ("[" * 20_000, "*_" * 15_000, "> " * 10_000 + "x", "`" * 30_000, "<" * 40_000, "[a](" * 10_000, "| " * 20_000, "a@" * 20_000, "http://" * 5_000, "- " * 15_000)
PIECES = (
    "[", "*a_", "`", "> ", "- ", "<", "![[](", "a\n", "|a", "[a](b\n", "~~a", "&#", "# a\n", "> [!NOTE]\n\n", "<!--", ":::image ", "[!INCLUDE[", "[!INCLUDE[a](b)]", "![a](b)", "> <!--\n",
    "- <!--\n", "<!--\n\n-->x", "a\r", "> \r", "# a\r\n",
)


@pytest.fixture
def rendered(app):
    """`rendered(text)`: as a page shows it."""
    with app.test_request_context():
        yield lambda text: str(markdown.render(text))


@pytest.mark.parametrize("text", MARKDOWN, ids=range(len(MARKDOWN)))
def test_XSS_04_markdown_gives_only_what_the_allow_list_knows(rendered, text):
    html = rendered(text)
    assert text.startswith(("[", "!", "<https:")) or "<a href" not in html
    assert not runs(html) and re.search(r"<(img|svg|b|style|script)\b", html) is None and "style=" not in html
    assert set(re.findall(r"<([a-z0-9]+)", html)) <= markdown.TAGS | {"div"}


def test_template_marks_in_an_article_stay_literal(rendered):
    assert "{{7+7}} {% if x %} ${8}" in rendered("{{7+7}} {% if x %} ${8}")


@pytest.mark.parametrize("text", [*WHOLE, *((piece * (articles.LONGEST_BODY // len(piece)))[:-6] + "\n\n-->" for piece in PIECES)], ids=[*(text[:4] for text in WHOLE), *PIECES])
def test_DOS_01_no_markdown_takes_a_second(rendered, text):
    assert takes_less(1, lambda number: rendered(f"{text}{number}"))
