"""Reads a picture somebody uploaded, strictly, and writes it again with nothing in it but the picture. Pure: no page, no database.

PNG, JPEG and WebP. The kind is told by the bytes, never by the name; what stands behind the end, texts, places where a photograph was
taken and further frames are left out. A file that lies about its size is found out without being unpacked into memory.
"""
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

LARGEST_SIDE = 2000  # pixels
PNG = b"\x89PNG\r\n\x1a\n"
PNG_KEPT = (b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"IDAT", b"IEND")
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # samples of a pixel by the colour type of PNG
DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))  # of an interlaced PNG
JPEG_KEPT = {0xDB, 0xC4, 0xDD, 0xE0, 0xEE, 0xC0, 0xC1, 0xC2, 0xDA}
JPEG_FRAMES = {0xC0, 0xC1, 0xC2}
JPEG_ALONE = {0x01, *range(0xD0, 0xD8)}  # markers without contents
NEXT_MARKER = re.compile(rb"\xff+[^\x00\x01\xd0-\xd7\xff]")
WEBP_KEPT = (b"VP8X", b"ALPH", b"VP8 ", b"VP8L")
ALPHA, ANIMATION = 0x10, 0x02  # flags of VP8X


class NoPicture(ValueError):
    """It is no picture of a kind we take; `.reason` is kind, broken or large."""

    def __init__(self, reason: str):
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class CleanPicture:
    """A clean picture: `is_clear` when one may see through parts of it."""

    content: bytes
    kind: str
    width: int
    height: int
    is_clear: bool


def read(content: bytes) -> CleanPicture:
    """The picture in these bytes; raises NoPicture."""
    try:
        if content.startswith(PNG):
            return _png(content)
        if content.startswith(b"\xff\xd8\xff"):
            return _jpeg(content)
        if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
            return _webp(content)
    except (IndexError, zlib.error) as error:
        raise NoPicture("broken") from error
    raise NoPicture("kind")


def _must(holds: bool, reason: str = "broken") -> None:
    if not holds:
        raise NoPicture(reason)


def _sides(width: int, height: int) -> tuple[int, int]:
    _must(width > 0 and height > 0)
    _must(max(width, height) <= LARGEST_SIDE, "large")
    return width, height


def _png(content: bytes) -> CleanPicture:
    chunks = list(_png_chunks(content))
    _must(chunks[0][0] == b"IHDR" and len(chunks[0][1]) == 13 and chunks[-1][0] == b"IEND")
    head = chunks[0][1]
    width, height = _sides(int.from_bytes(head[:4]), int.from_bytes(head[4:8]))
    depth, colour, packing, filtering, interlaced = head[8:13]
    _must(depth in DEPTHS.get(colour, ()) and packing == filtering == 0 and interlaced in (0, 1))
    names = [name for name, _data in chunks]
    _must(names.count(b"IHDR") == 1 and (colour != 3 or b"PLTE" in names))
    _check_pixels([data for name, data in chunks if name == b"IDAT"], _png_size(width, height, depth * CHANNELS[colour], interlaced))
    kept = b"".join(_png_chunk(name, data) for name, data in chunks if name in PNG_KEPT)
    return CleanPicture(PNG + kept, "image/png", width, height, colour in (4, 6) or b"tRNS" in names)


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at, name = len(PNG), b""
    while name != b"IEND":
        length, name = int.from_bytes(content[at:at + 4]), content[at + 4:at + 8]
        data, told = content[at + 8:at + 8 + length], content[at + 8 + length:at + 12 + length]
        _must(len(data) == length and len(told) == 4 and name.isalpha() and zlib.crc32(name + data) == int.from_bytes(told))
        yield name, data
        at += 12 + length


def _png_chunk(name: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4)


def _png_size(width: int, height: int, bits: int, interlaced: int) -> int:
    """Bytes of all lines, each with the byte of its filter in front."""
    passes = PASSES if interlaced else ((0, 0, 1, 1),)
    sides = ((-(-(width - left) // across), -(-(height - top) // down)) for left, top, across, down in passes)
    return sum(high * (1 + -(-wide * bits // 8)) for wide, high in sides if wide > 0 and high > 0)


def _check_pixels(parts: list[bytes], expected: int) -> None:
    """Unpack bit by bit and keep nothing: there must be exactly as much as the head promises."""
    unpacker, found = zlib.decompressobj(), 0
    for part in parts:
        while part and not unpacker.eof:
            found += len(unpacker.decompress(part, 65536))
            part = unpacker.unconsumed_tail
            _must(found <= expected)
    found += len(unpacker.flush())
    _must(unpacker.eof and found == expected)


def _jpeg(content: bytes) -> CleanPicture:
    kept, size, scans, at = [b"\xff\xd8"], None, 0, 2
    while True:
        _must(content[at] == 0xFF)
        while content[at + 1] == 0xFF:  # a marker may be preceded by any number of these
            at += 1
        marker = content[at + 1]
        if marker == 0xD9:
            break
        if marker in JPEG_ALONE:
            at += 2
            continue
        length = int.from_bytes(content[at + 2:at + 4])
        end = at + 2 + length
        _must(length >= 2 and end <= len(content) and marker >= 0xC0)
        if marker in JPEG_FRAMES:
            _must(size is None and length >= 11 and content[at + 9] in (1, 3, 4))
            size = _sides(int.from_bytes(content[at + 7:at + 9]), int.from_bytes(content[at + 5:at + 7]))
        if marker == 0xDA:
            _must(size is not None)
            scans, end = scans + 1, _scan_end(content, end)
        if marker in JPEG_KEPT:
            kept.append(content[at:end])
        at = end
    _must(size is not None and 0 < scans <= 64)
    return CleanPicture(b"".join(kept) + b"\xff\xd9", "image/jpeg", *size, is_clear=False)


def _scan_end(content: bytes, at: int) -> int:
    """Where the next marker stands: within the packed picture 0xFF is followed by zero or a restart."""
    found = NEXT_MARKER.search(content, at)
    _must(found is not None)
    return found.start()


def _webp(content: bytes) -> CleanPicture:
    size = int.from_bytes(content[4:8], "little")
    _must(12 <= size + 8 <= len(content))
    kept, told, is_clear, at = [], None, False, 12
    while at + 8 <= size + 8:
        name, length = content[at:at + 4], int.from_bytes(content[at + 4:at + 8], "little")
        data = content[at + 8:at + 8 + length]
        _must(len(data) == length and at + 8 + length <= size + 8)
        if name == b"VP8X":
            _must(length == 10 and not data[0] & ANIMATION)
            _sides(*(int.from_bytes(data[from_:from_ + 3], "little") + 1 for from_ in (4, 7)))
            is_clear, data = bool(data[0] & ALPHA), bytes([data[0] & ALPHA]) + data[1:]  # without its colour profile, place and texts
        if name in (b"VP8 ", b"VP8L"):
            _must(told is None)
            told, clear = _webp_lossy(data) if name == b"VP8 " else _webp_lossless(data)
            is_clear = is_clear or clear
        if name in WEBP_KEPT:
            kept.append(name + length.to_bytes(4, "little") + data + b"\0" * (length % 2))
        at += 8 + length + length % 2
    _must(told is not None)
    body = b"WEBP" + b"".join(kept)
    return CleanPicture(b"RIFF" + len(body).to_bytes(4, "little") + body, "image/webp", *told, is_clear=is_clear)


def _webp_lossy(data: bytes) -> tuple[tuple[int, int], bool]:
    _must(data[3:6] == b"\x9d\x01\x2a" and not data[0] & 1)
    return _sides(*(int.from_bytes(data[at:at + 2], "little") & 0x3FFF for at in (6, 8))), False


def _webp_lossless(data: bytes) -> tuple[tuple[int, int], bool]:
    _must(data[0] == 0x2F and len(data) > 5)
    bits = int.from_bytes(data[1:5], "little")
    return _sides((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1), bool(bits >> 28 & 1)
