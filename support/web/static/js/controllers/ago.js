// Keeps relative times true: "5 minutes ago" [data-ago], "6 min" since [data-since], time to a deadline [data-until].
import { Controller } from "@hotwired/stimulus"
import { serverNow } from "../server_clock.js"
import { duration, language, word } from "../words.js"

const PAUSE = 15_000
const WEEK = 7 * 86400

export default class extends Controller {
  connect() {
    this.timer = setInterval(() => document.hidden || this.tick(), PAUSE)
  }

  disconnect() {
    clearInterval(this.timer)
  }

  tick() {
    for (const node of this.element.querySelectorAll("time[data-ago]")) set(node, ago(passed(node.dateTime), node.textContent))
    for (const node of this.element.querySelectorAll("time[data-since]")) set(node, duration(passed(node.dateTime)))
    for (const node of this.element.querySelectorAll("[data-until]")) untilOf(node)
  }
}

function passed(stamp) {
  return (serverNow() - Date.parse(stamp)) / 1000
}

function ago(seconds, before) {
  if (Math.abs(seconds) < 45) return word("now")
  if (Math.abs(seconds) >= WEEK) return before
  const [size, unit] = [[86400, "day"], [3600, "hour"], [60, "minute"]].find(([length]) => Math.abs(seconds) >= length) ?? [60, "minute"]
  const whole = Math.max(1, Math.floor(Math.abs(seconds) / size)) * (seconds < 0 ? 1 : -1)
  return new Intl.RelativeTimeFormat(language()).format(whole, unit)
}

// The words of an SLA clock; its shape changes when the fragment around is fetched anew
function untilOf(node) {
  const left = -passed(node.dataset.until)
  const place = node.querySelector("span:last-child")
  if (!place) return
  const label = node.dataset.label ? `${node.dataset.label}: ` : ""
  const soon = node.classList.contains("sb-sla--soon")
  set(place, label + (left < 0 ? word("over", { time: duration(-left) }) : soon ? word("left", { time: duration(left) }) : duration(left)))
  if (left < 0) node.classList.replace("sb-sla--soon", "sb-sla--over") || node.classList.replace("sb-sla--ok", "sb-sla--over")
}

function set(node, text) {
  if (node.textContent !== text) node.textContent = text
}
