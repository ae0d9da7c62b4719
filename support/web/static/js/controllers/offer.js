// The place where an offer rings at the desk. The same offer is left alone, with its clock and whatever is open in it;
// another one or none takes its place at once. It never counts, holds back, or takes the focus.
import { Controller } from "@hotwired/stimulus"
import { elements, fragment } from "../fragments.js"
import { watch } from "../live_socket.js"

const PACE = 700

export default class extends Controller {
  static values = { screen: String, src: String }

  connect() {
    this.fetched = -Infinity
    this.watch = watch(this.screenValue, { look: () => this.soon() })
    this.ears = new AbortController()
    this.element.addEventListener("live:look", () => this.soon(), { signal: this.ears.signal })
    this.element.addEventListener("focusin", (event) => this.remember(event.relatedTarget), { signal: this.ears.signal })
    this.changes = new MutationObserver(() => this.giveBack())
    this.changes.observe(this.element, { childList: true })
  }

  disconnect() {
    this.watch.end()
    clearTimeout(this.timer)
    this.timer = null
    this.ears.abort()
    this.changes.disconnect()
  }

  soon() {
    this.timer ??= setTimeout(() => this.look(), Math.max(0, this.fetched + PACE - performance.now()))
  }

  async look() {
    this.timer = null // a hint that comes while we fetch must lead to another fetch
    this.fetched = performance.now()
    try {
      const { html } = await fragment(this.srcValue)
      this.show(elements(html))
    } catch {
      this.watch.missed()
    }
  }

  show(fresh) {
    const named = (place) => place.querySelector(".sb-offer")?.id
    if (named(fresh) !== named(this.element)) this.element.replaceChildren(fresh)
  }

  remember(from) {
    if (from && !this.element.contains(from)) this.before = from
  }

  // Whoever answered the offer goes on where he was
  giveBack() {
    if (document.activeElement === document.body && this.before?.isConnected) this.before.focus()
    this.before = null
  }
}
