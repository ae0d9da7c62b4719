"""JPEGs that no program writes: every code of theirs is one bit long, so that little says much."""
import struct


def many_scans(width: int, height: int, scans: int) -> bytes:
    """Progressive, grey: each further scan says of some ten bytes "nothing new" about the whole picture."""
    blocks = _blocks(width, height)
    runs = -(-blocks // 32_767)
    bits = "0" + "1" * 14
    bits = bits * runs + "1" * (-15 * runs % 8)
    idle = int(bits, 2).to_bytes(len(bits) // 8).replace(b"\xff", b"\xff\x00")
    first = _scan(b"\x01\x00", 0, 0) + b"\0" * (blocks // 8 + 1)
    return _head(0xC2, width, height, 1) + _codes(0, 0) + first + _codes(1, 0xE0) + (_scan(b"\x01\x00", 1, 63) + idle) * scans + b"\xff\xd9"


def scan_for_each_colour(width: int, height: int, colours: int = 3) -> bytes:
    """Not progressive, yet in several scans, all of which a decoder must keep."""
    data = b"\0" * (_blocks(width, height) // 4 + 1)
    scans = (_scan(bytes([colour, 0]), 0, 63) + data for colour in range(1, colours + 1))
    return _head(0xC0, width, height, colours) + _codes(0, 0) + _codes(1, 0) + b"".join(scans) + b"\xff\xd9"


def _blocks(width: int, height: int) -> int:
    return -(-width // 8) * -(-height // 8)


def _segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def _head(marker: int, width: int, height: int, colours: int) -> bytes:
    parts = b"".join(bytes([colour, 0x11, 0]) for colour in range(1, colours + 1))
    return b"\xff\xd8" + _segment(0xDB, b"\0" + b"\1" * 64) + _segment(marker, struct.pack(">BHHB", 8, height, width, colours) + parts)


def _codes(kind: int, symbol: int) -> bytes:
    return _segment(0xC4, bytes([kind << 4, 1, *[0] * 15, symbol]))


def _scan(colour: bytes, first: int, last: int) -> bytes:
    return _segment(0xDA, b"\1" + colour + bytes([first, last, 0]))
