"""Our one stylesheet: what the pages use of Tabler in the lowest cascade layer, then our own files above it.

Tabler has 80 KB compressed, of which we use about an eighth. A rule of it stays when every class in its selector is a word
of some template or script; a word that ends in "-" (`'btn-' ~ kind`) keeps all classes that begin with it.
"""
import re
from pathlib import Path

OURS = ("tokens", "base", "layout", "parts", "portal", "embed", "answers", "conversation", "console", "desk", "board", "dialog", "utilities", "print")
ORDER = "@layer tabler, tokens, base, layout, components, utilities;\n"
NESTING = ("@media", "@supports", "@layer", "@container")


def build(folder: Path, tabler: str, words: set[str]) -> str:
    """The text of the stylesheet. `folder` holds our files, `tabler` is its CSS, `words` come from `words_of`."""
    ours = "\n".join((folder / f"{name}.css").read_text(encoding="utf-8") for name in OURS)
    return f"{ORDER}@layer tabler {{{trim(tabler, words)}}}\n{squeeze(ours)}"


def words_of(texts) -> set[str]:
    """Every word that could be a class in these templates and scripts."""
    return {word for text in texts for word in re.findall(r"[A-Za-z][\w-]*", text)}


def squeeze(css: str) -> str:
    """Without comments and indentation."""
    return re.sub(r"\n\s*", "\n", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)).strip()


def trim(css: str, words: set[str]) -> str:
    """The rules of a (minified) stylesheet that can match a page which uses only these words as classes."""
    prefixes = tuple(word for word in words if word.endswith("-"))
    return "".join(_kept(re.sub(r'@charset[^;]*;', "", css), words, prefixes))


def _kept(css: str, words: set[str], prefixes: tuple[str, ...]):
    for head, body in _rules(css):
        if body is None:
            yield head + ";"
        elif head.startswith(NESTING):
            inner = "".join(_kept(body, words, prefixes))
            if inner:
                yield f"{head}{{{inner}}}"
        elif head.startswith("@"):
            yield f"{head}{{{body}}}"
        else:
            selectors = [one for one in _split(head) if _used(one, words, prefixes)]
            if selectors:
                yield f"{','.join(selectors)}{{{body}}}"


def _used(selector: str, words: set[str], prefixes: tuple[str, ...]) -> bool:
    # What stands in :not(), :is(), :where() or :has() need not exist for the rule to match.
    plain = re.sub(r":(?:not|is|where|has)\((?:[^()]|\([^()]*\))*\)", "", selector)
    return all(name in words or name.startswith(prefixes) for name in re.findall(r"\.((?:[\w-]|\\.)+)", plain))


def _split(head: str) -> list[str]:
    """The selectors of a rule; a comma inside brackets parts nothing."""
    parts, depth = [""], 0
    for sign in head:
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def _rules(css: str):
    """Pairs (what stands before the brace, what stands between the braces), or (statement, None)."""
    token = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|/\*.*?\*/|[{};]", re.DOTALL)
    depth, start, opened = 0, 0, 0
    for found in token.finditer(css):
        mark = found.group()
        if mark == "{":
            if depth == 0:
                opened = found.start()
            depth += 1
        elif mark == "}":
            depth -= 1
            if depth == 0:
                yield _bare(css[start:opened]), css[opened + 1:found.start()]
                start = found.end()
        elif mark == ";" and depth == 0:
            yield _bare(css[start:found.start()]), None
            start = found.end()


def _bare(head: str) -> str:
    return re.sub(r"/\*.*?\*/", "", head, flags=re.DOTALL).strip()
