// A fragment that keeps itself fresh. A hint or a poll makes it fetch its source, at most once a second, and morph its
// contents, so focus, scroll and open menus stay. While somebody types inside, it only counts.
import { Controller } from "@hotwired/stimulus"
import { morphChildren } from "@hotwired/turbo"
import { Refused, elements, fragment } from "../fragments.js"
import { watch } from "../live_socket.js"
import { word } from "../words.js"

const PACE = 800 // with the jitter about a second, so that a busy board stays under two seconds old
const JITTER = 200
const AT_ONCE = 2 // fetches on their way; a slow one does not hold up what happened since, and a slow server is not asked ever more

export default class extends Controller {
  static values = { screen: String, also: String, version: Number, src: String, quiet: Boolean }

  connect() {
    this.fetched = -Infinity
    this.leaving = new AbortController()
    this.asked = this.answered = this.onTheWay = 0
    this.apart = false
    this.unseen = 0
    this.held = null
    const names = [this.screenValue, ...this.alsoValue.split(" ")].filter(Boolean)
    this.watches = names.map((screen, nth) => watch(screen, { look: nth ? () => {} : () => this.soon(), stale: (version) => this.stale(version) }))
    this.onLeave = () => setTimeout(() => this.showHeld(), 0)
    this.onLook = () => this.soon()
    this.element.addEventListener("live:look", this.onLook)
    this.element.addEventListener("focusout", this.onLeave)
    this.onLeaveApart = () => this.apart && this.soon()
    document.addEventListener("focusout", this.onLeaveApart)
    this.element.addEventListener("toggle", this.onLeave, true)
  }

  disconnect() {
    for (const one of this.watches) one.end()
    clearTimeout(this.timer)
    this.timer = null
    this.leaving.abort()
    clearTimeout(this.patience)
    this.button?.remove()
    this.button = null
    this.element.removeEventListener("live:look", this.onLook)
    this.element.removeEventListener("focusout", this.onLeave)
    document.removeEventListener("focusout", this.onLeaveApart)
    this.element.removeEventListener("toggle", this.onLeave, true)
  }

  stale(version) {
    if (version && version <= this.versionValue) return
    this.versionValue = version ?? this.versionValue
    if (this.quietValue) return this.count()
    this.soon()
  }

  // Hints that come close together are one fetch; a hidden tab waits until it is looked at
  soon() {
    if (this.timer || document.hidden) return
    const pause = Math.max(0, this.fetched + PACE - performance.now()) + Math.random() * JITTER
    this.timer = setTimeout(() => {
      this.timer = null
      if (!document.hidden) this.refresh() // it may have been put aside meanwhile
    }, pause)
  }

  // A hint that comes while we fetch leads to another fetch; the one on its way is not given up, or a slow server starves us.
  // What was asked for last counts, whichever answer comes first
  async refresh() {
    clearTimeout(this.timer)
    this.timer = null
    if (this.onTheWay === AT_ONCE) return void (this.again = true)
    this.onTheWay += 1
    this.again = false
    this.fetched = performance.now()
    const { signal } = this.leaving
    const turn = (this.asked += 1)
    try {
      const { html } = await fragment(this.srcValue, signal)
      if (turn < this.answered) return
      this.answered = turn
      if (html !== this.shown) this.arrive(html)
      else if (this.apart) this.renewApart(this.contents(html))
    } catch (error) {
      if (error instanceof Refused && [403, 404].includes(error.status)) this.gone()
      else if (error.name !== "AbortError") this.watches[0]?.missed() // a piece with a pace of its own watches nothing
    } finally {
      if (!signal.aborted) {
        this.onTheWay -= 1
        if (this.again) this.soon()
      }
    }
  }

  arrive(html) {
    if (this.busy()) this.hold(html)
    else this.show(html)
  }

  show(html) {
    this.held = null
    this.unseen = 0
    this.button?.remove()
    this.button = null
    this.shown = html
    const fresh = this.contents(html)
    this.renewApart(fresh)
    morphChildren(this.element, fresh, { callbacks: { beforeNodeMorphed: (old, fresh) => !said(old, fresh) } })
    this.dispatch("refreshed", { bubbles: true })
  }

  // What goes with this piece and stands elsewhere on the page; where somebody writes just now it is left until he has done
  renewApart(fresh) {
    this.apart = false
    for (const template of fresh.querySelectorAll("template[data-place]")) {
      template.remove()
      const place = document.getElementById(template.dataset.place)
      if (!place) continue
      if (isWrittenIn(place)) this.apart = true
      else morphChildren(place, template.content)
    }
  }

  // Kept until the reader has done; only where something is being written it says so
  hold(html) {
    this.held = html
    if (this.writing()) this.count()
    clearTimeout(this.patience)
    this.patience = setTimeout(() => this.showHeld(), PACE)
  }

  // A source may answer with this very element around its contents, or with the contents alone
  contents(html) {
    const found = elements(html)
    const inside = [...found.querySelectorAll('[data-controller~="live"]')].find((one) => one.dataset.liveScreenValue === this.screenValue && one.dataset.liveSrcValue === this.srcValue)
    return inside ?? found
  }

  // Whoever types, chooses or has changed something here must not lose it; and the answer to a form that is on its way
  // brings a page of its own, over which nobody should have begun to write
  busy() {
    return this.writing() || this.element.querySelector("details[open], [aria-expanded=true], form[aria-busy=true]") !== null
  }

  writing() {
    return isWrittenIn(this.element)
  }

  showHeld() {
    clearTimeout(this.patience)
    if (this.held === null) return
    if (this.busy()) this.patience = setTimeout(() => this.showHeld(), PACE)
    else this.arrive(this.held)
  }

  // "3 new": nothing moves until somebody asks for it
  count() {
    this.unseen += 1
    if (!this.button) {
      this.button = document.createElement("button")
      this.button.type = "button"
      this.button.className = "btn sb-fresh"
      this.button.addEventListener("click", () => (this.held === null ? this.refresh() : this.show(this.held)))
      this.element.before(this.button)
    }
    this.button.textContent = word("fresh", { n: this.unseen })
  }

  // What one may not see any more is not asked for again
  gone() {
    for (const one of this.watches) one.end()
  }
}

function isWrittenIn(element) {
  const active = document.activeElement
  if (element.contains(active) && active.matches("input:not([type=hidden]), textarea, select")) return true
  return [...element.querySelectorAll("input:not([type=hidden]), textarea, select")].some((field) => changed(field) || field.matches(".is-invalid"))
}

function changed(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked
  if (field.tagName === "SELECT") return field.selectedOptions[0] !== ([...field.options].find((option) => option.defaultSelected) ?? field.options[0])
  return field.value !== field.defaultValue
}

// An alert that was said stays as it is; a changed word in it would be said again. What goes away has nothing fresh in its place
function said(old, fresh) {
  return old.nodeType === Node.ELEMENT_NODE && old.id !== "" && old.id === fresh?.id && old.matches("[role=alert]")
}
