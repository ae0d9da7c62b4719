"""What a browser would run of a page."""
import re
from html.parser import HTMLParser


class Marks(HTMLParser):
    """Finds what a browser would run: scripts, handlers, frames, links that are programs."""

    def __init__(self):
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "script" and not (values.get("src") or "").startswith("/static/") and values.get("type") != "importmap":
            self.found.append(f"<{tag}>")
        if tag in ("iframe", "object", "embed", "base", "foreignobject"):
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            flat = re.sub(r"[\x00-\x20]", "", (value or "")).lower()
            if name.startswith("on") or name in ("href", "src", "action", "formaction", "xlink:href") and flat.startswith(("javascript:", "vbscript:", "data:text")):
                self.found.append(f"{tag} {name}={value}")


def runs(page: str) -> list[str]:
    marks = Marks()
    marks.feed(page)
    return marks.found
