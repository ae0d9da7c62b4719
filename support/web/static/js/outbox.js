// Messages that are written but not yet stored by the server, kept in this browser until they are. Each has a name of its
// own, so that sending one twice stores it once.
import { serverNow } from "./server_clock.js"
import { person } from "./words.js"

const DAYS = 7 // an older one is not sent by itself any more: its writer decides

export class Outbox {
  constructor(key) {
    this.name = `outbox:${person()}:${key}`
  }

  // In the order in which they were written, whatever the clocks said
  all() {
    const old = serverNow() - DAYS * 86_400_000
    const kept = names(`${this.name}:`).map((name) => read(name, null)).filter(Boolean)
    for (const entry of kept) entry.refused ||= entry.at < old
    return kept.sort((one, other) => one.order - other.order || (one.id < other.id ? -1 : 1))
  }

  // Each has a place of its own, so that two tabs never overwrite each other's
  put(entry) {
    entry.order ??= this.all().reduce((most, other) => Math.max(most, other.order), 0) + 1
    write(`${this.name}:${entry.id}`, entry)
  }

  take(id) {
    write(`${this.name}:${id}`, null)
  }

  has(id) {
    return read(`${this.name}:${id}`, null) !== null
  }

  // Does `task()` unless another tab of this person does the same just now; tells what it told
  async alone(task) {
    if (!navigator.locks) return task() // without https there is no lock: a message sent twice is still one
    let answered = false
    try {
      return await navigator.locks.request(this.name, { ifAvailable: true }, (lock) => (answered = true) && lock && task())
    } catch (error) {
      if (answered) throw error
      return task() // a browser that forbids storing refuses locks, too
    }
  }
}

export class Draft {
  constructor(key) {
    this.name = `draft:${person()}:${key}`
  }

  get() {
    return read(this.name, null)
  }

  set(value) {
    write(this.name, value)
  }
}

// A browser may forbid storing (private windows, full disk): then all this lives as long as its page
const memory = new Map()

function names(start) {
  const found = [...memory.keys()]
  try {
    found.push(...Object.keys(localStorage))
  } catch {} // forbidden: there is only what this page remembers
  return [...new Set(found)].filter((name) => name.startsWith(start))
}

function read(name, fallback) {
  if (memory.has(name)) return memory.get(name)
  try {
    return JSON.parse(localStorage.getItem(name)) ?? fallback
  } catch {
    return fallback
  }
}

function write(name, value) {
  const empty = value === null || value.length === 0
  memory.delete(name)
  try {
    if (empty) localStorage.removeItem(name)
    else localStorage.setItem(name, JSON.stringify(value))
  } catch {
    memory.set(name, value)
  }
}
