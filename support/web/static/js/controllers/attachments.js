// Files beside a text: chosen, pasted or dropped, uploaded at once, and sent with the form as hidden fields. Sending waits for
// them. What is on its way goes on after a cut, a reload or another visit. Without script it is a plain field for files.
import { Controller } from "@hotwired/stimulus"
import { dropFile, dropOldFiles, keepFile, keptFile } from "../kept_files.js"
import { Draft } from "../outbox.js"
import { Upload } from "../upload.js"
import { fileSize, word } from "../words.js"

export default class extends Controller {
  static targets = ["list", "status", "field", "button", "row", "plain"]
  static values = { key: String, src: String, limits: Object }

  connect() {
    this.draft = new Draft(`files:${this.keyValue}`)
    this.rows = new Map() // list item → { key, name, size, upload }
    this.ears = new AbortController()
    this.plain()
    this.hears("submit", (event) => this.submit(event), true)
    this.hears("paste", (event) => this.paste(event))
    this.hears("dragover", (event) => this.drag(event))
    this.hears("dragleave", (event) => this.element.contains(event.relatedTarget) || this.mark(false))
    this.hears("drop", (event) => this.drop(event))
    this.hears("composer:queued", () => this.clear())
    this.hears("composer:back", ({ detail }) => detail.files.forEach((file) => this.show(file)))
    this.hears("turbo:submit-end", ({ detail }) => detail.success && this.clear())
    for (const node of this.listTarget.querySelectorAll("li")) this.adopt(node)
    this.restore()
  }

  disconnect() {
    this.ears.abort()
    for (const { upload } of this.rows.values()) upload?.stop()
    for (const node of this.rows.keys()) node.remove()
  }

  hears(name, task, capture = false) {
    this.element.addEventListener(name, task, { signal: this.ears.signal, capture })
  }

  // The field chooses, and no longer sends by itself
  plain() {
    this.fieldTarget.removeAttribute("name")
    for (const place of this.plainTargets) place.hidden = true
    this.buttonTarget.hidden = false
    this.hears("change", ({ target }) => target === this.fieldTarget && this.chosen())
  }

  chosen() {
    this.add([...this.fieldTarget.files])
    this.fieldTarget.value = ""
  }

  choose() {
    this.fieldTarget.click()
  }

  paste(event) {
    const files = [...(event.clipboardData?.files ?? [])]
    if (!files.length || event.clipboardData.types.includes("text/plain")) return // a table brings its picture along; its text is meant
    event.preventDefault()
    this.add(files)
  }

  drag(event) {
    if (!event.dataTransfer?.types.includes("Files")) return
    event.preventDefault()
    this.mark(true)
  }

  drop(event) {
    if (!event.dataTransfer?.files.length) return
    event.preventDefault()
    this.mark(false)
    this.add([...event.dataTransfer.files])
  }

  mark(yes) {
    this.element.classList.toggle("is-dropping", yes)
  }

  add(files) {
    for (const file of files) {
      const lost = [...this.rows].find(([, row]) => row.lost && row.name === file.name && row.size === file.size)
      if (lost) this.goOn(lost[0], file)
      else if (this.rows.size >= this.limitsValue.count) return this.say(word("file_many", { n: this.limitsValue.count }))
      else this.begin(file)
    }
  }

  begin(file) {
    const node = this.show({ name: file.name, size: file.size })
    const wrong = !file.size ? word("file_empty") : file.size > this.limitsValue.bytes ? word("file_large", { n: this.limitsValue.megabytes }) : ""
    if (wrong) return this.refuse(node, wrong)
    this.run(node, file, null)
  }

  goOn(node, file) {
    this.rows.get(node).lost = false
    this.run(node, file, this.rows.get(node).key)
  }

  // One after the other, so that the first is there soon
  run(node, file, key) {
    const row = this.rows.get(node)
    row.upload = new Upload(file, { to: this.srcValue, part: this.limitsValue.part, key, told: (upload) => this.told(node, upload) })
    this.queue = (this.queue ?? Promise.resolve()).then(() => row.upload.run())
    this.paint(node)
  }

  told(node, upload) {
    const row = this.rows.get(node)
    if (!row) return
    if (upload.key !== row.key) {
      if (row.key) dropFile(row.key)
      if (upload.key) keepFile(upload.key, upload.file)
    }
    Object.assign(row, { key: upload.key, name: upload.name })
    if (upload.error) this.refuse(node, upload.error)
    if (upload.ready) this.arrived(node)
    this.paint(node)
    this.keep()
  }

  arrived(node) {
    const row = this.rows.get(node)
    dropFile(row.key)
    row.upload = null
    this.send(node, row)
    if (!this.wanted) this.say(word("file_ready", { name: row.name }), true)
    if (this.wanted && !this.isBusy()) this.goAhead()
  }

  // From here on the form sends it
  send(node, { key, name, size }) {
    const field = Object.assign(document.createElement("input"), { type: "hidden", name: "files", value: key })
    Object.assign(field.dataset, { name, size })
    node.append(field)
  }

  goAhead() {
    const { submitter } = this.wanted
    this.wanted = null
    this.element.requestSubmit(submitter?.isConnected ? submitter : null)
  }

  submit(event) {
    const wrong = [...this.rows].find(([, row]) => row.error || row.lost)
    if (!wrong && !this.isBusy()) return
    event.preventDefault()
    event.stopImmediatePropagation()
    if (wrong) {
      this.say(word("file_fault"))
      return wrong[0].querySelector("button").focus()
    }
    this.wanted = { submitter: event.submitter }
    this.say(word("file_wait"))
  }

  isBusy() {
    return [...this.rows.values()].some((row) => row.upload)
  }

  remove({ currentTarget }) {
    const node = currentTarget.closest("li")
    const row = this.rows.get(node)
    if (row.upload) row.upload.withdraw()
    else if (row.key) new Upload({ name: row.name, size: row.size }, { to: this.srcValue, key: row.key, told: () => {} }).withdraw()
    if (row.key) dropFile(row.key)
    this.forget(node)
    this.wanted = null
    this.say(word("file_removed", { name: row.name }), true)
    this.buttonTarget.focus()
  }

  forget(node) {
    this.rows.delete(node)
    node.remove()
    this.keep()
  }

  clear() {
    for (const node of [...this.rows.keys()]) this.forget(node)
    this.say("")
  }

  refuse(node, sentence) {
    const row = this.rows.get(node)
    Object.assign(row, { error: sentence, upload: null })
    this.wanted = null
    this.paint(node)
    this.keep()
    this.say(`${row.name}: ${sentence}`, true)
  }

  // A line of the list; one with a key is whole already
  show({ key = null, name, size }) {
    const node = this.rowTarget.content.firstElementChild.cloneNode(true)
    this.listTarget.append(node)
    this.rows.set(node, { key, name, size: Number(size), upload: null, error: "", lost: false })
    if (key) this.send(node, { key, name, size })
    this.paint(node)
    this.keep()
    return node
  }

  // What the server wrote into the page: it came with a form that is shown again
  adopt(node) {
    const { value, dataset } = node.querySelector("input")
    node.remove()
    this.show({ key: value, name: dataset.name, size: dataset.size })
  }

  async restore() {
    const kept = this.draft.get() ?? []
    dropOldFiles()
    for (const { key, name, size } of kept) {
      if ([...this.rows.values()].some((row) => row.key === key)) continue
      const file = await keptFile(key)
      if (this.ears.signal.aborted) return
      const node = this.show({ name, size })
      this.rows.get(node).key = key
      if (file) this.run(node, new File([file], name), key)
      else this.lookFor(node, key)
    }
  }

  // Nothing of it is kept here: either the server has all of it, or the reader must choose it again
  async lookFor(node, key) {
    const row = this.rows.get(node)
    const upload = new Upload({ name: row.name, size: row.size }, { to: this.srcValue, key, told: () => {} })
    row.upload = upload
    await upload.step().catch(() => {})
    if (!this.rows.has(node)) return
    row.upload = null
    if (upload.ready) return this.arrived(node)
    if (!upload.key) return this.forget(node)
    row.lost = true
    this.paint(node)
  }

  keep() {
    if (this.ears.signal.aborted) return
    const kept = [...this.rows.values()].filter((row) => row.key && !row.error).map(({ key, name, size }) => ({ key, name, size }))
    this.draft.set(kept.length ? kept : null)
  }

  paint(node) {
    const { name, size, upload, error, lost } = this.rows.get(node)
    const part = (key) => node.querySelector(`[data-part="${key}"]`)
    part("name").textContent = name
    part("size").textContent = fileSize(size)
    part("remove").setAttribute("aria-label", word("file_remove", { name }))
    const bar = part("progress")
    bar.hidden = !upload
    bar.value = upload ? upload.offset / size : 1
    bar.setAttribute("aria-label", name)
    part("state").textContent = error || (lost ? word("file_again") : upload?.waits ? word("waits") : "")
    node.classList.toggle("sb-attach-bad", Boolean(error || lost))
    part("ready").toggleAttribute("hidden", Boolean(upload || error || lost))
  }

  // What the list shows anyway is said for those who do not see it
  say(sentence, quiet = false) {
    this.statusTarget.classList.toggle("sb-vh", quiet)
    this.statusTarget.textContent = sentence
  }
}
