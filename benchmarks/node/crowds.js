// Many sockets at once: held idle, told of much, cut off.
import { Client, connectAll } from "./client.js"
import { sleep, spread } from "./figures.js"

const QUIET = 1500 // milliseconds without a hint after which no more is expected
const FIRST = 20_000 // and how long the first may take
const WINDOW = 8 // publications of Node's publisher that may be unanswered

const crowd = ({ url, clients }, more = {}) => clients.map((each) => new Client(url, { ...each, ...more }))

// Connects everybody, waits for the word to count, holds them for so many seconds
export async function idle(order, say, next) {
  let dropped = 0
  const began = performance.now()
  const clients = await connectAll(crowd(order, { onDown: () => dropped++ }))
  say({ connected: clients.length, seconds: (performance.now() - began) / 1000 })
  await sleep(order.seconds * 1000)
  say({ dropped, open: clients.filter((client) => client.connected).length })
}

// Counts the hints from the first to the last. Node's are published from here, the product's come of messages that the other side stores
export async function fanOut(order, say, next) {
  let hints = 0
  let first = 0
  let last = 0
  const onStale = () => {
    last = performance.now()
    first ||= last
    hints++
  }
  await connectAll(crowd(order, { onStale }))
  say({ ready: true })
  const { go } = await next()
  hints = first = last = 0
  const began = performance.now()
  if (go === "publish") await publish(order)
  while (performance.now() - (last || began + FIRST) < QUIET) await sleep(50)
  say({ hints, seconds: (last - began) / 1000, streaming: (last - first) / 1000 })
}

async function publish({ url, rooms, publications }) {
  const [publisher] = await connectAll([new Client(url, {})])
  let sent = 0
  const hand = async () => {
    while (sent < publications) await publisher.call("publish", { screen: rooms[sent % rooms.length], version: sent++ })
  }
  await Promise.all(Array.from({ length: WINDOW }, hand))
}

// Everybody is cut off; how long until each is connected and has joined again
export async function storm(order, say, next) {
  let down = 0
  let cutOff = 0
  const back = []
  const clients = crowd(order, { onDown: () => down++ })
  await connectAll(clients)
  for (const client of clients) client.onUp = () => back.push((performance.now() - cutOff))
  say({ ready: clients.length })
  await next()
  cutOff = performance.now()
  const limit = cutOff + order.limit * 1000
  while (performance.now() < limit && back.length < clients.length) await sleep(20)
  say({ down, back: back.length, ...spread(back) })
}
