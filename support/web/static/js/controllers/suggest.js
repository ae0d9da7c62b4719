// Answers while one types. They come into the flow of the page and push it; they never cover it. Arrow keys go through them.
import { Controller } from "@hotwired/stimulus"
import { fragment } from "../fragments.js"
import { word } from "../words.js"

const PAUSE = 120
const KEPT = 30

export default class extends Controller {
  static targets = ["input", "list", "status"]
  static values = { src: String, param: { type: String, default: "q" }, least: { type: Number, default: 2 } }

  connect() {
    this.answers = new Map()
    this.at = -1
    this.asked = this.text()
    this.held = null
    this.ears = new AbortController()
    this.listTarget.addEventListener("focusout", () => setTimeout(() => this.held !== null && this.show(this.held), 0), { signal: this.ears.signal })
    for (const input of this.inputTargets) {
      input.addEventListener("input", () => this.ask(), { signal: this.ears.signal })
      if (this.isSearch(input)) this.prepare(input)
    }
  }

  disconnect() {
    this.ears.abort()
    this.abort?.abort()
    clearTimeout(this.timer)
  }

  ask() {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.fetch(), PAUSE)
  }

  async fetch() {
    const text = this.text()
    if (text === this.asked) return
    this.asked = text
    this.abort?.abort()
    if (text.length < this.leastValue) return this.show("")
    const known = this.answers.get(text)
    if (known !== undefined) return this.show(known)
    const abort = (this.abort = new AbortController())
    try {
      const { html } = await fragment(this.address(text), abort.signal)
      this.remember(text, html)
      if (!abort.signal.aborted) this.show(html)
    } catch (error) {
      if (error.name !== "AbortError") this.asked = null
    }
  }

  // Nothing changes under whoever goes through it by keyboard; what has come meanwhile is shown when they leave
  show(html) {
    this.held = this.listTarget.contains(document.activeElement) ? html : null
    if (this.held !== null) return
    this.listTarget.innerHTML = html
    this.listTarget.hidden = !html.trim()
    this.at = -1
    const options = this.options()
    for (const [nth, option] of options.entries()) option.id ||= `found-${nth}`
    for (const input of this.inputTargets.filter((one) => this.isSearch(one))) {
      input.setAttribute("aria-expanded", String(options.length > 0))
      input.removeAttribute("aria-activedescendant")
      const box = this.listTarget.querySelector('[role="listbox"]')
      if (box) input.setAttribute("aria-controls", (box.id ||= "found"))
    }
    if (this.hasStatusTarget) this.statusTarget.textContent = !html.trim() ? "" : this.count() ? word("found", { n: this.count() }) : word("nothing")
  }

  prepare(input) {
    input.setAttribute("role", "combobox")
    input.setAttribute("aria-autocomplete", "list")
    input.setAttribute("aria-expanded", "false")
    input.setAttribute("aria-controls", (this.listTarget.id ||= "suggestions"))
    input.autocomplete = "off"
    input.addEventListener("keydown", (event) => this.key(event), { signal: this.ears.signal })
  }

  key(event) {
    const options = this.options()
    if (event.key === "Escape" && this.listTarget.hasChildNodes()) {
      event.preventDefault()
      return this.show("")
    }
    if (event.key === "Enter" && this.at >= 0 && !event.isComposing) {
      event.preventDefault()
      return options[this.at].click()
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (!step || !options.length) return
    event.preventDefault()
    this.at = (this.at + step + options.length + 1) % (options.length + 1)
    if (this.at === options.length) this.at = -1
    this.point(event.target, options)
  }

  point(input, options) {
    for (const [nth, option] of options.entries()) {
      option.classList.toggle("sb-hit--at", nth === this.at)
      option.setAttribute("aria-selected", String(nth === this.at))
    }
    if (this.at < 0) return input.removeAttribute("aria-activedescendant")
    input.setAttribute("aria-activedescendant", options[this.at].id)
    options[this.at].scrollIntoView({ block: "nearest" })
  }

  isSearch(input) {
    return input.type === "search"
  }

  options() {
    return [...this.listTarget.querySelectorAll('[role="option"]')]
  }

  count() {
    const total = this.listTarget.querySelector("[data-total]")?.dataset.total
    return total !== undefined ? Number(total) : this.options().length || this.listTarget.querySelectorAll("article").length
  }

  text() {
    return this.inputTargets.map((input) => input.value.trim()).filter(Boolean).join(" ").slice(0, 400)
  }

  address(text) {
    const address = new URL(this.srcValue, location.href)
    address.searchParams.set(this.paramValue, text)
    return address
  }

  remember(text, html) {
    this.answers.set(text, html)
    if (this.answers.size > KEPT) this.answers.delete(this.answers.keys().next().value)
  }
}
