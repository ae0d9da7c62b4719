"""The contact sheet of the screenshots: `index.html` with all of them, and one picture per group in which each screen is a row."""
import base64
from html import escape
from pathlib import Path

STYLE = """body{margin:24px;font:16px/1.4 system-ui,sans-serif;background:#dfe3ea;color:#171c28}h2{margin:32px 0 8px}
.row{display:flex;gap:16px;align-items:flex-start;margin:0 0 24px}figure{margin:0;width:600px}figure.narrow{width:200px}
img{display:block;width:100%;max-height:760px;object-fit:cover;object-position:top;border:1px solid #9aa3b5}figcaption{font-size:13px}"""


def write(browser, folder: Path, order: list[str]) -> None:
    """Write the sheets for the pictures in the folder, in this order of the screens."""
    shots = {}
    for file in folder.glob("*.webp"):
        name, language, width, theme = file.name.removesuffix(".webp").split(".")
        shots.setdefault(name, []).append((language, int(width), theme, file.name))
    names = [name for name in order if name in shots]
    groups = {}
    for name in names:
        groups.setdefault(name.partition("-")[0], []).append(name)
    (folder / "index.html").write_text(_page("".join(_row(name, shots[name]) for name in names)), encoding="utf-8")
    page = browser.new_page(viewport={"width": 1720, "height": 1000})
    for group, members in groups.items():
        sheet = folder / f"{group}.html"
        sheet.write_text(_page("".join(_row(name, shots[name]) for name in members)), encoding="utf-8")
        page.goto(sheet.as_uri())
        page.wait_for_function("[...document.images].every(image => image.complete)")
        page.screenshot(path=folder / f"{group}.png", full_page=True)
        sheet.unlink()
    page.close()


def small(browser, picture: Path, into: Path) -> None:
    """The upper part of a wide picture at half its size, as PNG."""
    into.parent.mkdir(parents=True, exist_ok=True)
    page = browser.new_page(viewport={"width": 720, "height": 450})
    data = base64.b64encode(picture.read_bytes()).decode()
    page.set_content(f'<style>body{{margin:0;overflow:hidden}}img{{display:block;width:720px}}</style><img src="data:image/webp;base64,{data}" alt="">')
    page.screenshot(path=into)
    page.close()


def _page(rows: str) -> str:
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Screens of Switchboard</title><style>{STYLE}</style><h1>Screens of Switchboard</h1>{rows}</html>\n'


def _row(name: str, shots: list) -> str:
    figures = "".join(
        f'<figure{" class=narrow" if width < 700 else ""}><a href="{escape(file)}"><img src="{escape(file)}" alt="" loading="eager"></a>'
        f"<figcaption>{escape(language)}, {width} px, {theme}</figcaption></figure>"
        for language, width, theme, file in sorted(shots)
    )
    return f'<h2 id="{escape(name)}">{escape(name)}</h2><div class="row">{figures}</div>'
