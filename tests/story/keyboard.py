"""A person who has a keyboard and nothing else: goes through the page by Tab, and wherever the focus stops it must be seen."""
import re

from playwright.sync_api import expect

STOPS = 120  # more presses than this nobody bears
LEADS = {"link": "a", "button": "button", "summary": "summary", "textbox": "input textarea", "searchbox": "input", "combobox": "input select", "radio": "input"}
# How everything looks without the focus, noted before it comes, so that each stop can be compared.
NOTE = """const look = (one) => { const s = getComputedStyle(one); return [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow].join() }
  const looks = (window.seenUnfocused ??= new WeakMap())
  const note = () => {
    for (const one of document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")) {
      if (looks.has(one) || one.matches(":focus, :focus-within") || !one.checkVisibility()) continue
      looks.set(one, look(one))
      if (!looks.has(one.parentElement) && !one.parentElement.matches(":focus-within")) looks.set(one.parentElement, look(one.parentElement))
    }
  }
  note()
"""
# What has the focus, in short, and what is wrong with it in words, "" if all is well; nothing where the page has no focus. Browsers scroll a little later.
LOOK = """
  const one = document.activeElement
  if (!one || one === document.body) return null
  const name = `${one.localName} “${(one.getAttribute("aria-label") || one.labels?.[0]?.innerText || one.innerText || one.id).trim().slice(0, 60)}”`
  const drawn = (one) => {
    const s = getComputedStyle(one)
    const outline = s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2 && !/(,\\s*|\\/\\s*)0\\)$|transparent/.test(s.outlineColor)
    return (outline || s.boxShadow !== "none") && look(one) !== looks.get(one)
  }
  const fault = () => {
    if (!one.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return "is not visible"
    if (!drawn(one) && !drawn(one.parentElement)) return "has no mark of the focus"
    const box = [...one.getClientRects()].find((rect) => rect.width > 1 && rect.height > 1)
    if (!box) return "has no size"
    let [left, top, right, bottom] = [Math.max(0, box.left), Math.max(0, box.top), Math.min(innerWidth, box.right), Math.min(innerHeight, box.bottom)]
    for (let around = one.parentElement; around && around !== document.body; around = around.parentElement) {
      if (getComputedStyle(around).overflow === "visible") continue
      const frame = around.getBoundingClientRect()
      ;[left, top, right, bottom] = [Math.max(left, frame.left), Math.max(top, frame.top), Math.min(right, frame.right), Math.min(bottom, frame.bottom)]
    }
    if (right - left < 2 || bottom - top < 2) return "is out of sight"
    const there = document.elementFromPoint((left + right) / 2, (top + bottom) / 2)
    if (there !== one && !one.contains(there) && !there?.contains(one)) return `is covered by <${there?.localName} class="${there?.className}">`
    return ""
  }
  for (let frame = 0; frame < 60 && one.isConnected && fault(); frame++) await new Promise(requestAnimationFrame)
  return [name, one.isConnected ? fault() : "was taken away"]
"""


class Keyboard:
    """`hands = Keyboard(page)`; `.to("button", "Send")` goes there by Tab, `.press("Enter")`, `.write("words")`."""

    def __init__(self, page):
        self.page = page

    def press(self, *keys: str) -> "Keyboard":
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def write(self, text: str) -> "Keyboard":
        self.page.keyboard.type(text)
        return self

    def to(self, role: str, name: str | re.Pattern, back: bool = False, exact: bool = False) -> "Keyboard":
        """Press Tab until the focus is on what is called so; every stop on the way must be seen."""
        wanted, passed = self._called(role, name, exact), []
        expect(wanted.first).to_be_visible()
        self.page.evaluate(f"() => {{ {NOTE} }}")
        for _ in range(STOPS):
            self.press("Shift+Tab" if back else "Tab")
            name = self.look()
            if name is None:
                continue  # past the end of the page, in the browser's own bars
            passed.append(name)
            if name.split()[0] in LEADS.get(role, name) and wanted.and_(self.page.locator("*:focus")).count():
                return self
        raise AssertionError(f"no way by Tab to the {role} “{name}” of {self.page.url}; passed {passed}")

    def on(self, role: str, name: str | re.Pattern, exact: bool = False) -> "Keyboard":
        """The focus comes there without a press, and is seen."""
        expect(self._called(role, name, exact).and_(self.page.locator("*:focus"))).to_have_count(1)
        self.look()
        return self

    def look(self) -> str | None:
        """What has the focus, after a look whether it is seen."""
        found = self.page.evaluate(f"async () => {{ {NOTE} {LOOK} }}")
        if found is None:
            return None
        name, fault = found
        assert not fault, f"the focus {fault}: {name} on {self.page.url}"
        return name

    def _called(self, role, name, exact):
        if role != "summary":  # which has no role of its own
            return self.page.get_by_role(role, name=name, exact=exact)
        every = self.page.locator("summary")
        return every.filter(has_text=name).or_(every.and_(self.page.get_by_label(name, exact=exact)))
