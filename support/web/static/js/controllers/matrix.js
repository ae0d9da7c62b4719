// The table of people and skills: arrow keys go through its fields; the field that is open beside it gets the focus back when it is closed,
// and the panel covers neither it nor the field that has the focus.
import { Controller } from "@hotwired/stimulus"

const GAP = 8

export default class extends Controller {
  connect() {
    this.ears = new AbortController()
    this.element.addEventListener("keydown", (event) => event.key === "Escape" && this.panel().contains(event.target) && this.close(), { signal: this.ears.signal })
    this.element.addEventListener("click", (event) => this.note(event.target.closest(".sb-skill")), { signal: this.ears.signal })
    this.element.addEventListener("focusin", (event) => this.uncover(event.target.closest(".sb-skill")), { signal: this.ears.signal })
    this.element.addEventListener("turbo:frame-load", () => this.uncover(document.getElementById(this.open)), { signal: this.ears.signal })
  }

  disconnect() {
    this.ears.abort()
  }

  note(field) {
    if (field) this.open = field.id
  }

  // First the table is moved, then the page; scrollIntoView would move the frame of the console too
  uncover(field) {
    const hidden = () => field.getBoundingClientRect().bottom - this.panel().getBoundingClientRect().top
    if (!field || !this.panel().hasChildNodes() || hidden() <= 0) return
    const table = field.closest(".sb-matrix")
    table.scrollTop += field.getBoundingClientRect().top - table.querySelector("thead").getBoundingClientRect().bottom - GAP
    if (hidden() > 0) this.element.closest("main").scrollTop += hidden() + GAP
  }

  close() {
    const panel = this.panel()
    panel.removeAttribute("src")
    panel.replaceChildren()
    document.getElementById(this.open)?.focus()
  }

  key(event) {
    const field = event.target.closest(".sb-skill")
    if (!field || event.altKey || event.ctrlKey || event.metaKey) return
    const cell = field.closest("td")
    const [row, place] = [cell.parentElement, cell.cellIndex]
    const beside = (step) => cell.parentElement.cells[place + (getComputedStyle(cell).direction === "rtl" ? -step : step)]
    const below = (other) => other?.cells[place]
    const next = {
      ArrowLeft: () => beside(-1), ArrowRight: () => beside(1), ArrowUp: () => below(row.previousElementSibling), ArrowDown: () => below(row.nextElementSibling),
      Home: () => row.cells[1], End: () => row.cells[row.cells.length - 1],
    }[event.key]
    if (!next) return
    event.preventDefault()
    next()?.querySelector(".sb-skill")?.focus()
  }

  panel() {
    return this.element.querySelector("#certificate")
  }
}
