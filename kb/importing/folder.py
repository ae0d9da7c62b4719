"""Articles as a folder of Markdown files: one file each under its path, with its other values as front matter on top.

Front matter is read as YAML whose values all stay words, as they are written; what other systems call `tags` or `description` is
understood. Links to other places of the disk are never followed.
"""

import errno
import hashlib
import json
import os
import posixpath
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import structlog
import yaml
from flask_babel import format_decimal
from flask_babel import gettext as _

from kb import pictures
from support.importing import Unreadable
from support.importing.packed import lies_too_deep

LARGEST = 1_000_000  # bytes of one file
LONGEST_HEAD = 5_000  # characters of front matter: reading them takes a hundred times as long as text
TEXTS, IMAGES = (".md", ".markdown"), (".png", ".jpg", ".jpeg", ".gif", ".webp")
NAMES = {
    "title": ("title",), "section": ("section", "category", "categories"), "summary": ("summary", "description"), "labels": ("labels", "tags", "keywords"),
    "updated": ("updated", "lastmod", "date", "ms.date"), "topic": ("topic", "ms.topic"), "source": ("source",), "licence": ("licence", "license"),
    "language": ("language", "lang"), "state": ("state",), "translation_of": ("translation_of",), "id": ("id",),
}
_HEAD = re.compile(r"---[ \t]*\r?\n(.*?)(?:^|\n)---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
log = structlog.get_logger(__name__)
_UNWRITTEN = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


class _Long(ValueError):
    """Front matter that is longer than anybody writes."""


class _Words(yaml.BaseLoader):
    """Everything stays text: `no` is no False, and a date keeps its form. Aliases are refused, which could grow without end."""

    def compose_node(self, parent, index):
        if self.check_event(yaml.events.AliasEvent):
            raise yaml.YAMLError("alias")
        return super().compose_node(parent, index)


def pictures_beside(file: Path) -> Path:
    """Where the pictures of a gathered folder lie."""
    return file.with_name(file.name + ".pictures")


def gather(source: Path, into: Path) -> Path:
    """Write one row for each Markdown file of a folder, and lay its pictures beside; returns `into`.

    A file that cannot be read becomes a row that says why. Raises Unreadable when there is none at all.
    """
    beside = pictures_beside(into)
    shutil.rmtree(beside, ignore_errors=True)
    count = 0
    with open(into, "w", encoding="utf8") as rows:
        for path, name in _files(source):
            if name.lower().endswith(TEXTS) or path.is_dir():
                rows.write(json.dumps(record(path, name), ensure_ascii=False) + "\n")
                count += 1
            elif name.lower().endswith(IMAGES) and not lies_too_deep(name) and (content := pictures.read(path)):
                _lay(content, beside / name)
    if not count:
        raise Unreadable(_("There is no Markdown file in the folder: their names end in .md."))
    return into


def _lay(content: bytes, to: Path) -> None:
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(content)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):  # that is no matter of one picture
            raise
        log.warning("picture not gathered", name=to.name, error=error.strerror)  # it counts as not there


def record(path: Path, name: str) -> dict:
    """The values of one file; `name` is its path inside the folder."""
    problem = {"id": name, "title": name, "body": "-"}
    if path.is_symlink():
        return {**problem, "problem": _("The file is a link to another place and is not followed.")}
    if path.is_dir():
        return {**problem, "problem": _("The folder lies too deep or has too long a name, and is not entered.")}
    if not path.is_file():
        return {**problem, "problem": _("This is no plain file.")}
    if path.stat().st_size > LARGEST:
        return {**problem, "problem": _("The file is larger than %(most)s characters.", most=format_decimal(LARGEST))}
    try:
        head, body = split(path.read_bytes().decode("utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        return {**problem, "problem": _("The file is not text in UTF-8.")}
    except _Long:
        return {**problem, "problem": _("The front matter is longer than %(most)s characters.", most=format_decimal(LONGEST_HEAD))}
    except ValueError:
        return {**problem, "problem": _("The lines between the --- on top are not front matter: simple YAML without aliases.")}
    return _complete(head, body, name)


def split(text: str) -> tuple[dict, str]:
    """The values on top and the text below them. Raises ValueError when the top is no front matter."""
    found = _HEAD.match(text)
    if found is None:
        return {}, re.sub(r"\r?\n\Z", "", text)
    if len(found[1]) > LONGEST_HEAD:
        raise _Long
    try:
        head = yaml.load(found[1], Loader=_Words)  # noqa: S506  a BaseLoader that makes nothing but text
        json.dumps(head, ensure_ascii=False).encode()  # it may name half a letter, which no file can hold
    except (yaml.YAMLError, RecursionError, OverflowError, ValueError) as error:
        raise ValueError("no front matter") from error
    if not isinstance(head, dict | None):
        raise ValueError("no table")
    body = re.sub(r"\A\r?\n", "", text[found.end():])
    return {str(key): value for key, value in (head or {}).items()}, re.sub(r"\r?\n\Z", "", body)


def written(values: dict) -> str:
    """The file of a record: front matter whose values are quoted, so that reading it gives the same again."""
    head = "".join(f"{name}: {_quoted(value)}\n" for name, value in values.items() if name != "body")
    return f"---\n{head}---\n\n{values['body']}\n"


def file_name(path: str, taken: set[str]) -> str:
    """Where the file of an article lies in a folder: under its path, if any disk can have such a one, else under letters made from it."""
    given, path = path, path if path.endswith(".md") else f"{path}.md"
    plain = posixpath.normpath(path)
    usual = plain == path and re.fullmatch(r"[\w .,()+@&'-]+(?:/[\w .,()+@&'-]+)*\.md", path) and not re.search(r"(?:^|/)[. ]|[. ](?:/|$)", path)
    fits = usual and all(len(part.encode()) < 200 for part in path.split("/")) and path.casefold() not in taken and not lies_too_deep(path)
    folders = {"/".join(path.casefold().split("/")[:end]) for end in range(1, path.count("/") + 1)}
    name = path if fits and not folders & taken else f"other/{hashlib.sha256(given.encode()).hexdigest()[:16]}.md"
    taken.add(name.casefold())
    return name


def _complete(head: dict, body: str, name: str) -> dict:
    values = {ours: next((head[key] for key in keys if head.get(key) not in (None, "")), "") for ours, keys in NAMES.items()}
    values = {ours: _plain(value, as_list=ours == "labels") for ours, value in values.items()}
    values["title"] = values["title"] or _heading(body)[:200] or posixpath.splitext(posixpath.basename(name))[0]
    values["id"] = values["id"] or name
    if "section" not in head and not values["section"] and "/" in name:
        values["section"] = name.split("/")[0][:80]
    return {**values, "body": body}


def _heading(body: str) -> str:
    """The words of the first heading of level 1; "" without one. Line by line: a pattern over such spaces takes time with their square."""
    lines = (line for line in body.split("\n") if line[:1] == "#" and line[1:2].isspace())
    return next((words for line in lines if (words := line[1:].strip().rstrip("#").strip())), "")


def _plain(value, as_list: bool):
    if as_list:
        return [str(each) for each in value] if isinstance(value, list) else [word.strip() for word in str(value).split(",") if word.strip()]
    return str(value[0]) if isinstance(value, list) and value else "" if isinstance(value, list | dict) else value


def _files(source: Path) -> Iterator[tuple[Path, str]]:
    """(file, its path inside the folder with slashes), in a fixed order; hidden ones are left out, folders that are links or lie too deep named but not entered."""
    for root, folders, names in os.walk(source, followlinks=False):
        shown = [each for each in folders if not each.startswith(".")]
        closed = {each for each in shown if Path(root, each).is_symlink() or lies_too_deep(_name(Path(root, each, "-"), source))}
        folders[:] = sorted(set(shown) - closed)
        for name in sorted([*(each for each in names if not each.startswith(".")), *closed]):
            yield Path(root, name), _name(Path(root, name), source)


def _name(path: Path, source: Path) -> str:
    return os.fsencode(path.relative_to(source).as_posix()).decode("utf8", "replace")


def _quoted(value: str | Iterable[str]) -> str:
    """As JSON, which is YAML too, but for some letters that YAML wants written by their number."""
    return _UNWRITTEN.sub(lambda letter: f"\\u{ord(letter[0]):04x}", json.dumps(value, ensure_ascii=False))
