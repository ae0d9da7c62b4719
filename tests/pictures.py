"""Pictures for tests, made here by the rules of their kinds: good ones, and ones that lie."""
import struct
import zlib

SCRIPT = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def png(width: int = 64, height: int = 64, colour: int = 6, told: tuple[int, int] | None = None, extra: bytes = b"") -> bytes:
    """A PNG of one colour; `told` is what its head says instead of its size, `extra` are further chunks before the pixels."""
    channels = {0: 1, 2: 3, 6: 4}[colour]
    head = struct.pack(">IIBBBBB", *(told or (width, height)), 8, colour, 0, 0, 0)
    pixels = zlib.compress((b"\0" + bytes([10, 107, 79, 255])[:channels] * width) * height, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def jpeg(width: int = 100, height: int = 50, note: bytes = b"") -> bytes:
    """The frame of a JPEG; `note` goes where cameras write the place."""
    frame = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    parts = [(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"), (0xE1, b"Exif\0\0" + note), (0xDB, b"\0" + bytes(64)), (0xC0, frame), (0xDA, b"\x01\x01\0\0?\0")]
    return b"\xff\xd8" + b"".join(struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data for marker, data in parts) + b"\x12\xff\x00\x34\xff\xd9"


def webp(width: int = 80, height: int = 40, note: bytes = b"") -> bytes:
    """A lossless WebP with alpha, extended by a place and a text."""
    drawn = b"\x2f" + struct.pack("<I", width - 1 | height - 1 << 14 | 1 << 28) + b"\0\0"
    sides = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    chunks = [(b"VP8X", bytes([0x1C, 0, 0, 0]) + sides), (b"VP8L", drawn), (b"EXIF", note), (b"XMP ", note)]
    body = b"WEBP" + b"".join(name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for name, data in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body
