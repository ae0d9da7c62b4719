// The phrases scripts show, in the reader's language; the server writes them into the page.
let text = null
let phrases = {}

export function word(name, values = {}) {
  const given = document.querySelector('meta[name="words"]')?.content ?? "{}"
  if (given !== text) {
    text = given
    phrases = JSON.parse(given)
  }
  return (phrases[name] ?? name).replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole)
}

export function language() {
  const root = document.documentElement
  return root.dataset.formats || root.lang || "en"
}

// Dates as the server writes them: in its language, in the reader's zone
export function written(date, shape) {
  return new Intl.DateTimeFormat(language(), { timeZone: document.documentElement.dataset.zone || undefined, ...shape }).format(date)
}

// "14:29", in the reader's way of writing
export function clockTime(date = new Date()) {
  return written(date, { hour: "2-digit", minute: "2-digit" })
}

// "8 s", "6 min", "1 h 10 min", "2 d 3 h": the same words as the filter `duration`
export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds))
  if (whole < 60) return word("seconds", { n: whole })
  const days = Math.floor(whole / 86400)
  const hours = Math.floor((whole % 86400) / 3600)
  const minutes = Math.floor((whole % 3600) / 60)
  const parts = []
  if (days) parts.push(word("days", { n: days }))
  if (hours) parts.push(word("hours", { n: hours }))
  if (minutes && !days) parts.push(word("minutes", { n: minutes }))
  return parts.join(" ")
}

// "612 kB", "3.4 MB": as the filter `file_size`
export function fileSize(bytes) {
  const number = new Intl.NumberFormat(language(), { maximumFractionDigits: 1 })
  if (bytes < 1_000_000) return word("kilobytes", { n: number.format(Math.ceil(bytes / 1000)) })
  return word("megabytes", { n: number.format(bytes / 1_000_000) })
}

// Who looks at the page, as the text of a number; "" for nobody
export function person() {
  return document.querySelector('meta[name="person"]')?.content ?? ""
}
