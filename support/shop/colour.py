"""The one colour of a shop made into all the accents a page needs, so that everything stays readable in both themes. Pure: no page, no database.

Contrast is that of WCAG 2: 4.5 for words, 7 for strong ones, 3 for edges and marks.
"""
import colorsys
import re

WORDS, STRONG, EDGE = 4.5, 7.0, 3.0
WHITE, INK = "#ffffff", "#171c28"
LIGHT = ("#ffffff", "#f5f6f9", "#eef0f5")  # surface, canvas, sunken of tokens.css
DARK = ("#171b23", "#0f1218", "#1f2530", "#1d222c")
QUIET = {LIGHT: "#5c667b", DARK: "#98a2b5"}  # the quietest words that may stand on a tint
STEP = 1 / 256


def is_colour(text: str) -> bool:
    """Whether this is a colour as we keep it, `#rrggbb`."""
    return bool(re.fullmatch(r"#[0-9a-fA-F]{6}", text))


def contrast(one: str, other: str) -> float:
    """The WCAG contrast of two colours, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def accents(colour: str) -> dict[str, tuple[str, str]]:
    """Token of tokens.css → its colour in light and in dark. The colour of the button is the shop's own wherever words can be read on it."""
    made = [_theme(colour, LIGHT, -STEP), _theme(colour, DARK, STEP)]
    return {token: (made[0][token], made[1][token]) for token in made[0]}


def changes(colour: str) -> dict[str, tuple[str, str]]:
    """What had to become another colour so that it can be read: token → (in light, in dark); and whether words on buttons are dark."""
    made = accents(colour)
    return {token: made[token] for token in ("accent", "accent-fill") if any(one != colour.lower() for one in made[token])}


def stylesheet(colour: str) -> str:
    """The tokens of a page in this colour, above our own in the same layer."""
    lines = "".join(f"--sb-{token}:light-dark({light},{dark});" for token, (light, dark) in accents(colour).items())
    return f"@layer tokens{{:root,[data-bs-theme]{{{lines}}}}}\n"


def _theme(colour: str, grounds: tuple[str, ...], step: float) -> dict[str, str]:
    tint = _tint(colour, grounds)
    under = (*grounds, tint)
    accent = _moved(colour, step, lambda it: all(contrast(it, ground) >= WORDS for ground in under))
    strong = _moved(accent, step, lambda it: all(contrast(it, ground) >= STRONG for ground in under))
    fill, on = _button(colour)
    hover = _moved(fill, STEP if on == INK else -STEP, lambda it: contrast(it, on) >= contrast(fill, on) * 1.15 or it in ("#000000", WHITE))
    return {
        "accent": accent, "accent-strong": strong, "focus": strong, "accent-fill": fill, "accent-fill-hover": hover, "on-accent": on, "accent-tint": tint,
        "check": _moved(fill, -STEP, lambda it: contrast(it, WHITE) >= WORDS), "accent-line": _mixed(accent, grounds[0], 0.3), "accent-edge": _moved(fill, step, lambda it: contrast(it, grounds[0]) >= EDGE),
    }


def _button(colour: str) -> tuple[str, str]:
    """The colour of the main button and of the words on it; between white and ink lies a narrow band where neither can be read: there it is darkened."""
    for on in (WHITE, INK):
        if contrast(colour, on) >= WORDS:
            return colour.lower(), on
    return _moved(colour, -STEP, lambda it: contrast(it, WHITE) >= WORDS), WHITE


def _tint(colour: str, grounds: tuple[str, ...]) -> str:
    """The ground of something chosen: as much of the colour as quiet words allow."""
    for share in (0.2, 0.16, 0.12, 0.08, 0.05, 0.03):
        tint = _mixed(colour, grounds[0], share if grounds is DARK else share / 2.5)
        if contrast(tint, QUIET[grounds]) >= WORDS:
            return tint
    return grounds[0]


def _moved(colour: str, step: float, fits) -> str:
    """The nearest lighter or darker colour of the same hue that fits; at the end black or white."""
    hue, light, full = colorsys.rgb_to_hls(*_parts(colour))
    found = colour.lower()
    while not fits(found) and 0 < light + step < 1:
        light += step
        found = _written(colorsys.hls_to_rgb(hue, light, full))
    return found if fits(found) else (WHITE if step > 0 else "#000000")


def _mixed(colour: str, ground: str, share: float) -> str:
    return _written(tuple(share * one + (1 - share) * other for one, other in zip(_parts(colour), _parts(ground), strict=True)))


def _luminance(colour: str) -> float:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _parts(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[at:at + 2], 16) / 255 for at in (1, 3, 5))


def _written(parts) -> str:
    return "#" + "".join(f"{round(min(1, max(0, part)) * 255):02x}" for part in parts)
