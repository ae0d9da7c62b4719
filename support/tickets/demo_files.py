"""Files in the demo's conversations: photographs of what broke, a bill, a return label. All drawn here from nothing."""
import io

from PIL import Image, ImageDraw

from support import files
from support.tickets.demo_events import Told

# The talk, what its customer sends with the first words, what the agent sends with the last ones.
WITH_FILES = {
    "damaged": (("parcel-crushed.jpg", "crack-close.jpg"), ()), "wrong-item": (("what-came.jpg",), ("return-label.pdf",)), "stove-yellow": (("flame.jpg",), ()),
    "de-gestaenge": (("gestaenge.jpg", "rechnung.txt"), ()), "tent-wet-inside": (("morning.jpg",), ()), "return-label": ((), ("return-label.pdf",)),
    "invoice-copy": ((), ("invoice.pdf",)), "size-jacket": (("me-in-jacket.jpg", "sizes.txt"), ()), "lost-parcel": (("carrier-page.png",), ()), "delivered-not-here": (("doorstep.jpg",), ()),
}
MOST = 3  # talks of one kind that carry some: a shop keeps no gallery
SKY, GROUND, TENT, LINE = (196, 214, 226), (122, 138, 96), (214, 112, 56), (58, 52, 48)


def attach_files(world) -> None:
    """Hang them on the messages of `world.tickets`, which are stored already."""
    done: dict[str, int] = {}
    for one in world.tickets:
        if one.talk.key not in WITH_FILES or done.get(one.talk.key, 0) >= MOST:
            continue
        done[one.talk.key] = done.get(one.talk.key, 0) + 1
        first, last = WITH_FILES[one.talk.key]
        _send(world, one, [message for message in one.messages if not message.by_staff][:1], first)
        _send(world, one, [message for message in one.messages if message.by_staff and message.kind == "reply"][-1:], last)


def _send(world, one: Told, messages: list, names: tuple[str, ...]) -> None:
    for message in messages:
        for name in names:
            file = files.bring(message.author_id, name, _content(name, world.rng.randrange(1000)), message.created_at)
            file.message_id, file.ticket_id, message.has_files = message.id, one.ticket.id, True


def _content(name: str, seed: int) -> bytes:
    if name.endswith(".pdf"):
        return _paper(name.removesuffix(".pdf").replace("-", " ").title())
    if name.endswith(".txt"):
        return f"{name.removesuffix('.txt').title()}\n\nChest 98 cm, height 182 cm.\nTotal 214.90 EUR\n".encode()
    return _photograph(name, seed)


def _photograph(name: str, seed: int) -> bytes:
    """A tent in a meadow with a broken pole, each a little different."""
    width, height = (1200, 900) if seed % 2 else (900, 1200)
    image = Image.new("RGB", (width, height), SKY)
    draw, ground, left = ImageDraw.Draw(image), int(height * .62), width // 6 + seed % 97
    draw.ellipse((width - 260, 60, width - 120, 200), fill=(246, 226, 160))
    draw.polygon(((0, ground - 60), (width // 3, ground - 220), (width * 2 // 3, ground - 40), (width, ground - 160), (width, ground), (0, ground)), fill=(150, 168, 160))
    draw.rectangle((0, ground, width, height), fill=GROUND)
    peak, right = (left + width // 3, ground - height // 3), left + width * 2 // 3
    draw.polygon((peak, (left, ground + 90), (right, ground + 90)), fill=TENT)
    draw.polygon((peak, (peak[0] - 70, ground + 90), (peak[0] + 70, ground + 90)), fill=(150, 70, 36))
    draw.line((peak, (peak[0] + 90, ground - 120), (peak[0] + 40, ground - 60), (right, ground + 90)), fill=LINE, width=9, joint="curve")
    written = io.BytesIO()
    image.save(written, "PNG" if name.endswith(".png") else "JPEG", quality=82)
    return written.getvalue()


def _paper(title: str) -> bytes:
    """The smallest PDF that every reader opens: one page with one line."""
    words = f"BT /F1 24 Tf 60 760 Td ({title}) Tj ET".encode()
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(words), words), b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    written, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(written))
        written += b"%d 0 obj%s endobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return written + b"xref\n0 6\n0000000000 65535 f \n" + table + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(written)
