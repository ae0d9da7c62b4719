"""The library of talks of the demo world: whole conversations with slots, kept in the files of this folder.

Read by the history of the demo's tickets and by the simulated customers and agents.
"""
import random
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
HEAD = re.compile(r"([CAN])(?:>(pending|hold))?(?:\(([a-z0-9-]+)\))?: (.+)")
CHOICE = re.compile(r"\{(?:(\w)=)?([^{}]*)\}")
SLOT = re.compile(r"\[([a-z]+)\]")
MARK = "traffic_"  # begins the client id of a ticket whose talk is still going on
STATES = {"pending": "pending", "hold": "on_hold", None: None}


@dataclass(frozen=True)
class Line:
    """Who writes (C customer, A agent, N a note of the agent), what, which state it leads to, which article it carries."""

    writer: str
    text: str
    then: str | None = None
    article: str | None = None


@dataclass(frozen=True)
class Talk:
    """One issue. `order` is the story of the order it needs, empty for none; `again` what follows when the customer comes back."""

    key: str
    topic: str
    language: str
    order: str
    items: tuple[str, ...]
    seen: tuple[str, ...]
    outcome: str
    priority: str
    subjects: tuple[str, ...]
    lines: tuple[Line, ...]
    again: tuple[Line, ...]


@cache
def talks() -> tuple[Talk, ...]:
    """All talks, by file and in their order; a file named after a topic holds that topic's."""
    return tuple(
        _talk(entry, path.stem) for path in sorted(FOLDER.glob("*.toml")) for entry in tomllib.loads(path.read_text(encoding="utf8"))["talk"]
    )


def filled(text: str, slots: dict[str, str], seed) -> str:
    """The text with one of each `{a|b}` chosen and each `[slot]` filled; the same seed gives the same words.

    Choices with a letter, `{x=a|b}`, fall alike in all texts of one seed.
    """
    free = random.Random(f"{seed} {text}")

    def choose(match) -> str:
        options = match[2].split("|")
        return options[int(random.Random(f"{seed} {match[1]}").random() * len(options))] if match[1] else free.choice(options)

    return SLOT.sub(lambda match: slots[match[1]], CHOICE.sub(choose, text))


def client_id(talk: Talk, seed: str) -> str:
    """The client id of a ticket that simulated people may carry on: it names the talk and the seed of its words."""
    return f"{MARK}{talk.key}_{seed}"


def _talk(entry: dict, topic: str) -> Talk:
    return Talk(
        entry["key"], entry.get("topic", topic), entry.get("language", "en"), entry["order"], tuple(entry.get("item", ())), tuple(entry["seen"]),
        entry["outcome"], entry.get("priority", "normal"), tuple(entry["subjects"]), _lines(entry["lines"]), _lines(entry.get("again", "")),
    )


def _lines(text: str) -> tuple[Line, ...]:
    return tuple(_line(row) for row in text.strip().splitlines())


def _line(row: str) -> Line:
    writer, state, article, text = HEAD.fullmatch(row).groups()
    return Line(writer, text, STATES[state], article)
