// One socket for all screens of a page. It carries hints only; whoever watches a screen fetches the truth by HTTP.
// Without a socket (or with a lost hint) the same watchers look every few seconds: slower, never wrong.
import { passport } from "./bearer.js"
import { socketIs, whenBack } from "./connection.js"
import { person } from "./words.js"

const POLL = 10_000
const SAFETY = 60_000
const ALIVE = 15_000
const ASLEEP = 10_000
const PROBE = 4000
const watchers = new Set()
let socket = null
let opening = null
let owner = null
let awake = Date.now()
let signed = performance.now() // when the last sign of life was given

// Watch a screen such as "board" or "conversation:12". `look()` fetches what is new: after joining, on polls, on return.
// `stale(version)`, `typing(name)` and `numbers({…})` are optional. Returns what ends the watch, what tells others of typing,
// and what says that a look has failed: then it is made again soon, socket or not.
export function watch(screen, { look, stale = look, typing = () => {}, numbers = () => {} }) {
  const watcher = { screen, look, stale, typing, numbers, looked: performance.now(), missed: false }
  watchers.add(watcher)
  open().then(() => join(watcher), () => {})
  return {
    end() {
      watchers.delete(watcher)
      if (socket?.connected && ![...watchers].some((other) => other.screen === screen)) socket.emit("leave", { screen })
    },
    type() {
      if (socket?.connected) socket.emit("typing", { screen })
    },
    missed() {
      watcher.missed = true
      watcher.looked = performance.now() - POLL * (0.3 + 0.7 * Math.random()) // not all pages at once, and within ten seconds
    },
  }
}

function open() {
  opening ??= start()
  return opening
}

// Pages of staff keep the socket open even where nothing on them is live
export function keepAlive() {
  document.addEventListener("turbo:load", () => document.querySelector('meta[name="alive"]') && open().catch(() => {}))
}

async function start() {
  owner = person()
  setInterval(poll, 1000)
  setInterval(alive, ALIVE)
  whenBack(lookAll)
  document.addEventListener("visibilitychange", () => document.hidden || wake())
  addEventListener("online", wake)
  for (const name of ["turbo:load", "person:changed"]) document.addEventListener(name, changeOwner)
  const { io } = await import("socket.io-client")
  socket = io({ transports: ["websocket"], reconnectionDelay: 500, reconnectionDelayMax: 15_000, randomizationFactor: 0.6, auth: (show) => show(passport()), autoConnect: owner !== "" })
  socket.on("connect", () => {
    socketIs(true)
    for (const watcher of watchers) join(watcher)
    aliveIfLate()
  })
  socket.io.on("ping", aliveIfLate)
  socket.on("disconnect", (reason) => {
    socketIs(false)
    if (reason === "io server disconnect") comeBack(1000)
  })
  socket.on("connect_error", () => {
    socketIs(false)
    if (!socket.active) comeBack(30_000)
  })
  socket.on("stale", ({ screen, version }) => each(screen, (watcher) => watcher.stale(version)))
  socket.on("typing", ({ screen, name }) => each(screen, (watcher) => watcher.typing(name)))
  socket.on("numbers", ({ screen, ...numbers }) => each(screen, (watcher) => watcher.numbers(numbers)))
  socket.on("gone", ({ screen }) => each(screen, look)) // no longer ours to see: the look ends the watch
  socket.on("signed_out", () => location.reload())
  socket.on("move", () => {
    socket.disconnect()
    comeBack(500)
  })
}

// With jitter, so that a thousand pages do not come at once
function comeBack(pause) {
  setTimeout(() => owner !== "" && socket.connect(), pause + Math.random() * 4000)
}

function join(watcher) {
  if (!socket?.connected) return
  // However late the answer comes: what was said before it is fetched only then
  socket.emit("join", { screen: watcher.screen }, (answer) => {
    if (answer?.ok && watchers.has(watcher)) look(watcher)
  })
}

function each(screen, task) {
  for (const watcher of watchers) if (watcher.screen === screen) task(watcher)
}

function look(watcher) {
  watcher.looked = performance.now()
  watcher.missed = false
  watcher.look()
}

function lookAll() {
  for (const watcher of watchers) look(watcher)
}

function poll() {
  const asleep = Math.abs(Date.now() - awake - 1000) > ASLEEP // the clock jumped: this machine slept, or was set
  awake = Date.now()
  if (document.hidden) return
  if (asleep) return wake()
  for (const watcher of watchers) {
    const pause = socket?.connected && !watcher.missed ? SAFETY : POLL
    if (performance.now() - watcher.looked > pause * (0.9 + Math.random() * 0.2)) look(watcher)
  }
}

// After sleep, another network, or a long time in the background: look at once, and do not trust the socket before it answers
function wake() {
  lookAll()
  const asked = socket
  if (asked?.connected) asked.timeout(PROBE).emit("alive", {}, (error) => error && asked.connected && asked.disconnect().connect())
}

// Staff's open page is a sign of life for the router, by whichever way there is
function alive() {
  const address = document.querySelector('meta[name="alive"]')?.content
  if (!address) return
  signed = performance.now()
  if (socket?.connected) socket.emit("alive", {})
  else fetch(address, { method: "POST" }).catch(() => {})
}

// Browsers hold the timers of a hidden tab back, to one a minute and longer; what the server sends comes at once
function aliveIfLate() {
  if (performance.now() - signed > ALIVE) alive()
}

// Somebody signed in or out without leaving the page: the socket must belong to the right person
function changeOwner() {
  if (person() === owner) return
  owner = person()
  socket?.disconnect()
  if (owner !== "") socket?.connect()
}
