// Takes the focus when it appears: the summary of errors, so that it is read and reached first. Each line says which field it means.
import { Controller } from "@hotwired/stimulus"

export default class extends Controller {
  connect() {
    for (const link of this.element.querySelectorAll("a[href^='#f-']")) this.name(link)
    this.element.focus()
  }

  // “Order number: Fill this in.”
  name(link) {
    const field = document.getElementById(link.hash.slice(1))
    const group = field?.type === "radio" || field?.matches("fieldset") ? field.closest("fieldset") : null
    const label = group ? group.querySelector("legend") : field?.labels?.[0]
    if (!label || link.dataset.named) return
    link.dataset.named = "yes"
    link.prepend(`${label.textContent.trim().replace(/[:?]$/, "")}: `)
  }
}
