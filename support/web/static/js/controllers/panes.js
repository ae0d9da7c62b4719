// The panes of the desk on a narrow screen: one at a time, chosen by the tabs. (F6 between them is in keys.js.)
import { Controller } from "@hotwired/stimulus"

export default class extends Controller {
  show(event) {
    event.preventDefault()
    this.element.dataset.pane = event.params.name
    for (const tab of this.element.querySelectorAll(".sb-pane-tabs a")) {
      if (tab === event.currentTarget) tab.setAttribute("aria-current", "true")
      else tab.removeAttribute("aria-current")
    }
  }
}
