// People write to each other at a fixed rate, by HTTP as the browser does; whoever is told fetches what is newer. A message counts as shown when
// the answer to that fetch, on the other side, holds it. Beside it pages are opened.
import http from "node:http"
import { Client, connectAll } from "./client.js"
import { seeded, sleep, spread } from "./figures.js"

const agent = new http.Agent({ keepAlive: true, maxSockets: 200 })

function ask(url, path, options) {
  const { cookie, form, accept = "text/html" } = options
  const body = form && new URLSearchParams(form).toString()
  const headers = { cookie, accept, origin: url, ...(body && { "content-type": "application/x-www-form-urlencoded", "content-length": Buffer.byteLength(body) }) }
  return new Promise((resolve, reject) => {
    const request = http.request(url + path, { agent, method: form ? "POST" : "GET", headers }, (response) => {
      let text = ""
      response.setEncoding("utf8")
      response.on("data", (part) => (text += part))
      response.on("end", () => resolve({ status: response.statusCode, text }))
    })
    // The server may close a kept connection just as it is used again; browsers ask once more then, and so do we
    request.on("error", (error) => (request.reusedSocket && error.code === "ECONNRESET" ? ask(url, path, options).then(resolve, reject) : reject(error)))
    request.end(body)
  })
}

// One side of a conversation: its socket, and how far it has read
class Side {
  constructor(url, { cookie, screen, address, last, order }, shown) {
    Object.assign(this, { url, cookie, address, last, order, shown })
    this.client = new Client(url, { cookie, screens: [screen], onStale: () => this.fetchNewer() })
  }

  // One fetch at a time, as controllers/thread.js does
  async fetchNewer() {
    if (this.busy) return void (this.again = true)
    this.busy = true
    do {
      this.again = false
      const { text } = await ask(this.url, `${this.address}?after=${this.last}`, { cookie: this.cookie })
      for (const [tag, id] of text.matchAll(/<div class="sb-msg[^>]*id="message-([^"]+)"[^>]*>/g)) {
        this.last = Math.max(this.last, +(tag.match(new RegExp(` data-${this.order}="(\\d+)"`))?.[1] ?? 0))
        this.shown(id, this)
      }
    } while (this.again)
    this.busy = false
  }
}

export async function talk({ url, conversations, rates, seconds, pages, seed }, say) {
  const random = seeded(seed)
  const sent = new Map()
  const shownAfter = []
  const shown = (id, side) => {
    const message = sent.get(id)
    if (!message || message.by === side) return
    shownAfter.push(performance.now() - message.at)
    sent.delete(id)
  }
  const pairs = conversations.map(([one, other]) => [new Side(url, one, shown), new Side(url, other, shown)])
  await connectAll(pairs.flat().map((side) => side.client))
  for (const rate of rates) {
    sent.clear()
    shownAfter.length = 0
    say({ rate, ...(await atRate({ url, pairs, rate, seconds, pages, random, sent })), shown: spread(shownAfter), unseen: sent.size })
  }
}

async function atRate({ url, pairs, rate, seconds, pages, random, sent }) {
  const acknowledged = []
  const opened = []
  let refused = 0
  const write = async (side, id) => {
    const at = performance.now()
    sent.set(id, { at, by: side })
    const form = { body: "Where is my parcel? It should have been here on Monday.", client_id: id, ...(side.order === "desk-seq" && { kind: "reply" }) }
    const { status } = await ask(url, side.address, { cookie: side.cookie, form, accept: "text/vnd.switchboard.message+html" })
    if (status !== 201) return void refused++
    acknowledged.push(performance.now() - at)
  }
  const look = async ({ path, cookie }) => {
    const at = performance.now()
    const { status } = await ask(url, path, { cookie })
    if (status !== 200) refused++
    opened.push(performance.now() - at)
  }
  const began = performance.now()
  const tasks = []
  const pace = async (many, act) => {
    for (let count = 0; count < many * seconds; count++) {
      const pause = began + (count * 1000) / many - performance.now()
      if (pause > 0) await sleep(pause)
      tasks.push(act(count))
    }
  }
  await Promise.all([
    pace(rate, (count) => write(pairs[Math.floor(random() * pairs.length)][count % 2], `bench-${rate}-${count}-${Math.floor(began)}`)),
    pace(pages.rate, (count) => look(pages.list[count % pages.list.length])),
  ])
  const limit = performance.now() + 10_000
  await Promise.race([Promise.all(tasks), sleep(10_000)])
  while (sent.size && performance.now() < limit) await sleep(50)
  return { acknowledged: spread(acknowledged), pages: spread(opened), refused }
}
