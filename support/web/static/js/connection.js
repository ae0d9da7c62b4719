// What we know about the connection, told calmly: <html data-live="connected|polling|offline"> and one banner at the top.
import { clockTime, word } from "./words.js"

const PATIENCE = 2500
const root = document.documentElement
let socketUp = false
let reachable = navigator.onLine
let since = null
let timer = null
const waiting = new Set()

// The socket says whether it is open
export function socketIs(up) {
  socketUp = up
  if (up) reachable = true
  settle()
}

// A request says whether anybody answered
export function answered(yes) {
  reachable = yes
  settle()
}

export function isOffline() {
  return !socketUp && !reachable
}

// Call `task` each time the connection comes back, and whenever the reader presses "Try now"
export function whenBack(task) {
  waiting.add(task)
  return () => waiting.delete(task)
}

export function showConnection() {
  addEventListener("offline", () => answered(false))
  addEventListener("online", retry)
  document.addEventListener("turbo:load", paint)
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-connection-retry]")) retry()
  })
  settle()
}

function retry() {
  for (const task of waiting) task()
}

function settle() {
  const state = socketUp ? "connected" : reachable ? "polling" : "offline"
  const before = root.dataset.live
  root.dataset.live = state
  if (state === "offline") {
    since ??= new Date()
    timer ??= setTimeout(paint, PATIENCE)
    return
  }
  clearTimeout(timer)
  timer = since = null
  paint()
  if (before === "offline" || (before === "polling" && state === "connected")) retry()
}

function paint() {
  const banner = document.querySelector("[data-connection]")
  if (!banner) return
  const shown = since !== null && Date.now() - since >= PATIENCE - 100
  const text = shown ? word("offline", { time: clockTime(since) }) : ""
  const place = banner.querySelector("[data-connection-text]")
  if (place.textContent !== text) place.textContent = text
  banner.hidden = !shown
}
