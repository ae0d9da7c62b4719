// Keeps what is written in a form on this device until it is sent: data-draft-key-value names it.
import { Controller } from "@hotwired/stimulus"
import { Draft } from "../outbox.js"
import { clockTime, word } from "../words.js"

export default class extends Controller {
  static targets = ["status"]
  static values = { key: String }

  connect() {
    this.draft = new Draft(this.keyValue)
    this.ears = new AbortController()
    this.restore()
    this.element.addEventListener("input", () => this.later(), { signal: this.ears.signal })
    this.element.addEventListener("submit", () => this.keep(), { signal: this.ears.signal })
    addEventListener("pagehide", () => this.timer && this.keep(), { signal: this.ears.signal })
    this.element.addEventListener("turbo:submit-end", (event) => event.detail.success && this.forget(), { signal: this.ears.signal })
  }

  disconnect() {
    this.ears.abort()
    if (this.timer) this.keep()
  }

  later() {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.keep(), 400)
  }

  keep() {
    this.rest()
    const written = Object.fromEntries(this.fields().filter((field) => field.value.trim()).map((field) => [field.name, field.value]))
    this.draft.set(Object.keys(written).length ? written : null)
    for (const place of this.statusTargets) place.textContent = word("draft", { time: clockTime() })
  }

  restore() {
    const kept = this.draft.get()
    if (!kept || this.fields().some((field) => field.value.trim())) return
    for (const field of this.fields()) if (kept[field.name]) field.value = kept[field.name]
    this.fields()[0]?.dispatchEvent(new Event("input", { bubbles: true }))
  }

  forget() {
    this.rest()
    this.draft.set(null)
  }

  // Nothing is written that is not kept
  rest() {
    clearTimeout(this.timer)
    this.timer = null
  }

  fields() {
    return [...this.element.querySelectorAll("textarea, input[type=text], input:not([type])")].filter((field) => field.name)
  }
}
