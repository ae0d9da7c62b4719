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

  put(entry) {
    write(this.name, [...this.all().filter((other) => other.id !== entry.id), entry])
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

// A browser may forbid storing (private windows, full disk): then a draft lives as long as its page
function read(name, fallback) {
  try {
    return JSON.parse(localStorage.getItem(name)) ?? fallback
  } catch {
    return fallback
  }
}

function write(name, value) {
  try {
    if (value === null || value.length === 0) localStorage.removeItem(name)
    else localStorage.setItem(name, JSON.stringify(value))
  } catch {
    return
  }
}
