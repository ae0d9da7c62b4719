"""Finds words for people that do not go through gettext, so no language could ever show them otherwise."""
import ast
import re

from jinja2 import Environment, nodes

TRANSLATES = {"_", "_l", "gettext", "ngettext", "lazy_gettext", "pgettext"}
SPOKEN = ("aria-label", "title", "placeholder", "alt", "data-turbo-confirm")
# Names, codes and keys are the same in every language.
NAMES = re.compile(r"Switchboard|Markdown|\b(?:Ctrl|Alt)\b|\b[A-Z]{2,}\b|\S+@\S+|https?://\S*")
LETTER = re.compile(r"[^\W\d_]{2}")
SENTENCE = re.compile(r"^[A-Z][\w’']*(?:[ ,.:?!…].*)?$")
EXPRESSION = r"\{\{(?:[^\"'}]|\"[^\"]*\"|'[^']*'|\}(?!\}))*\}\}"
REFUSALS = {"Invalid", "NotFound", "NotAllowed", "Stale", "IllegalMove", "TooMany", "Unavailable", "SwitchboardError", "ValidationError", "flash"}

_environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)


def bare_in_template(source: str) -> list[str]:
    """Visible words of a template outside `_()` and trans: text, the attributes people hear or read, phrases handed to macros."""
    return _bare_text(_without_jinja(source)) + _bare_phrases(source)


def bare_in_text(source: str) -> list[str]:
    """The same in a template of plain text."""
    lines = [NAMES.sub("", line).strip() for line in _without_jinja(source).splitlines()]
    return [line for line in lines if LETTER.search(line)]


def bare_in_code(source: str) -> list[str]:
    """Sentences of refusals, and what is shown after a step, that stand in code as they are."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _called(node) in REFUSALS:
            found += [f"line {node.lineno}: {text}" for text in _spoken_literals(node)]
    return found


def bare_in_script(source: str) -> list[str]:
    """Sentences in JavaScript: scripts take theirs from `word("…")`."""
    plain = re.sub(r"//.*", "", source)
    return [text for text in re.findall(r"[\"'`]([A-Z][a-z]+ [^\"'`]+)[\"'`]", plain)]


def _without_jinja(source: str) -> str:
    """The markup alone: comments and translated blocks are gone, expressions and statements leave a blank."""
    for pattern in (r"\{#.*?#\}", r"\{%-?\s*trans\b.*?endtrans\s*-?%\}", EXPRESSION, r"\{%.*?%\}"):
        source = re.sub(pattern, " ", source, flags=re.DOTALL)
    return source


def _bare_text(markup: str) -> list[str]:
    markup = re.sub(r"<(script|style|svg|code|kbd)\b.*?</\1>", "", markup, flags=re.DOTALL)
    tags = r"<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>"
    spoken = [value for tag in re.findall(tags, markup) for name, value in re.findall(r"([\w-]+)=\"([^\"]*)\"", tag) if name in SPOKEN]
    texts = [*re.split(tags, markup), *spoken]
    return [text for text in (" ".join(NAMES.sub("", re.sub(r"&\w+;", "", text)).split()) for text in texts) if LETTER.search(text)]


def _bare_phrases(source: str) -> list[str]:
    """Literals in expressions that read like a phrase (a capital first, or several words) and are not translated."""
    found = []

    def look(node, translated: bool):
        if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in TRANSLATES:
            translated = True
        if isinstance(node, nodes.Const) and isinstance(node.value, str) and not translated:
            if SENTENCE.match(node.value) and LETTER.search(NAMES.sub("", node.value)):
                found.append(node.value)
        spoken = [node.value] if isinstance(node, nodes.Pair) else node.iter_child_nodes()  # the key of a dictionary is a code
        for child in spoken:
            look(child, translated)

    look(_environment.parse(source), False)
    return found


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else ""


def _spoken_literals(call: ast.Call) -> list[str]:
    """Literals among the arguments of a call that look like a phrase; what is inside another call is that call's affair."""
    found, left = [], list(call.args)
    while left:
        node = left.pop()
        if isinstance(node, ast.Dict):
            left += node.values
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and SENTENCE.match(node.value):
            found.append(node.value)
        elif isinstance(node, ast.JoinedStr):
            found += [part.value for part in node.values if isinstance(part, ast.Constant) and LETTER.search(str(part.value))]
    return found
