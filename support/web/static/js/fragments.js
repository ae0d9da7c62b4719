// Fetches pieces of pages. An answer means we are connected; no answer at all means we are not.
import { signed } from "./bearer.js"
import { answered } from "./connection.js"
import { observe } from "./server_clock.js"

const PATIENCE = 20_000 // what nobody has answered by then is given up, so that its screen can ask again

export class Refused extends Error {
  constructor(status) {
    super(`refused: ${status}`)
    this.status = status
  }
}

// The text of a fragment; throws Refused for an error answer, TypeError when nobody can be asked, TimeoutError when nobody answers
export async function fragment(address, signal) {
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(new DOMException("no answer in time", "TimeoutError")), PATIENCE)
  signal?.addEventListener("abort", () => limit.abort(signal.reason), { signal: limit.signal })
  try {
    const response = await request(address, { headers: { Accept: "text/html" }, signal: limit.signal })
    if (!response.ok) throw new Refused(response.status)
    return { html: await response.text(), headers: response.headers }
  } finally {
    clearTimeout(timer)
  }
}

// fetch, and note whether the server could be reached
export async function request(address, options) {
  try {
    const response = await fetch(address, signed(options))
    answered(response.status < 502 || response.headers.has("X-Crowded")) // who turns people away is there
    if (response.status === 401) document.dispatchEvent(new Event("person:unknown"))
    if (response.headers.has("Date")) observe(response.headers.get("Date"))
    return response
  } catch (error) {
    if (error.name !== "AbortError") answered(false)
    throw error
  }
}

export function elements(html) {
  const template = document.createElement("template")
  template.innerHTML = html
  return template.content
}
