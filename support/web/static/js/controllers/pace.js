// Asks the live piece around it to look again every two seconds, as long as this element is part of it: for work that gives no hints.
import { Controller } from "@hotwired/stimulus"

const PACE = 2000

export default class extends Controller {
  connect() {
    this.ticking = setInterval(() => this.dispatch("look", { prefix: "live", target: this.element.closest('[data-controller~="live"]'), bubbles: false }), PACE)
  }

  disconnect() {
    clearInterval(this.ticking)
  }
}
