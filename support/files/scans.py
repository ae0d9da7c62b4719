"""How many scans a JPEG is made of: a plain one has one, a progressive one about ten, and one that means no good many thousands."""
import re
from typing import BinaryIO

MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]")  # without those that stand within the data of a scan
BLOCK = 64 * 1024
MOST_SEGMENTS = 2_000  # a colour profile or long notes take some hundred
FRAME, END, SCAN = 0xC0, 0xD9, 0xDA


def count_scans(content: BinaryIO, most: int) -> int:
    """The scans of this JPEG; more than `most` as soon as there are more, or more segments than anybody needs. Leaves the position anywhere."""
    content.seek(2)
    found = 0
    for _segment in range(MOST_SEGMENTS):
        marker = _next_marker(content)
        if marker in (None, END):
            return found
        found += marker == SCAN
        if found > most:
            return found
        if marker >= FRAME:  # what is below says no length, and a decoder looks behind it at once
            length = int.from_bytes(content.read(2))
            content.seek(max(0, length - 2), 1)
    return most + 1


def _next_marker(content: BinaryIO) -> int | None:
    at = content.tell()
    while block := content.read(BLOCK):
        if match := MARKER.search(block):
            content.seek(at + match.end())
            return match[0][1]
        at += len(block) - (block[-1] == 0xFF and len(block) > 1)
        content.seek(at)
    return None
