// Our own "are you sure", for steps that cannot be undone; Turbo asks it for data-turbo-confirm.
import { word } from "./words.js"

export function ask(message, form, submitter) {
  const dialog = document.createElement("dialog")
  dialog.className = "sb-dialog"
  const text = document.createElement("p")
  text.className = "sb-dialog-b sb-strong"
  text.id = "confirm-text"
  text.textContent = message
  dialog.setAttribute("aria-labelledby", text.id)
  const row = document.createElement("form")
  row.method = "dialog"
  row.className = "sb-dialog-f"
  row.append(button("yes", "btn btn-primary", submitter?.textContent.trim() || "OK"), button("no", "btn", word("cancel")))
  dialog.append(text, row)
  document.body.append(dialog)
  dialog.showModal()
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove()
      submitter?.focus()
      resolve(dialog.returnValue === "yes")
    })
  })
}

function button(value, className, label) {
  const made = document.createElement("button")
  made.value = value
  made.className = className
  made.textContent = label
  return made
}
