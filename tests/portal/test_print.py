"""An order and an article on paper: the shop, the thing and the day on top, black on white, without what one can only press."""
import re
import zlib

import pytest

PAGES = [("maja", "/orders/TT-204817", "TT-204817"), (None, "/answers/where-is-my-parcel", "Where is my parcel?")]
HIDDEN = (".sb-p-nav", ".sb-p-foot", ".sb-crumb", ".sb-portal .btn", ".sb-skip", "#helped", ".sb-cols > aside")
COLOURS = """() => {
  const luminance = colour => { const [r, g, b] = colour.match(/[\\d.]+/g).map(Number); return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255 }
  const texts = [...document.querySelectorAll("main *, header *")].filter(one => one.offsetParent && [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
  return [luminance(getComputedStyle(document.body).backgroundColor), Math.max(...texts.map(one => luminance(getComputedStyle(one).color)))]
}"""


def text_of(pdf: bytes) -> bytes:
    """All streams of a PDF, unpacked."""
    return b"".join(zlib.decompressobj().decompress(found) for found in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL) if found[:1] == b"x")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_paper_stands_what_belongs_there_and_nothing_else(live_default, new_page, scheme):
    for key, path, title in PAGES:
        page = new_page(live_default, key, color_scheme=scheme)
        page.goto(path)
        assert page.locator(".sb-print").is_hidden()
        page.emulate_media(media="print", color_scheme=scheme)
        assert page.locator("h1", has_text=title).is_visible() and page.locator(".sb-brand").is_visible()
        assert re.search(r"Printed .*20\d\d.*" + re.escape(path), page.locator(".sb-print").inner_text(), re.DOTALL)
        for selector in HIDDEN:
            assert not [one for one in page.locator(selector).all() if one.is_visible()], (path, selector)
        ground, ink = page.evaluate(COLOURS)
        assert ground > 0.999 and ink <= 0.25, (path, scheme)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        page.context.close()


def test_printing_makes_few_pages(live_default, new_page):
    for key, path, _title in PAGES:
        page = new_page(live_default, key, color_scheme="dark")
        page.goto(path)
        printed = page.pdf(format="A4", prefer_css_page_size=True)
        assert printed.startswith(b"%PDF") and 1 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 3 and text_of(printed)
        page.context.close()
