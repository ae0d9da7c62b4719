// Messages that are written but not yet stored by the server, kept in this browser until they are. Each has a name of its
// own, so that sending one twice stores it once.
import { person } from "./words.js"

const DAYS = 7

export class Outbox {
  constructor(key) {
    this.name = `outbox:${person()}:${key}`
  }

  all() {
    const kept = read(this.name, [])
    return kept.filter((entry) => Date.now() - entry.at < DAYS * 86_400_000)
  }

  // At the end, or again where it was: messages go out in the order in which they were written
  put(entry) {
    const kept = this.all()
    const at = kept.findIndex((other) => other.id === entry.id)
    kept.splice(at < 0 ? kept.length : at, at < 0 ? 0 : 1, entry)
    write(this.name, kept)
  }

  take(id) {
    write(this.name, this.all().filter((other) => other.id !== id))
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
