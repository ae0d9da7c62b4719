// The box one writes in. A message goes out by POST under a name of its own, waits in the outbox until the server has it,
// and shows as an outlined bubble meanwhile. What is half written is kept as a draft. Without script it is a plain form.
import { Controller } from "@hotwired/stimulus"
import { visit } from "@hotwired/turbo"
import { whenBack } from "../connection.js"
import { request } from "../fragments.js"
import { watch } from "../live_socket.js"
import { Draft, Outbox } from "../outbox.js"
import { bubble, say } from "../pending.js"
import { serverNow } from "../server_clock.js"
import { clockTime, word } from "../words.js"

const ACCEPT = "text/vnd.switchboard.message+html, application/json;q=0.5"
const RESEND = 8000
const PATIENCE = 20_000 // then it is sent again; the same name makes it one message
const TYPING = 2500

export default class extends Controller {
  static targets = ["body", "kind", "client", "status", "segment", "box", "label", "read", "check", "article"]
  static values = { key: String, typing: String }

  connect() {
    this.outbox = new Outbox(this.keyValue)
    this.draft = new Draft(this.keyValue)
    this.bubbles = new Map()
    this.sending = false
    this.rests = 0
    this.ears = new AbortController()
    this.renew()
    this.restore()
    if (this.typingValue) this.watch = watch(this.typingValue, { look: () => {}, stale: () => {} })
    const signal = this.ears.signal
    this.element.addEventListener("submit", (event) => this.submit(event), { signal })
    this.bodyTarget.addEventListener("input", () => this.typed(), { signal })
    this.bodyTarget.addEventListener("keydown", (event) => this.key(event), { signal })
    document.addEventListener("composer:insert", (event) => this.insert(event.detail), { signal })
    document.addEventListener("thread:ready", ({ detail }) => detail.key === this.keyValue && this.hangUp(), { signal })
    document.addEventListener("thread:seen", ({ detail }) => detail.key === this.keyValue && this.read(detail.last), { signal })
    addEventListener("pagehide", () => this.draftTimer && this.keep(), { signal })
    this.forget = whenBack(() => this.flush())
    this.timer = setInterval(() => this.flush(), RESEND + Math.random() * 2000)
    this.flush()
  }

  disconnect() {
    this.ears.abort()
    this.forget()
    clearInterval(this.timer)
    this.watch?.end()
    this.keep()
  }

  reply() {
    this.choose("reply")
  }

  note() {
    this.choose("note")
  }

  choose(kind) {
    if (this.hasKindTarget) this.kindTarget.value = kind
    for (const segment of this.segmentTargets) segment.setAttribute("aria-pressed", String(segment.dataset.kind === kind))
    if (this.hasBoxTarget) this.boxTarget.classList.toggle("sb-box--note", kind === "note")
    if (this.hasLabelTarget) this.labelTarget.textContent = this.labelTarget.dataset[kind]
    this.keep()
    this.bodyTarget.focus()
  }

  keepEditing(event) {
    event.preventDefault()
    if (this.hasCheckTarget) this.checkTarget.hidden = true
    this.bodyTarget.focus()
  }

  discard(event) {
    event.preventDefault()
    this.bodyTarget.value = ""
    this.keepEditing(event)
    this.keep()
  }

  // Puts a text where the cursor is, on a line of its own when there is text before it
  insert({ text, article }) {
    const { selectionStart: start, selectionEnd: end, value } = this.bodyTarget
    const gap = start > 0 && !/\s$/.test(value.slice(0, start)) ? " " : ""
    this.bodyTarget.focus()
    this.bodyTarget.setRangeText(gap + text, start, end, "end")
    if (article) this.articleField().value = article
    this.typed()
  }

  submit(event) {
    event.preventDefault()
    const files = [...this.element.querySelectorAll('[name="files"]')].map(({ value, dataset }) => ({ key: value, ...dataset }))
    if (!this.bodyTarget.value.trim() && !files.length) return this.bodyTarget.focus()
    const fields = [...new FormData(this.element, event.submitter)]
    const given = Object.fromEntries(fields)
    const entry = { id: given.client_id, fields, body: given.body, note: given.kind === "note" || "as_note" in given, files, at: serverNow() }
    this.outbox.put(entry)
    this.dispatch("queued")
    this.bodyTarget.value = ""
    this.element.querySelector('[name="article_id"]')?.setAttribute("value", "")
    this.renew()
    this.keep()
    if (this.hasCheckTarget) this.checkTarget.hidden = true
    this.bodyTarget.focus()
    this.flush()
  }

  // One after the other, as they were written and by one tab at a time: while one waits, those behind it wait, too
  async flush() {
    this.takeShown()
    const waiting = this.outbox.all()
    for (const entry of waiting) this.show(entry)
    const next = waiting.find((entry) => !entry.refused)
    for (const id of this.bubbles.keys()) if (!waiting.some((entry) => entry.id === id)) this.sentElsewhere(id)
    if (this.sending || !next || performance.now() < this.rests) return
    this.sending = true
    let gone = false
    try {
      gone = await this.outbox.alone(() => !this.outbox.has(next.id) || this.send(next))
    } finally {
      this.sending = false
    }
    if (gone) this.flush()
  }

  // What the conversation shows is stored, whether or not somebody has told so here: nothing of it waits any more
  takeShown() {
    for (const entry of this.outbox.all()) {
      if (!document.getElementById(`message-${entry.id}`)) continue
      this.outbox.take(entry.id)
      this.drop(entry)
    }
  }

  // Tells whether the way is free for the next one
  async send(entry) {
    const options = { method: "POST", headers: { Accept: ACCEPT }, body: new URLSearchParams(entry.fields), signal: AbortSignal.timeout(PATIENCE) }
    try {
      const response = await request(this.element.action, options)
      return response.ok ? await this.stored(entry, response) : await this.notStored(entry, response)
    } catch {
      return this.waits(word("waits"))
    }
  }

  async stored(entry, response) {
    this.outbox.take(entry.id)
    // A message that began something new (a follow-up) leads to its page
    const elsewhere = response.headers.get("Location") ?? (response.redirected ? response.url : null)
    if (elsewhere && new URL(elsewhere, location.href).pathname !== location.pathname) return void visit(elsewhere)
    const html = await response.text()
    this.drop(entry)
    document.dispatchEvent(new CustomEvent("composer:sent", { detail: { key: this.keyValue, html } }))
    this.dispatch("sent", { bubbles: true })
    return true
  }

  // The server has it not: later by itself (limits, trouble on its side), or never unless the writer changes something
  async notStored(entry, response) {
    const told = await response.json().catch(() => ({}))
    const sentence = Object.values(told.errors ?? {})[0] ?? told.error ?? word("unsent")
    if (response.status === 429) this.rests = performance.now() + 1000 * Number(response.headers.get("Retry-After") ?? 30)
    if ([401, 429].includes(response.status) || response.status >= 500) return this.waits(sentence)
    if (!this.outbox.has(entry.id)) return true // taken back while it was on its way
    if (response.status === 409 && this.hasCheckTarget) return this.collided(entry)
    entry.refused = true
    this.outbox.put(entry)
    say(this.bubbles.get(entry.id), `${word("unsent")}. ${sentence}`, this.acts(entry, true))
    return true
  }

  // Somebody wrote in the meantime: what is new is shown above, all that was not said yet comes back, the writer chooses
  collided(entry) {
    const unsaid = this.outbox.all().filter((one) => one.id === entry.id || !(one.note || one.refused))
    for (const one of unsaid.reverse()) this.takeBack(one)
    this.checkTarget.hidden = false
    document.dispatchEvent(new CustomEvent("thread:look"))
  }

  // The outbox has them already; what was taken back meanwhile, here or in another tab, must not come back
  waits(sentence) {
    for (const one of this.outbox.all()) if (!one.refused) say(this.bubbles.get(one.id), sentence, this.acts(one, false))
  }

  acts(entry, refused) {
    const again = [word("again"), () => this.sendAgain(entry)]
    const back = [word("back"), () => this.takeBack(entry)]
    return refused ? [again, back] : [back]
  }

  sendAgain(entry) {
    this.outbox.put(Object.assign(entry, { refused: false, at: serverNow() }))
    say(this.bubbles.get(entry.id), word("sending"), [])
    this.flush()
  }

  takeBack(entry) {
    this.outbox.take(entry.id)
    this.drop(entry)
    this.bodyTarget.value = [entry.body, this.bodyTarget.value].filter(Boolean).join("\n\n")
    this.dispatch("back", { detail: { files: entry.files ?? [] } })
    this.keep()
    this.bodyTarget.focus()
  }

  show(entry) {
    if (this.bubbles.get(entry.id)?.isConnected) return
    const node = bubble(entry)
    this.bubbles.set(entry.id, node)
    this.hangUp()
    if (!node.isConnected) this.element.before(node)
    if (entry.refused) say(node, word("unsent"), this.acts(entry, true))
  }

  // The conversation takes the bubbles to its end; it may have come later than this box
  hangUp() {
    for (const node of this.bubbles.values()) document.dispatchEvent(new CustomEvent("composer:pending", { detail: { key: this.keyValue, node } }))
  }

  // Another tab has sent it or taken it back; the conversation brings it, if it was sent
  sentElsewhere(id) {
    this.drop({ id })
    document.dispatchEvent(new CustomEvent("thread:look"))
  }

  drop(entry) {
    this.bubbles.get(entry.id)?.remove()
    this.bubbles.delete(entry.id)
  }

  typed() {
    clearTimeout(this.draftTimer)
    this.draftTimer = setTimeout(() => this.keep(true), 400)
    if (!this.watch || this.isNote() || performance.now() - (this.told ?? -TYPING) < TYPING) return
    this.told = performance.now()
    this.watch.type()
  }

  key(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return
    event.preventDefault()
    this.element.requestSubmit(this.element.querySelector('button[type="submit"].btn-primary:not([hidden])'))
  }

  // What the writer has seen; the server compares it with what there is
  read(last) {
    if (this.hasReadTarget && last > Number(this.readTarget.value)) this.readTarget.value = last
  }

  keep(tell = false) {
    clearTimeout(this.draftTimer)
    this.draftTimer = null
    const body = this.bodyTarget.value
    this.draft.set(body.trim() ? { body, kind: this.hasKindTarget ? this.kindTarget.value : "reply" } : null)
    if (this.hasStatusTarget) this.statusTarget.textContent = tell && body.trim() ? word("draft", { time: clockTime() }) : ""
  }

  restore() {
    const kept = this.draft.get()
    if (!kept && this.bodyTarget.value.trim()) return this.keep() // typed before this script had come
    if (!kept || this.bodyTarget.value.trim()) return
    this.bodyTarget.value = kept.body
    if (kept.kind === "note" && this.segmentTargets.length) this.noteQuietly()
  }

  noteQuietly() {
    const active = document.activeElement
    this.choose("note")
    active?.focus?.()
  }

  isNote() {
    return this.hasKindTarget && this.kindTarget.value === "note"
  }

  renew() {
    if (this.hasClientTarget) this.clientTarget.value = freshName()
  }

  articleField() {
    const field = this.element.querySelector('[name="article_id"]')
    if (field) return field
    const made = Object.assign(document.createElement("input"), { type: "hidden", name: "article_id" })
    this.element.append(made)
    return made
  }
}

// A random name; randomUUID exists only over https and on localhost, random numbers everywhere
function freshName() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("")
}
