// Guards a form with changes that are not saved, and counts them in [data-dirty-target="count"].
import { Controller } from "@hotwired/stimulus"
import { word } from "../words.js"

export default class extends Controller {
  static targets = ["count"]

  connect() {
    this.ears = new AbortController()
    const signal = this.ears.signal
    this.before = this.state()
    this.element.addEventListener("input", () => this.tell(), { signal })
    this.element.addEventListener("submit", () => (this.before = null), { signal })
    addEventListener("beforeunload", (event) => this.changes() && event.preventDefault(), { signal })
    document.addEventListener("turbo:before-visit", (event) => this.ask(event), { signal })
  }

  disconnect() {
    this.ears.abort()
  }

  tell() {
    const count = this.changes()
    for (const place of this.countTargets) place.textContent = count ? word("changes", { n: count }) : ""
  }

  ask(event) {
    if (this.changes() && !confirm(word("unsaved"))) event.preventDefault()
  }

  changes() {
    if (this.before === null) return 0
    const now = this.state()
    return [...new Set([...this.before.keys(), ...now.keys()])].filter((name) => this.before.get(name) !== now.get(name)).length
  }

  state() {
    const state = new Map()
    for (const [name, value] of new FormData(this.element)) state.set(name, `${state.get(name) ?? ""}\u0000${value}`)
    return state
  }
}
