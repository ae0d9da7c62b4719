"""Somebody who types in every field of a page, a character at a time, and notices each one that is lost and each time the focus moves."""
from collections.abc import Iterator

TEXT = "main :is(input:not([type]), input[type=text], input[type=search], input[type=email], input[type=password], input[type=tel], input[type=number], textarea)"
CHOICES = "main select"
WORDS = "the tent came without its poles and she leaves on friday "
WATCH = "(field) => { window.moves = []; field.addEventListener('blur', () => window.moves.push(document.activeElement?.outerHTML.slice(0, 80))) }"
LOOK = "(field) => [field.value, document.activeElement === field, window.moves]"


class Typist:
    """One page after the other in one tab; `faults` are sentences."""

    def __init__(self, page, paths: list[str], before=lambda page: None, longer: int = 1):
        self.page, self.paths, self.before, self.faults, self.longer, self.fields, self.typed = page, paths, before, [], longer, 0, 0

    def go(self, strokes: int) -> Iterator[None]:
        """Through all pages, `strokes` characters in each field; gives way after each one."""
        for path in self.paths:
            self.page.goto(path)
            self.before(self.page)
            kept = self._choose()
            yield
            before = self.fields
            for field in self.page.locator(TEXT).element_handles():
                if field.is_visible() and field.is_editable():
                    yield from self._type(path, field, self.longer * strokes)
            for choice, value in kept:
                if choice.evaluate("field => [field.isConnected, field.value]") != [True, value]:
                    self.faults.append(f"{path}: a choice was undone")
            if self.fields == before and not kept:
                self.faults.append(f"{path}: nothing to type into")

    def _choose(self):
        """Choose something else in each visible list, as somebody who has not saved yet."""
        kept = []
        for choice in self.page.locator(CHOICES).element_handles():
            options = choice.evaluate("field => [...field.options].map((option) => option.value)")
            if choice.is_visible() and len(options) > 1:
                choice.select_option(value=options[-1])
                kept.append((choice, options[-1]))
        self.fields += len(kept)
        return kept

    def _type(self, path: str, field, strokes: int) -> Iterator[None]:
        self.fields += 1
        field.focus()
        field.evaluate(WATCH)
        self.page.keyboard.press("Control+End")
        number, most = field.get_attribute("type") == "number", int(field.get_attribute("maxlength") or 10**6)
        if number:
            field.evaluate("field => { field.value = '' }")
        expected = field.input_value()
        for nth in range(min(strokes, 2) if number else strokes):
            letter = "7" if number else WORDS[nth % len(WORDS)]
            self.page.keyboard.type(letter)
            self.typed += 1
            expected = (expected + letter)[:most] if len(expected) < most else expected
            yield
        value, focused, moves = field.evaluate(LOOK)
        name = field.get_attribute("name")
        if value != expected:
            self.faults.append(f"{path}, {name}: typed {expected!r}, there is {value!r}")
        if not focused or moves:
            self.faults.append(f"{path}, {name}: the focus moved to {moves}")


def one_after_another(typists: list[Typist], strokes: int) -> Iterator[None]:
    """One person at one page after the other; a page that is done is left, so that only what is looked at asks for news."""
    for typist in typists:
        yield from typist.go(strokes)
        typist.page.goto("about:blank")
