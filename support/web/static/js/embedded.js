// The frame of help and chat on the shop's own site. Its document is the same for everybody and stays where it is; pieces
// come into one turbo-frame. Who is there is a bearer token in the storage of this frame, which browsers keep apart for each
// site around it; the page around never sees it. Both sides of a message know exactly where it comes from.
import { credentials, speakAs } from "./bearer.js"
import "./app.js"
import { answered, whenBack } from "./connection.js"
import { request } from "./fragments.js"
import { watch } from "./live_socket.js"
import { person } from "./words.js"

const HOME = "/embed/home"
const PATIENCE = 2500 // for the page around to say who its customer is
const ANSWER = 20_000 // for our server to say whether it is true
const LOOK = 30_000
const frame = document.getElementById("embed")
const trouble = document.querySelector("[data-embed-trouble]")
const origins = [...document.querySelector('meta[name="origins"]').content.split(" "), location.origin]
const reallyHidden = Object.getOwnPropertyDescriptor(Document.prototype, "hidden").get
const memory = new Map()
const watched = new Map()
let around = null
let started = false
let restoring = false
let named = false
let open = isOurs()
let counting = null

// A closed panel is like a hidden tab: nothing in it is marked as read, and it looks less often
Object.defineProperty(document, "hidden", { get: () => !open || reallyHidden.call(document) })

// What is kept: a customer's token for this tab alone, a guest's until it ends. Where storing is forbidden, as long as the page
function kept(store, name, value) {
  const key = `embedded:${name}`
  try {
    if (value === "") window[store].removeItem(key)
    else if (value !== undefined) window[store].setItem(key, value)
    return window[store].getItem(key) ?? ""
  } catch {
    if (value !== undefined) memory.set(key, value)
    return memory.get(key) ?? ""
  }
}

function token() {
  return kept("sessionStorage", "customer") || kept("localStorage", "guest")
}

function forgetToken() {
  kept("sessionStorage", "customer", "")
  kept("localStorage", "guest", "")
}

function visitor() {
  return kept("localStorage", "visitor") || kept("localStorage", "visitor", btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16)))).replace(/\+/g, "-").replace(/\//g, "_").slice(0, 22))
}

speakAs(() => ({ token: token(), visitor: visitor(), language: document.documentElement.lang }))

addEventListener("message", ({ source, origin, data }) => {
  if (source !== parent || parent === window || !origins.includes(origin) || (around && around !== origin) || typeof data?.switchboard !== "string") return
  around = origin
  hear(data)
})

async function hear(data) {
  if (data.switchboard === "hello") {
    shown(data.open === true)
    if (typeof data.customer === "string" && data.customer) {
      named = true
      await recognise(data.customer)
    }
    start()
  }
  if (data.switchboard === "open") shown(true, data.focus === true)
  if (data.switchboard === "closed") shown(false)
  if (data.switchboard === "forget" && kept("sessionStorage", "customer")) await leave()
}

function tell(switchboard, more = {}) {
  if (around) parent.postMessage({ switchboard, ...more }, around)
}

function shown(yes, focus = false) {
  open = yes
  document.dispatchEvent(new Event("visibilitychange"))
  if (yes && focus) lookAt()
}

function start() {
  if (started) return
  started = restoring = true
  go(kept("sessionStorage", "view") || HOME)
}

function go(address) {
  frame.removeAttribute("src")
  frame.src = address
}

// The shop's server has signed who this is. Each signature works once; while the same customer is known here it is not needed
async function recognise(voucher) {
  const number = numberIn(voucher)
  if (kept("sessionStorage", "customer") && kept("sessionStorage", "number") === number) return
  const asked = request("/embed/customer", { method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams({ token: voucher }), signal: AbortSignal.timeout(ANSWER) })
  kept("sessionStorage", "customer", "") // whoever it was before, it is somebody else now, also when that cannot be proven
  try {
    const response = await asked
    if (!response.ok) return tell("refused")
    kept("sessionStorage", "number", number)
    kept("localStorage", "guest", "")
    kept("sessionStorage", "customer", response.headers.get("X-Bearer"))
  } catch {
    tell("refused")
  } finally {
    if (started) go(HOME)
  }
}

// What the shop calls its customer, read to compare it; only the server can tell whether it is true
function numberIn(voucher) {
  try {
    return String(JSON.parse(atob(voucher.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"))).sub)
  } catch {
    return ""
  }
}

async function leave() {
  const said = request("/embed/leaving", { method: "POST" })
  forgetToken() // at once: the next customer may be named while this is on its way
  await said.catch(() => {})
  go(HOME)
}

document.addEventListener("turbo:before-fetch-request", ({ detail }) => {
  detail.fetchOptions.credentials = "omit"
  Object.assign(detail.fetchOptions.headers, credentials())
})

document.addEventListener("turbo:before-fetch-response", (event) => {
  const { response } = event.detail.fetchResponse
  answered(response.status < 502 || response.headers.has("X-Crowded"))
  const fresh = response.headers.get("X-Bearer")
  if (fresh) kept("localStorage", "guest", fresh)
  const lost = response.status === 404 && restoring
  restoring = false
  if (response.status !== 401 && !lost) return
  event.preventDefault()
  if (!lost) forgetToken()
  go(HOME)
})

// The sign-in has ended, and no socket was there to say so
document.addEventListener("person:unknown", () => {
  if (!token()) return
  forgetToken()
  go(HOME)
})

document.addEventListener("turbo:fetch-request-error", () => {
  answered(false)
  trouble.hidden = frame.querySelector("h1") !== null
  if (!trouble.hidden) frame.hidden = true
})

// An answer that is no piece of ours, such as the page of a proxy whose server is away
document.addEventListener("turbo:frame-missing", (event) => {
  event.preventDefault()
  trouble.hidden = false
  frame.hidden = true
})

document.querySelector("[data-embed-again]").addEventListener("click", again)
whenBack(() => trouble.hidden || again())

function again() {
  trouble.hidden = true
  frame.hidden = false
  go(kept("sessionStorage", "view") || HOME)
}

// Before the new piece comes to life: whose it is, and where its links lead
document.addEventListener("turbo:before-frame-render", ({ detail: { newFrame } }) => {
  const whose = newFrame.dataset.person ?? person() // a failure does not know
  if (newFrame.dataset.person === "") forgetToken()
  if (newFrame.dataset.view) kept("sessionStorage", "view", newFrame.dataset.view)
  if (whose !== person()) {
    document.querySelector('meta[name="person"]').content = whose
    document.dispatchEvent(new Event("person:changed"))
  }
  for (const link of newFrame.querySelectorAll("a[href]")) lead(link)
})

// The focus is taken only where it already is: a panel that is open again on the next page leaves it to that page
document.addEventListener("turbo:frame-load", () => {
  scrollTo(0, 0)
  if (open && document.hasFocus()) lookAt()
  count()
})

// Answers stay in the frame; whatever else there is opens in a tab of its own
function lead(link) {
  const address = new URL(link.getAttribute("href"), location.origin)
  if (address.origin === location.origin && link.getAttribute("href").startsWith("#")) return
  if (address.origin === location.origin && /^\/answers\/[^/]+$/.test(address.pathname)) link.href = `/embed${address.pathname}${address.hash}`
  else if (address.origin !== location.origin || !address.pathname.startsWith("/embed/")) Object.assign(link, { target: "_blank", rel: "noopener" })
}

// The address of a file holds for five minutes, the link to it stands here for longer
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-file-address]")
  if (!link || link.dataset.fresh) return
  event.preventDefault()
  const response = await request(link.dataset.fileAddress, { headers: { Accept: "application/json" } }).catch(() => null)
  if (!response?.ok) return
  link.href = (await response.json()).address
  link.dataset.fresh = "yes"
  link.click()
  delete link.dataset.fresh
}, true)

function lookAt() {
  const heading = frame.querySelector("h1")
  if (!heading || frame.querySelector('[data-controller~="focus"]')) return
  heading.tabIndex = -1
  heading.focus({ preventScroll: true })
}

document.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && tell("close"))
for (const name of ["thread:told", "composer:sent"]) document.addEventListener(name, () => soon())
setInterval(() => token() && !reallyHidden.call(document) && count(), LOOK)
whenBack(() => soon())

function soon(pause = 200) {
  clearTimeout(counting)
  counting = setTimeout(count, pause)
}

// How much is unread, for the number on the button; every open conversation says when it has changed
async function count() {
  clearTimeout(counting)
  if (!token()) return tell("state", { unread: 0, talks: false })
  try {
    const response = await request("/embed/unread", { headers: { Accept: "application/json" } })
    if (!response.ok) return
    const { unread, conversations } = await response.json()
    listen(conversations)
    tell("state", { unread, talks: true })
  } catch {
    // the next look tells
  }
}

function listen(conversations) {
  for (const [id, one] of watched) {
    if (conversations.includes(id)) continue
    one.end()
    watched.delete(id)
  }
  for (const id of conversations) if (!watched.has(id)) watched.set(id, watch(`conversation:${id}`, { look: () => {}, stale: () => soon() }))
}

// Alone in a tab, or looked at on a page of our own, where nobody says that it is open
function isOurs() {
  try {
    return parent.location.origin === location.origin
  } catch {
    return false
  }
}

if (isOurs()) start()
else setTimeout(() => named || start(), PATIENCE) // what stands here for everybody would go away under the hand of whoever is named
