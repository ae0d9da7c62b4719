// The messages of one conversation. First load, a hint, a poll and coming back are one path: fetch what is newer than the
// last one here and add what is not here yet. Marks what the reader wrote, draws day lines, never pulls the reader away.
import { Controller } from "@hotwired/stimulus"
import { Refused, elements, fragment, request } from "../fragments.js"
import { watch } from "../live_socket.js"
import { person, word, written } from "../words.js"

const NEAR = 140
const TYPING = 4000
const PAGE = 50

export default class extends Controller {
  static targets = ["list", "typing", "newer", "looks"]
  static values = { screen: String, src: String, order: { type: String, default: "seq" }, read: String, got: Number, seen: Number }

  connect() {
    this.busy = false
    this.unseen = 0
    this.told = { got: 0, seen: 0 }
    this.title = document.title
    this.adopt()
    this.toEnd()
    this.watch = watch(this.screenValue, { look: () => this.fetchNewer(), typing: (name) => this.showTyping(name), numbers: (numbers) => this.reached(numbers) })
    this.hears("composer:pending", ({ detail }) => detail.key === this.screenValue && this.addPending(detail.node))
    this.hears("composer:sent", ({ detail }) => detail.key === this.screenValue && this.add(detail.html, true))
    this.hears("thread:look", () => this.fetchNewer())
    this.hears("visibilitychange", () => document.hidden || this.seen())
    this.onScroll = () => this.isNearEnd() && this.seen()
    this.element.addEventListener("scroll", this.onScroll, { passive: true })
    document.dispatchEvent(new CustomEvent("thread:ready", { detail: { key: this.screenValue } }))
    this.seen()
    this.tell()
  }

  disconnect() {
    this.watch.end()
    this.heard.abort()
    this.heard = null
    clearTimeout(this.typingTimer)
    this.element.removeEventListener("scroll", this.onScroll)
  }

  hears(name, task) {
    this.heard ??= new AbortController()
    document.addEventListener(name, task, { signal: this.heard.signal })
  }

  async fetchNewer() {
    if (this.busy) return void (this.again = true)
    this.busy = true
    try {
      do {
        this.again = false
        const address = new URL(this.srcValue, location.href)
        address.searchParams.set("after", this.last())
        const { html } = await fragment(address)
        this.reached(elements(html).querySelector("[data-receipts]")?.dataset)
        if (this.add(html) >= PAGE) this.again = true
      } while (this.again)
    } catch (error) {
      if (error instanceof Refused && [403, 404].includes(error.status)) this.watch.end()
      else this.watch.missed()
    } finally {
      this.busy = false
    }
  }

  // Adds the messages that are not here yet; tells how many
  add(html, mine = false) {
    const stay = !mine && !this.isNearEnd()
    const fresh = [...elements(html).querySelectorAll('[id^="message-"]')].filter((node) => !document.getElementById(node.id))
    for (const node of fresh) {
      this.list.querySelector(`[data-pending="${CSS.escape(node.dataset.client ?? "")}"]`)?.remove()
      this.place(node)
    }
    if (!fresh.length) return 0
    this.adopt()
    this.drawReceipts()
    const others = fresh.filter((node) => node.dataset.author !== person())
    if (others.length) this.hideTyping()
    if (stay) this.countUnseen(others.length)
    else this.toEnd()
    if (document.hidden) this.flashTitle(others.length)
    else if (!stay) this.seen()
    this.tell()
    return fresh.length
  }

  // By number, wherever it arrived; what still waits to be sent stays last
  place(node) {
    const after = this.messages().findLast((other) => this.number(other) < this.number(node))
    if (after) return after.after(node)
    const first = this.messages()[0] ?? this.list.querySelector("[data-pending]")
    if (first) first.before(node)
    else this.list.append(node)
  }

  addPending(node) {
    this.list.append(node)
    this.toEnd()
  }

  // "You" at the reader's own, and a line where a day begins
  adopt() {
    let before = null
    for (const node of this.messages()) {
      if (node.dataset.author === person()) mark(node)
      if (node.dataset.day && node.dataset.day !== before && !isDayLine(node.previousElementSibling)) node.before(dayLine(node.dataset.day))
      before = node.dataset.day ?? before
    }
  }

  showTyping(name) {
    if (!this.hasTypingTarget) return
    this.typingTarget.setAttribute("aria-hidden", "true")
    this.typingTarget.replaceChildren(dots(), Object.assign(document.createElement("span"), { textContent: word("typing", { name }) }))
    const near = this.isNearEnd()
    this.typingTarget.hidden = false
    if (near) this.toEnd()
    clearTimeout(this.typingTimer)
    this.typingTimer = setTimeout(() => this.hideTyping(), TYPING)
  }

  hideTyping() {
    if (this.hasTypingTarget) this.typingTarget.hidden = true
  }

  countUnseen(more) {
    this.unseen += more
    if (!this.unseen) return
    this.newer ??= this.hasNewerTarget ? this.newerTarget : this.makeNewer()
    this.newer.hidden = false
    this.newer.textContent = word("fresh", { n: this.unseen })
  }

  makeNewer() {
    const button = document.createElement("button")
    button.type = "button"
    button.className = "btn sb-fresh sb-fresh--end"
    button.addEventListener("click", () => this.toEnd())
    this.element.append(button)
    return button
  }

  // The reader looks at the end of the conversation: nothing is new any more
  seen() {
    if (document.title !== this.title) document.title = this.title
    if (document.hidden || !this.isNearEnd()) return
    this.unseen = 0
    if (this.newer) this.newer.hidden = true
    document.dispatchEvent(new CustomEvent("thread:seen", { detail: { key: this.screenValue, last: this.last() } }))
    this.tell(true)
  }

  flashTitle(more) {
    this.missed = (document.title === this.title ? 0 : this.missed) + more
    if (this.missed) document.title = `(${this.missed}) ${this.title}`
  }

  // Tells the server how far this page has got the other side's messages and, if so, that the reader has them before his eyes;
  // `thread:told` says that it knows
  tell(seen = false) {
    const got = this.messages().reduce((most, node) => (this.isOwn(node) ? most : Math.max(most, Number(node.dataset.seq) || 0)), 0)
    const now = { got: Math.max(got, this.told.got), seen: Math.max(seen ? got : 0, this.told.seen) }
    if (!this.readValue || (now.got === this.told.got && now.seen === this.told.seen)) return
    const before = this.told
    this.told = now
    request(this.readValue, { method: "POST", body: new URLSearchParams(now) })
      .then(({ ok }) => (ok ? document.dispatchEvent(new Event("thread:told")) : (this.told = before)), () => (this.told = before))
  }

  // How far the other side is; never back, whatever arrives late
  reached(numbers) {
    if (!numbers) return
    this.gotValue = Math.max(this.gotValue, Number(numbers.got) || 0)
    this.seenValue = Math.max(this.seenValue, Number(numbers.seen) || 0)
    this.drawReceipts()
  }

  // Below the last message that was read, the last that was delivered, the last that was sent
  drawReceipts() {
    const below = new Map()
    const own = this.messages().filter((node) => this.isOwn(node) && node.dataset.seq)
    const last = (limit) => own.findLast((node) => Number(node.dataset.seq) <= limit)
    for (const [what, node] of [["sent", last(Infinity)], ["delivered", last(this.gotValue)], ["read", last(this.seenValue)]]) if (node) below.set(node, what)
    for (const old of this.list.querySelectorAll(":scope > [data-receipt]")) if (below.get(old.previousElementSibling) !== old.dataset.receipt) old.remove()
    for (const [node, what] of below) if (!node.nextElementSibling?.matches("[data-receipt]")) node.after(this.receipt(what))
  }

  receipt(what) {
    return this.looksTarget.content.querySelector(`[data-receipt="${what}"]`).cloneNode(true)
  }

  // Of this side of the conversation: a colleague's counts like one's own
  isOwn(node) {
    return node.classList.contains("sb-msg--staff") === (this.orderValue === "desk_seq")
  }

  // The number up to which nothing is missing: what the reader wrote may be confirmed before what stands above it was fetched
  last() {
    let last = 0
    for (const number of this.messages().map((node) => this.number(node))) {
      if (last && number > last + 1) break
      last = Math.max(last, number)
    }
    return last
  }

  number(node) {
    return Number(this.orderValue === "desk_seq" ? node.dataset.deskSeq : node.dataset.seq) || 0
  }

  messages() {
    return [...this.list.querySelectorAll(':scope > [id^="message-"]')]
  }

  get list() {
    return this.hasListTarget ? this.listTarget : this.element
  }

  isNearEnd() {
    const bottom = Math.min(innerHeight, this.element.getBoundingClientRect().bottom)
    return (this.list.lastElementChild?.getBoundingClientRect().bottom ?? 0) <= bottom + NEAR
  }

  // Scrolls the conversation itself; where the whole page scrolls, only as far as needed
  toEnd() {
    if (this.element.scrollHeight > this.element.clientHeight + 4) this.element.scrollTop = this.element.scrollHeight
    else if (this.watch) this.list.lastElementChild?.scrollIntoView({ block: "nearest" })
    this.unseen = 0
    if (this.newer) this.newer.hidden = true
  }
}

function mark(node) {
  node.classList.add("is-mine")
  const name = node.querySelector("[data-mine]")
  if (name) name.textContent = name.dataset.mine
}

function isDayLine(node) {
  return node?.classList.contains("sb-day") ?? false
}

function dayLine(day) {
  const when = day.slice(0, 4) === today().slice(0, 4) ? { weekday: "long" } : { year: "numeric" } // of an older day the year says more
  const long = written(new Date(`${day}T12:00Z`), { ...when, day: "numeric", month: "long", timeZone: "UTC" })
  const line = document.createElement("p")
  line.className = "sb-day"
  line.textContent = day === today() ? `${word("today")}, ${long}` : long
  return line
}

function today() {
  return new Intl.DateTimeFormat("sv", { timeZone: document.documentElement.dataset.zone || undefined }).format(new Date())
}

function dots() {
  const shown = document.createElement("span")
  shown.className = "sb-typing"
  shown.append(...[1, 2, 3].map(() => document.createElement("i")))
  return shown
}
