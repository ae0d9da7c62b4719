"""What can be seen to be wrong with a page, wide and on a phone, light and dark."""
from tests.access.addresses import address
from tests.pages import axe
from tests.screens.pages_to_see import MORE

WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
LOOKS = {  # in this order, so that each changes one thing and the phone comes last
    "light": (WIDE, "light"), "dark": (WIDE, "dark"), "dark, on a phone": (PHONE, "dark"), "light, on a phone": (PHONE, "light"),
}
ERRORS = {"/no-such-page": 404, "/admin/staff": 403}  # as the role that looks; all else is answered
CUT = """() => [...document.querySelectorAll(".btn, .sb-pill, .sb-group, .sb-seg, .sb-call, .sb-ring small")]
  .filter(part => part.checkVisibility() && part.scrollWidth > part.clientWidth + 1).map(part => part.textContent.trim().replace(/\\s+/g, " "))"""
SIDEWAYS = """() => [...document.querySelectorAll(".sb-scrollx, .sb-card:has(> .table)")].filter(part => part.checkVisibility() && !part.matches(".sb-matrix"))
  .map(part => part.scrollWidth - part.clientWidth).filter(more => more > 1)"""
LEFT = """() => document.dir !== "rtl" ? [] : [...document.querySelectorAll(".table > tbody > tr > :is(th, td):not(.sb-n)")].filter(cell => {
  const words = document.createRange(), box = cell.getBoundingClientRect()
  words.selectNodeContents(cell)
  const inner = words.getBoundingClientRect()
  return inner.width && box.right - inner.right > inner.left - box.left + 8
}).map(cell => cell.textContent.trim().slice(0, 40))"""
WIDER = "Math.max(...[document.documentElement, document.querySelector('main')].map(part => part.scrollWidth - part.clientWidth))"


def path_of(server, sight) -> str:
    return sight.path or address(server.app, sight.row, server.things)


def faults(page, server, sight, looks=("light",)):
    """What is wrong with one page, in sentences; axe looks at it as each of these LOOKS."""
    path = path_of(server, sight)
    page.errors.clear()
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light")
    answer = page.goto(path)
    expected = ERRORS.get(path, 200) if (sight.role, path) in MORE else 200
    if answer.status != expected:
        yield f"answered {answer.status}"
    if page.locator("h1, [role=heading][aria-level='1']").locator("visible=true").count() != 1:
        yield f"has {page.locator('h1').count()} main headings"
    for look in looks:
        size, theme = LOOKS[look]
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=theme)
        yield from (f"{look}: {fault}" for fault in axe(page))
    page.set_viewport_size(WIDE)
    yield from (f"cuts “{words}”" for words in page.evaluate(CUT))
    yield from (f"leaves “{words}” at the left of its column" for words in page.evaluate(LEFT))
    page.set_viewport_size(PHONE)
    yield from (f"cuts “{words}” on a phone" for words in page.evaluate(CUT))
    yield from (f"has a table that is {more}px wider than a phone" for more in page.evaluate(SIDEWAYS))
    if (wider := page.evaluate(WIDER)) > 0:
        yield f"scrolls sideways on a phone, by {wider}px"
    yield from (f"console: {text}" for text in page.errors if f"status of {expected}" not in text)
    page.errors.clear()
