// A <details> that behaves like a menu: closes on Escape, on leaving and when something outside is pressed.
import { Controller } from "@hotwired/stimulus"

export default class extends Controller {
  connect() {
    this.ears = new AbortController()
    const signal = this.ears.signal
    document.addEventListener("click", (event) => this.element.contains(event.target) || this.close(), { signal })
    this.element.addEventListener("focusout", (event) => event.relatedTarget && !this.element.contains(event.relatedTarget) && this.close(), { signal })
    this.element.addEventListener("keydown", (event) => event.key === "Escape" && this.escape(), { signal })
  }

  disconnect() {
    this.ears.abort()
  }

  close() {
    this.element.open = false
  }

  escape() {
    if (!this.element.open) return
    this.close()
    this.element.querySelector("summary").focus()
  }
}
