// One file on its way to the server, part by part. After a cut it asks how much has come and goes on from there.
import { whenBack } from "./connection.js"
import { request } from "./fragments.js"

const PATIENCE = 60_000 // for one part, also over a slow line
const PAUSES = [1, 2, 4, 8, 15]

export class Upload {
  // `to` is the address of uploads, `part` bytes go at once; `told(this)` is called whenever something changed
  constructor(file, { to, part, told, key = null }) {
    Object.assign(this, { file, to, part, told, key, name: file.name, size: file.size })
    this.offset = 0
    this.ready = this.waits = this.gone = false
    this.error = ""
    this.tries = 0
    this.unsure = key !== null
  }

  // Ends when the file is there, cannot be sent, or was taken back
  async run() {
    while (!this.ready && !this.gone && !this.error) {
      try {
        await this.step()
      } catch (error) {
        if (this.gone) return
        this.unsure = this.key !== null
        await this.rest()
      }
    }
  }

  async step() {
    if (!this.key) return this.take(await this.ask("", new URLSearchParams({ name: this.name, size: this.size })))
    if (this.unsure) return this.take(await this.ask(`/${this.key}/progress`))
    if (this.offset < this.size) return this.take(await this.ask(`/${this.key}/parts?offset=${this.offset}`, this.file.slice(this.offset, this.offset + this.part)))
    return this.take(await this.ask(`/${this.key}/end`, new URLSearchParams()))
  }

  async ask(address, body) {
    this.call = new AbortController()
    const timer = setTimeout(() => this.call.abort(), PATIENCE)
    try {
      return await request(this.to + address, { method: body ? "POST" : "GET", headers: { Accept: "application/json" }, body, signal: this.call.signal })
    } finally {
      clearTimeout(timer)
    }
  }

  async take(response) {
    const told = await response.json().catch(() => ({}))
    if (this.gone) return
    if (response.ok) {
      Object.assign(this, { key: told.key, name: told.name, offset: told.offset, ready: told.ready, unsure: false, waits: false, tries: 0 })
    } else if (response.status === 404 && this.key) {
      Object.assign(this, { key: null, offset: 0, unsure: false }) // it has expired: from the beginning
      if (++this.tries > 3) this.error = told.error
    } else if (response.status === 409) {
      this.unsure = true
      if (++this.tries > 20) this.error = told.error
    } else if ([401, 408, 429].includes(response.status) || response.status >= 500) {
      return this.rest(Number(response.headers.get("Retry-After")))
    } else {
      this.error = Object.values(told.errors ?? {})[0] ?? told.error ?? String(response.status)
    }
    this.told(this)
  }

  // Until the connection comes back, or a little longer each time
  rest(seconds = 0) {
    this.waits = true
    this.told(this)
    const pause = seconds || PAUSES[Math.min(this.tries++, PAUSES.length - 1)]
    return new Promise((done) => {
      const end = () => {
        clearTimeout(timer)
        forget()
        done()
      }
      const timer = setTimeout(end, pause * 1000)
      const forget = whenBack(() => !seconds && end())
      this.wake = end
    })
  }

  // This page lets go of it; the server still has what has come
  stop() {
    this.gone = true
    this.call?.abort()
    this.wake?.()
  }

  // Nobody wants it any more
  withdraw() {
    this.stop()
    if (this.key) request(`${this.to}/${this.key}/withdrawal`, { method: "POST", body: new URLSearchParams(), keepalive: true }).catch(() => {}) // else it expires
  }
}
