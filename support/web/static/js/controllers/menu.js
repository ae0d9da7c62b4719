// A button that opens a small menu: closes on Escape, on leaving, on choosing; arrow keys go through it.
import { Controller } from "@hotwired/stimulus"

export default class extends Controller {
  static targets = ["button", "list"]

  connect() {
    this.ears = new AbortController()
    const signal = this.ears.signal
    document.addEventListener("click", (event) => this.element.contains(event.target) || this.close(), { signal })
    this.element.addEventListener("keydown", (event) => this.key(event), { signal })
    this.element.addEventListener("focusout", (event) => event.relatedTarget && !this.element.contains(event.relatedTarget) && this.close(), { signal })
    this.listTarget.addEventListener("submit", () => setTimeout(() => this.chosen(), 0), { signal })
  }

  disconnect() {
    this.ears.abort()
    this.close()
  }

  toggle() {
    if (this.listTarget.hidden) this.open()
    else this.close()
  }

  open() {
    this.listTarget.hidden = false
    this.buttonTarget.setAttribute("aria-expanded", "true")
  }

  close() {
    this.listTarget.hidden = true
    this.buttonTarget.setAttribute("aria-expanded", "false")
  }

  // What was chosen disappears with the list; the keyboard goes on at the button
  chosen() {
    const inside = this.listTarget.contains(document.activeElement)
    this.close()
    if (inside) this.buttonTarget.focus()
  }

  key(event) {
    if (event.key === "Escape" && !this.listTarget.hidden) {
      this.close()
      return this.buttonTarget.focus()
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (!step) return
    event.preventDefault()
    this.open()
    const items = [...this.listTarget.querySelectorAll("a, button:not([hidden])")]
    const here = items.indexOf(document.activeElement)
    items[here < 0 ? (step > 0 ? 0 : items.length - 1) : (here + step + items.length) % items.length]?.focus()
  }
}
