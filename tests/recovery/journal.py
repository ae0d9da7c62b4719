"""What each client writes down on disk while it lives: what it sent, what was acknowledged, what it was shown. One word and its fields a line."""
import threading
import time
from dataclasses import dataclass
from pathlib import Path

FIELDS = {
    "reads": 1,  # conversation; once for each that its owner may see
    "sent": 3,  # conversation, name of the message, words
    "acked": 3,  # conversation, name, number
    "saw": 4,  # conversation, number, name, words
    "lost": 0,  # the socket is gone
    "joined": 0,  # it is back, and its screens are joined
    "wrong": 1,  # the client was told what it must not know
    "asked": 2,  # name of a question, its ticket
    "began": 1,  # a fault
    "ended": 1,  # it was taken back, the parts run again
    "back": 1,  # everybody is there again
}


@dataclass(frozen=True)
class Line:
    """`at` is in seconds of one clock for all journals of a run."""

    at: float
    word: str
    fields: tuple[str, ...]


class Journal:
    """Appends to its file at once, so that it outlives its writer; the lines of this run are also kept at hand."""

    def __init__(self, path: Path):
        self.path, self.lines, self._lock = path, [], threading.Lock()
        self._file = path.open("a", buffering=1)

    def note(self, word: str, *fields) -> Line:
        assert len(fields) == FIELDS[word], f"{word} has {FIELDS[word]} fields"
        line = Line(time.monotonic(), word, tuple(str(field).replace("\n", " ") for field in fields))
        with self._lock:
            self._file.write(" ".join([f"{line.at:.3f}", word, *line.fields]) + "\n")
            self.lines.append(line)
        return line


def read(path: Path) -> list[Line]:
    """The lines of a journal; of one that was cut off in the middle of a line, those before it."""
    return [_line(text) for text in path.read_text().split("\n")[:-1]]


def _line(text: str) -> Line:
    at, word, *rest = text.split(" ", 2)
    fields = rest[0].split(" ", FIELDS[word] - 1) if FIELDS[word] else []
    return Line(float(at), word, tuple(fields))
