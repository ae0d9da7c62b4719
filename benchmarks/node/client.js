// A small Socket.IO client over a raw WebSocket: one process holds thousands of them, which the browser's client cannot.
import WebSocket from "ws"

const PATIENCE = 20_000
const DELAY = 500 // as static/js/live_socket.js: so many milliseconds, doubled each time up to 15 s, more or less 60 %
const LONGEST = 15_000
const JITTER = 0.6

export class Client {
  constructor(url, { cookie, screens = [], onStale = () => {}, onUp = () => {}, onDown = () => {} }) {
    Object.assign(this, { url, cookie, screens, onStale, onUp, onDown })
    this.answers = new Map()
    this.number = 0
    this.tries = 0
    this.connected = this.ended = false
  }

  // Resolves when the server has taken us and every screen is joined
  connect() {
    return new Promise((resolve, reject) => {
      const headers = this.cookie ? { cookie: this.cookie } : {}
      const address = `${this.url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`
      const socket = (this.socket = new WebSocket(address, { headers, origin: this.url, perMessageDeflate: false, handshakeTimeout: PATIENCE }))
      socket.on("message", (data) => this.hear(data.toString(), resolve, reject))
      socket.on("error", () => {})
      socket.on("close", () => this.lost(reject))
    })
  }

  hear(text, resolve, reject) {
    if (text === "2") return this.socket.send("3")
    if (text[0] === "0") return this.socket.send("40")
    if (text.startsWith("42")) return this.heard(JSON.parse(text.slice(2)))
    if (text.startsWith("43")) return this.answered(text)
    if (text.startsWith("44")) return reject(new Error(`refused: ${text}`))
    if (text.startsWith("40")) this.enter().then(resolve, reject)
  }

  heard([name, data]) {
    if (name === "stale") this.onStale(data, this)
  }

  answered(text) {
    const [, number, data] = text.match(/^43(\d+)(.*)$/s)
    this.answers.get(+number)?.(JSON.parse(data)[0])
    this.answers.delete(+number)
  }

  async enter() {
    for (const screen of this.screens) {
      const answer = await this.call("join", { screen })
      if (!answer?.ok) throw new Error(`not allowed: ${screen}`)
    }
    this.connected = true
    this.tries = 0
    this.onUp(this)
    return this
  }

  call(name, data) {
    return new Promise((resolve) => {
      this.answers.set(++this.number, resolve)
      this.socket.send(`42${this.number}${JSON.stringify([name, data])}`)
    })
  }

  lost(reject) {
    const was = this.connected
    this.connected = false
    this.answers.clear()
    reject(new Error("closed"))
    if (was) this.onDown(this)
    if (!this.ended && (was || this.tries)) this.again()
  }

  again() {
    const pause = Math.min(LONGEST, DELAY * 2 ** this.tries++) * (1 - JITTER + 2 * JITTER * Math.random())
    setTimeout(() => this.ended || this.connect().catch(() => {}), pause)
  }

  end() {
    this.ended = true
    this.socket.terminate()
  }
}

// So many at once, each connected and joined; throws when one is refused
export async function connectAll(clients, at_once = 50) {
  const waiting = [...clients]
  const hand = async () => {
    while (waiting.length) await waiting.pop().connect()
  }
  await Promise.all(Array.from({ length: at_once }, hand))
  return clients
}
