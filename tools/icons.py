"""Adds Tabler icons to our sprite: `python tools/icons.py headset receipt star:filled`.

Run by hand when a page needs a new icon, after `npm install --no-save @tabler/icons` (51 MB, so it is no dependency).
The icons are by Paweł Kuna, MIT licence; the sprite says so.
"""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SPRITE = ROOT / "support/web/static/img/icons.svg"
HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg">\n'
    "<!-- Icons from Tabler Icons (https://tabler.io/icons), Copyright (c) 2020-2026 Paweł Kuna, MIT licence. Made by tools/icons.py. -->\n"
)
LINES = 'fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"'


def symbol(name: str, folder: Path) -> str:
    """The `<symbol>` of one icon; `star:filled` takes the filled drawing and is called `star-filled`."""
    name, _, style = name.partition(":")
    style = style or "outline"
    drawing = (folder / style / f"{name}.svg").read_text(encoding="utf-8")
    shapes = re.findall(r"<(?:path|circle|rect|line|polyline|ellipse)\b[^>]*/>", drawing)
    shapes = [re.sub(r"\s+/>", "/>", s) for s in shapes if 'd="M0 0h24v24H0z"' not in s]
    look = 'fill="currentColor"' if style == "filled" else LINES
    key = name if style == "outline" else f"{name}-{style}"
    return f'<symbol id="{key}" viewBox="0 0 24 24" {look}>{"".join(shapes)}</symbol>'


def main(names: list[str], folder: Path) -> None:
    """Write the sprite anew with the icons it has and the named ones, in the order of their names."""
    kept = {}
    if SPRITE.exists():
        for line in re.findall(r'<symbol id="[^"]+".*</symbol>', SPRITE.read_text(encoding="utf-8")):
            kept[re.search(r'id="([^"]+)"', line).group(1)] = line
    for name in names:
        drawn = symbol(name, folder)
        kept[re.search(r'id="([^"]+)"', drawn).group(1)] = drawn
    SPRITE.write_text(HEAD + "\n".join(kept[key] for key in sorted(kept)) + "\n</svg>\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:], ROOT / "node_modules/@tabler/icons/icons")
