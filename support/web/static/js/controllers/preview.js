// What the choices of a form would mean: a piece of the page that is fetched again when a field changes whose name begins with one of `fields`.
import { Controller } from "@hotwired/stimulus"
import { elements, fragment } from "../fragments.js"

export default class extends Controller {
  static targets = ["place"]
  static values = { src: String, fields: String }

  connect() {
    this.ears = new AbortController()
    this.element.addEventListener("change", (event) => this.counts(event.target.name) && this.fetch(), { signal: this.ears.signal })
  }

  disconnect() {
    this.ears.abort()
    this.abort?.abort()
  }

  // The button does the same without a script, by sending the whole form
  look(event) {
    event.preventDefault()
    this.fetch()
    this.placeTarget.scrollIntoView({ block: "nearest" })
  }

  // What is there stays, marked as old, until the answer has come
  async fetch() {
    this.abort?.abort()
    const abort = (this.abort = new AbortController())
    this.placeTarget.setAttribute("aria-busy", "true")
    try {
      const { html } = await fragment(this.address(), abort.signal)
      if (abort.signal.aborted) return
      this.placeTarget.replaceChildren(elements(html))
      this.placeTarget.removeAttribute("aria-busy")
    } catch {
      // It stays marked as old; the next change and the button ask again
    }
  }

  counts(name) {
    return this.fieldsValue.split(" ").some((beginning) => name?.startsWith(beginning))
  }

  address() {
    const address = new URL(this.srcValue, location.href)
    for (const [name, value] of new FormData(this.element)) if (value && this.counts(name)) address.searchParams.set(name, value)
    return address
  }
}
