"""Makes the pictures of Switchboard and the logo of the demo shop: `python -m tools.marks`. Run by hand when a drawing changes: `static/img/mark.svg`, `tools/card.html`, `tools/demo_logo.svg`.

What it makes is committed, so nobody needs a browser to install. Drawn by Chromium, as people will see it.
"""
import re
import struct
from pathlib import Path

from playwright.sync_api import sync_playwright

from tools import chromium

IMAGES = Path(__file__).resolve().parent.parent / "support" / "web" / "static" / "img"
CARD = Path(__file__).resolve().parent / "card.html"
CARD_SIZE = (1200, 630)
DEMO_LOGO = CARD.with_name("demo_logo.svg")
DEMO_LOGO_FILE = IMAGES.parents[2] / "shop" / "demo_logo.png"
IN_ICO = (16, 32, 48)
# File → its size, and how much of it the drawing fills where the system cuts the corners itself (None: the tile as it is).
ICONS = {"icon-32.png": (32, None), "icon-180.png": (180, 0.86), "icon-192.png": (192, None), "icon-512.png": (512, None), "icon-512-full.png": (512, 0.72)}


def drawing(mark: str, fills: float | None) -> str:
    """The mark for one icon: as it is, or smaller on a ground without corners."""
    if fills is None:
        return mark
    tile = re.search(r'<rect [^>]*/>', mark).group()
    moved = f'<g transform="translate(16 16) scale({fills}) translate(-16 -16)">'
    return mark.replace(tile, re.sub(r' rx="\d+"', "", tile) + moved).replace("</svg>", "</g></svg>")


def ico(pictures: dict[int, bytes]) -> bytes:
    """An .ico file that holds each picture as PNG, which every browser that still asks for one reads."""
    head, body, at = struct.pack("<HHH", 0, 1, len(pictures)), b"", 6 + 16 * len(pictures)
    for size, content in pictures.items():
        head += struct.pack("<BBBBHHII", size, size, 0, 0, 1, 32, len(content), at + len(body))
        body += content
    return head + body


def main() -> None:
    mark = (IMAGES / "mark.svg").read_text(encoding="utf-8").strip()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=["--no-sandbox"])
        page = browser.new_page()

        def picture(body: str, width: int, height: int, clear: bool = True) -> bytes:
            page.set_viewport_size({"width": width, "height": height})
            page.set_content(f"<!doctype html><style>body{{margin:0}}svg{{display:block}}</style>{body}")
            return page.screenshot(omit_background=clear)

        def icon(size: int, fills: float | None = None) -> bytes:
            return picture(drawing(mark, fills).replace("<svg ", f'<svg width="{size}" height="{size}" '), size, size)

        for name, (size, fills) in ICONS.items():
            (IMAGES / name).write_bytes(icon(size, fills))
        (IMAGES / "favicon.ico").write_bytes(ico({size: icon(size) for size in IN_ICO}))
        (IMAGES / "card.png").write_bytes(picture(CARD.read_text(encoding="utf-8").replace("<!-- mark -->", mark), *CARD_SIZE, clear=False))
        logo = DEMO_LOGO.read_text(encoding="utf-8").replace("<svg ", '<svg width="256" height="256" ')
        DEMO_LOGO_FILE.write_bytes(picture(logo, 256, 256, clear=False))
        browser.close()


if __name__ == "__main__":
    main()
