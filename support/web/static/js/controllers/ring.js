// The offer that rings: number and ring once a second from the server's deadline, two keys, the title of the tab. Takes no focus.
import { Controller } from "@hotwired/stimulus"
import { observe, serverNow } from "../server_clock.js"

const LAST = 5

export default class extends Controller {
  static targets = ["number", "circle", "accept", "decline"]
  static values = { expires: String, now: String, started: String, title: String }

  connect() {
    if (this.nowValue) observe(this.nowValue)
    this.until = Date.parse(this.expiresValue)
    this.whole = Math.max(1, this.until - (Date.parse(this.startedValue) || serverNow()))
    this.title = document.title
    this.onKey = (event) => this.key(event)
    document.addEventListener("keydown", this.onKey)
    this.tick()
  }

  disconnect() {
    clearTimeout(this.timer)
    document.removeEventListener("keydown", this.onKey)
    if (document.title === this.flash) document.title = this.title
  }

  tick() {
    const left = Math.max(0, this.until - serverNow())
    const seconds = Math.ceil(left / 1000)
    this.numberTarget.textContent = seconds
    this.circleTarget.setAttribute("stroke-dasharray", `${Math.round((100 * left) / this.whole)} 100`)
    this.element.querySelector(".sb-ring")?.classList.toggle("sb-ring--last", seconds <= LAST)
    this.flashTitle(seconds)
    if (left > 0) this.timer = setTimeout(() => this.tick(), left % 1000 || 1000)
    else this.over()
  }

  // What comes now the server knows; the fragment around asks it
  over() {
    if (document.title === this.flash) document.title = this.title
    this.element.closest('[data-controller~="live"], [data-controller~="offer"]')?.dispatchEvent(new CustomEvent("live:look"))
  }

  key(event) {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.repeat) return
    const target = { KeyA: this.hasAcceptTarget && this.acceptTarget, KeyD: this.hasDeclineTarget && this.declineTarget }[event.code]
    if (!target) return
    event.preventDefault()
    target.click()
    if (event.code === "KeyD") target.focus()
  }

  flashTitle(seconds) {
    if (document.title !== this.flash) this.title = document.title
    this.flash = `● ${seconds} – ${this.titleValue || this.element.querySelector("h2")?.textContent.trim() || ""}`
    document.title = seconds % 2 ? this.flash : this.title
  }
}
