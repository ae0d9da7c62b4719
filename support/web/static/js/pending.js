// The outlined bubble of a message that is not stored yet, and the line under it that says why.
import { word } from "./words.js"

export function bubble(entry) {
  const node = document.createElement("div")
  node.className = entry.note ? "sb-note sb-note--wait" : `sb-msg is-mine${document.body.classList.contains("sb-dense") ? " sb-msg--staff" : ""}`
  node.dataset.pending = entry.id
  const body = document.createElement("div")
  body.className = entry.note ? "" : "sb-bubble sb-bubble--wait"
  body.append(...paragraphs([entry.body, ...(entry.files ?? []).map((file) => file.name)].filter(Boolean).join("\n")))
  node.append(body, line())
  say(node, word("sending"), [])
  return node
}

// Writes the sentence under a bubble, with acts as [[text, task]]. What stands there already stays: somebody may be about to press it
export function say(node, sentence, acts) {
  const place = node?.querySelector("[data-pending-line]")
  if (!place || [...place.children].map((one) => one.textContent).join("\n") === [sentence, ...acts.map(([label]) => label)].join("\n")) return
  const text = document.createElement("span")
  text.textContent = sentence
  place.classList.toggle("sb-val--warn", acts.length > 0)
  place.replaceChildren(text, ...acts.map(([label, task]) => button(label, task)))
}

function line() {
  const made = document.createElement("p")
  made.className = "sb-small sb-row sb-row--tight sb-mt-1 sb-quiet"
  made.dataset.pendingLine = ""
  return made
}

function button(label, task) {
  const made = document.createElement("button")
  made.type = "button"
  made.className = "btn btn-link"
  made.textContent = label
  made.addEventListener("click", task)
  return made
}

function paragraphs(text) {
  return text.trim().split(/\n\s*\n/).map((part) => {
    const made = document.createElement("p")
    part.split("\n").forEach((row, nth) => made.append(...(nth ? [document.createElement("br")] : []), row))
    return made
  })
}
