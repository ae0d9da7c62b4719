// Keys that press something named on the page: Alt 1–3 insert an answer, "/" opens canned replies, F6 goes between panes.
export function listenForKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.key === "F6") return goToNextPane(event)
    const key = pressed(event)
    const wanted = key && [...document.querySelectorAll("[data-shortcut]")].find((one) => one.dataset.shortcut === key && one.checkVisibility())
    if (!wanted) return
    event.preventDefault()
    press(wanted)
  })
}

// "1" for Alt 1; "/" alone, but only in an empty field or outside of fields, where it is no text
function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.isComposing) return null
  if (event.altKey) return event.code.startsWith("Digit") ? event.code.slice(5) : null
  if (event.key !== "/") return null
  const field = event.target.closest("input, textarea, select, [contenteditable]")
  return !field || (field.tagName === "TEXTAREA" && field.value === "") ? "/" : null
}

function press(element) {
  if (element.tagName !== "DETAILS") return element.click()
  element.open = true
  element.querySelector("summary ~ * button, summary ~ * a")?.focus()
}

function goToNextPane(event) {
  const stops = [...document.querySelectorAll(".sb-pane")].filter((pane) => pane.checkVisibility())
  if (!stops.length) return
  event.preventDefault()
  const here = stops.findIndex((pane) => pane.contains(document.activeElement))
  const next = stops[(here + (event.shiftKey ? stops.length - 1 : 1)) % stops.length] ?? stops[0]
  const target = next.querySelector("textarea, [tabindex='0'], a[href], button") ?? next
  target.focus()
}
